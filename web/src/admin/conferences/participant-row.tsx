import { Headphones, Mic, MicOff, Pause, Play, Star, UserMinus } from "lucide-react";
import { api } from "../../shared/api";
import { Button } from "../../shared/components/button";
import { Problem } from "../../shared/components/layout";
import { Pill } from "../../shared/components/pill";
import { formatDuration, formatNumber } from "../../shared/format";
import { useAction } from "../../shared/hooks";
import { links } from "../../shared/router";
import type { Participant } from "../../shared/types";

export function nameOf({ label, number, call_sid: sid }: Participant): string {
  return label ?? (number ? formatNumber(number) : sid);
}

/// A round mark for a person: a ring round it while they talk.
export function Face({ who }: { who: Participant }) {
  const Icon = who.hold ? Pause : who.muted ? MicOff : who.coaching ? Headphones : Mic;
  const look = who.speaking
    ? "bg-good/15 text-good ring-2 ring-good"
    : who.muted || who.hold
      ? "bg-bad/10 text-bad"
      : "bg-sunken text-muted";
  return (
    <span
      aria-hidden
      className={`flex size-10 shrink-0 items-center justify-center rounded-full transition-colors ${look}`}
    >
      <Icon size={17} />
    </span>
  );
}

const calledIn: Readonly<Partial<Record<Participant["status"], string>>> = {
  queued: "Is being called",
  connecting: "Is being called",
  ringing: "Rings",
};

interface ParticipantRowProps {
  conference: string;
  who: Participant;
  now: number;
  changed: () => void;
}

/// One person of a live conference, with what can be done to them.
export function ParticipantRow({ conference, who, now, changed }: ParticipantRowProps) {
  const acting = useAction();
  const act = (request: () => Promise<unknown>) => void acting.run(request).then(changed);
  const name = nameOf(who);
  const present = who.status === "connected";
  return (
    <li
      aria-label={name}
      className="flex flex-wrap items-center gap-x-4 gap-y-3 border-line py-4 not-first:border-t first:pt-0 last:pb-0"
    >
      <Face who={who} />
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex items-center gap-2 text-sm font-medium tabular-nums">
          <a href={links.call(who.call_sid)} className="truncate rounded hover:underline">
            {name}
          </a>
          {who.moderator && <Star aria-label="Moderator" size={14} className="shrink-0 text-ringing-ink" />}
        </span>
        <span className="text-[0.8125rem] text-muted tabular-nums">
          {present ? formatDuration((now - Date.parse(who.joined_at)) / 1000) : calledIn[who.status]}
          {who.coaching && " · coaches"}
        </span>
      </div>
      <span className="flex gap-1.5">
        {who.speaking && <Pill tone="good">Talks</Pill>}
        {who.muted && <Pill tone="bad">Muted</Pill>}
        {who.hold && <Pill tone="waiting">On hold</Pill>}
      </span>
      <div className="flex gap-1.5 max-sm:w-full max-sm:*:flex-1">
        {present && (
          <>
            <Button
              size="small"
              aria-label={`${who.muted ? "Unmute" : "Mute"} ${name}`}
              isPending={acting.busy}
              onPress={() =>
                act(() => api.changeParticipant(conference, who.call_sid, { muted: !who.muted }))
              }
            >
              {who.muted ? <Mic aria-hidden size={15} /> : <MicOff aria-hidden size={15} />}
              {who.muted ? "Unmute" : "Mute"}
            </Button>
            <Button
              size="small"
              aria-label={`${who.hold ? "Resume" : "Hold"} ${name}`}
              isPending={acting.busy}
              onPress={() => act(() => api.changeParticipant(conference, who.call_sid, { hold: !who.hold }))}
            >
              {who.hold ? <Play aria-hidden size={15} /> : <Pause aria-hidden size={15} />}
              {who.hold ? "Resume" : "Hold"}
            </Button>
          </>
        )}
        <Button
          size="small"
          tone="quiet"
          aria-label={`Remove ${name}`}
          isPending={acting.busy}
          onPress={() => act(() => api.removeParticipant(conference, who.call_sid))}
        >
          <UserMinus aria-hidden size={15} />
          Remove
        </Button>
      </div>
      <Problem error={acting.error} />
    </li>
  );
}
