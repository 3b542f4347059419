import { PhoneCall, UserMinus } from "lucide-react";
import { Button } from "../shared/components/button";
import { Problem } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { formatNumber } from "../shared/format";
import { useAction } from "../shared/hooks";
import type { GroupCallParticipant } from "../shared/types";
import { isActive, participantLook, participantName } from "./call-words";
import { Face } from "./faces";
import type { User } from "./people";
import { take5 } from "./take5-api";

interface CalledPersonProps {
  call: string;
  who: GroupCallParticipant;
  users: readonly User[];
}

/// One participant of a live call: where they are on the way into it, and out of it.
export function CalledPerson({ call, who, users }: CalledPersonProps) {
  const acting = useAction();
  const name = participantName(who, users);
  const { word, tone } = participantLook(who.status);
  return (
    <li
      aria-label={name}
      className="flex flex-wrap items-center gap-x-2.5 gap-y-2 sm:gap-x-4 border-line py-3 not-first:border-t first:pt-0 last:pb-0"
    >
      <Face user={users.find(({ id }) => id === who.userId)} live={who.status === "connected"} />
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate text-sm font-medium">{name}</span>
        <span className="text-[0.8125rem] text-muted tabular-nums">
          {who.reason
            ? `${who.reason.charAt(0).toUpperCase()}${who.reason.slice(1)}`
            : formatNumber(who.phoneNumber)}
        </span>
      </div>
      <Pill tone={tone}>{word}</Pill>
      {isActive(who) ? (
        <Button
          size="small"
          tone="quiet"
          aria-label={`Remove ${name}`}
          isPending={acting.busy}
          onPress={() => void acting.run(() => take5.removeParticipant(call, who.participantId))}
        >
          <UserMinus aria-hidden size={15} />
          <span className="max-sm:sr-only">Remove</span>
        </Button>
      ) : (
        <Button
          size="small"
          aria-label={`Call ${name} again`}
          isPending={acting.busy}
          onPress={() => void acting.run(() => take5.addParticipant(call, who.phoneNumber))}
        >
          <PhoneCall aria-hidden size={15} />
          <span className="max-sm:sr-only">Call again</span>
        </Button>
      )}
      <Problem error={acting.error} />
    </li>
  );
}
