import { PhoneCall, PhoneIncoming, PhoneOutgoing } from "lucide-react";
import { useState } from "react";
import { Button } from "../shared/components/button";
import { Card, Problem } from "../shared/components/layout";
import { StatusPill } from "../shared/components/pill";
import { formatAgo, formatDuration, formatNumber } from "../shared/format";
import { useLoad, useNow } from "../shared/hooks";
import { get } from "../shared/http";
import { links } from "../shared/router";
import { isOver } from "../shared/state";
import { useBelfry } from "../shared/store";
import type { CallStatus } from "../shared/types";
import { cleanNumber } from "../shared/phone-number";

/// A call in KIN's own history.
interface KinCall {
  sid: string;
  status: CallStatus;
  direction: "inbound" | "outbound-api" | "outbound-dial";
  from: string;
  to: string;
  duration: string | null;
  createdAt: string;
}

interface RecentCallsProps {
  /// Whose telephone this is: `client:<identity>` is oneself.
  identity: string;
  /// Leaving the page would end the call that is going on: then links open elsewhere.
  inCall: boolean;
  /// Nothing while it cannot call.
  call: ((party: string) => void) | undefined;
}

/// KIN's history, newest first; read again whenever a call ends or begins anywhere.
export function RecentCalls({ identity, inCall, call }: RecentCallsProps) {
  const [calls, setCalls] = useState<readonly KinCall[]>([]);
  const { calls: live, connections } = useBelfry();
  const known = Object.values(live);
  const version = `${connections} ${known.length} ${known.filter(({ status }) => isOver(status)).length}`;
  const { error, loading, reload } = useLoad(async () => {
    const answer = await get<{ calls: KinCall[] }>("/api/voice/calls?limit=40");
    // What a call has led to at the other end belongs to the same conversation.
    setCalls(answer.calls.filter(({ direction }) => direction !== "outbound-dial"));
  }, version);

  return (
    <Card title="Recent calls">
      <Problem error={error} retry={reload} />
      {calls.length === 0 && !loading && !error && (
        <p className="text-sm text-muted">
          No calls yet. Calls of KIN's number and of its API are listed here too.
        </p>
      )}
      {calls.length > 0 && (
        <ul aria-label="Recent calls" className="-mx-2 flex flex-col">
          {calls.map((entry) => (
            <Row
              key={entry.sid}
              entry={{ ...entry, status: live[entry.sid]?.status ?? entry.status }}
              identity={identity}
              inCall={inCall}
              call={call}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

interface RowProps extends RecentCallsProps {
  entry: KinCall;
}

function Row({ entry, identity, inCall, call }: RowProps) {
  const now = useNow(15_000);
  const inbound = entry.direction === "inbound" && entry.from !== `client:${identity}`;
  const Icon = inbound ? PhoneIncoming : PhoneOutgoing;
  const party = inbound ? entry.from : entry.to;
  return (
    <li className="flex items-center gap-3 rounded-xl px-2 py-2.5 hover:bg-sunken/60">
      <Icon aria-hidden size={17} className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <a
          href={links.call(entry.sid)}
          target={inCall ? "_blank" : undefined}
          rel="noreferrer"
          className="block truncate rounded text-sm font-medium tabular-nums hover:underline"
        >
          <span className="sr-only">{inbound ? "From " : "To "}</span>
          {formatNumber(party)}
        </a>
        <span className="text-[0.8125rem] text-muted tabular-nums">
          {formatAgo(entry.createdAt, now)}
          {entry.duration !== null && ` · ${formatDuration(Number(entry.duration))}`}
        </span>
      </div>
      <StatusPill status={entry.status} />
      {call && (
        <Button
          tone="quiet"
          size="small"
          className="px-2"
          aria-label={`Call ${party}`}
          onPress={() => call(cleanNumber(party))}
        >
          <PhoneCall aria-hidden size={16} />
        </Button>
      )}
    </li>
  );
}
