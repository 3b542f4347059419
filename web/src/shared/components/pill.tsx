import { statusWord } from "../format";
import type { CallStatus } from "../types";

export type Tone = "good" | "bad" | "ringing" | "live" | "waiting" | "calm";

const tones: Readonly<Record<Tone, string>> = {
  good: "bg-good/12 text-good",
  bad: "bg-bad/12 text-bad",
  ringing: "bg-ringing text-on-ringing",
  live: "bg-accent/14 text-accent",
  waiting: "bg-sunken text-muted ring-1 ring-inset ring-line",
  calm: "bg-sunken text-muted",
};

interface PillProps {
  tone: Tone;
  children: React.ReactNode;
}

export function Pill({ tone, children }: PillProps) {
  return (
    <span
      className={`inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 text-xs font-semibold whitespace-nowrap ${tones[tone]}`}
    >
      {tone === "live" && <Dot />}
      {children}
    </span>
  );
}

export function Dot({ className = "bg-current" }: { className?: string }) {
  return <span aria-hidden className={`inline-block size-1.5 shrink-0 rounded-full ${className}`} />;
}

const byStatus: Readonly<Record<CallStatus, Tone>> = {
  queued: "waiting",
  initiated: "waiting",
  ringing: "ringing",
  "in-progress": "live",
  completed: "good",
  busy: "bad",
  failed: "bad",
  "no-answer": "bad",
  canceled: "calm",
};

export function StatusPill({ status }: { status: CallStatus }) {
  return <Pill tone={byStatus[status]}>{statusWord(status)}</Pill>;
}
