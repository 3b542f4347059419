import { Card } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { formatDuration } from "../shared/format";
import { links } from "../shared/router";
import type { GroupCall } from "../shared/types";
import { callLook, hasEnded } from "./call-words";
import { formatMoment } from "./moments";
import { fullName, type User } from "./people";

interface PastCallsProps {
  calls: readonly GroupCall[];
  users: readonly User[];
}

/// What has been, newest first: when, how long, and with whom.
export function PastCalls({ calls, users }: PastCallsProps) {
  const past = calls.filter(hasEnded);
  return (
    <Card title="Past calls">
      {past.length === 0 && <p className="text-sm text-muted">This group has not been called yet.</p>}
      <ul aria-label="Past calls" className="flex flex-col text-sm">
        {past.map((call) => (
          <PastCall key={call.callId} call={call} users={users} />
        ))}
      </ul>
    </Card>
  );
}

function PastCall({ call, users }: { call: GroupCall; users: readonly User[] }) {
  const present = call.usersConnected.map((id) => nameOf(id, users));
  const absent = call.participants.flatMap(({ userId }) =>
    userId !== undefined && !call.usersConnected.includes(userId) ? [nameOf(userId, users)] : [],
  );
  const { word, tone } = callLook(call.status);
  return (
    <li className="flex flex-col gap-1 border-line py-3.5 not-first:border-t first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium tabular-nums">{formatMoment(call.startTime ?? call.scheduledTime)}</span>
        {call.status === "ended" && call.startTime && (
          <span className="text-muted tabular-nums">{formatDuration(call.duration)}</span>
        )}
        {call.status === "failed" && <Pill tone={tone}>{word}</Pill>}
        {call.conferenceSid && (
          <a
            href={links.conference(call.conferenceSid)}
            className="ml-auto rounded text-[0.8125rem] font-medium text-accent hover:underline"
          >
            Conference
          </a>
        )}
      </div>
      {present.length > 0 && <span>{present.join(", ")}</span>}
      {absent.length > 0 && <span className="text-muted">Without {absent.join(", ")}</span>}
      {call.reason && <span className="text-[0.8125rem] text-muted">{endWords(call.reason)}</span>}
    </li>
  );
}

function nameOf(id: number, users: readonly User[]): string {
  const user = users.find((each) => each.id === id);
  return user ? fullName(user) : "somebody who was deleted";
}

function endWords(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
