import { CircleAlert, CircleCheck } from "lucide-react";
import { Card, Fact } from "../shared/components/layout";
import type { Audio, AudioVerdict, MediaStatistics } from "../shared/types";
import { faultTitle, figuresOf } from "./audio-words";

/// How a call's audio does, or did when it ended: what is wrong with it in a sentence, then the figures.
export function AudioOfCall({ heard: { media, audio } }: { heard: Audio }) {
  if (!media) return null;
  return (
    <Card title="Audio" aside={media.mos !== null && <Quality mos={media.mos} />}>
      {audio && <Verdict verdict={audio} />}
      <Figures media={media} />
    </Card>
  );
}

function Verdict({ verdict }: { verdict: AudioVerdict }) {
  const well = verdict.fault === "none";
  const Icon = well ? CircleCheck : CircleAlert;
  return (
    <div
      role="status"
      aria-label="Verdict on the audio"
      className={`mb-4 flex gap-2.5 rounded-xl px-3.5 py-3 text-sm ${well ? "bg-good/10" : "bg-bad/10"}`}
    >
      <Icon aria-hidden size={17} className={`mt-0.5 shrink-0 ${well ? "text-good" : "text-bad"}`} />
      <div className="min-w-0 wrap-anywhere">
        {!well && <p className="mb-1 font-semibold text-bad">{faultTitle(verdict.fault)}</p>}
        <p>{verdict.words}</p>
      </div>
    </div>
  );
}

function Figures({ media }: { media: MediaStatistics }) {
  return (
    <dl className="flex flex-col gap-2.5 text-sm">
      {figuresOf(media).map(([name, figure]) => (
        <Fact key={name} name={name}>
          {figure}
        </Fact>
      ))}
    </dl>
  );
}

/// Mean opinion score: 4 and more is as good as a good line, under 3 people complain (ITU-T G.107 annex B).
function Quality({ mos }: { mos: number }) {
  const colour = mos >= 4 ? "text-good" : mos >= 3 ? "text-ringing-ink" : "text-bad";
  return (
    <span className={`text-sm font-semibold tabular-nums ${colour}`}>
      {mos.toFixed(1)} <span className="font-normal text-muted">MOS</span>
    </span>
  );
}
