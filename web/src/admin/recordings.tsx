import { Download, Mic } from "lucide-react";
import { useState } from "react";
import { api } from "../shared/api";
import { Card, Problem } from "../shared/components/layout";
import { Pill, type Tone } from "../shared/components/pill";
import { formatClock, formatDuration } from "../shared/format";
import { useLoad, useNow } from "../shared/hooks";
import type { Recording } from "../shared/types";

const states: Readonly<Record<Recording["status"], { words: string; tone: Tone }>> = {
  "in-progress": { words: "Recording", tone: "live" },
  paused: { words: "Paused", tone: "waiting" },
  processing: { words: "Being finished", tone: "waiting" },
  completed: { words: "Completed", tone: "good" },
  absent: { words: "No sound", tone: "calm" },
  failed: { words: "Failed", tone: "bad" },
};

const sources: Readonly<Record<string, string>> = {
  DialVerb: "Dial",
  RecordVerb: "Record",
  Conference: "Conference",
  OutboundAPI: "From the answer on",
  StartCallRecordingAPI: "Started by the API",
  StartConferenceRecordingAPI: "Started by the API",
  StartCallRecordingTwiML: "Started by the document",
};

const unfinishedRefreshMs = 1000;

function isFinal(status: Recording["status"]): boolean {
  return status === "completed" || status === "absent" || status === "failed";
}

interface RecordingsProps {
  /// SID of the call or conference.
  subject: string;
  /// They are read again when it changes.
  again: string;
}

/// What was recorded, each with a player; nothing at all when nothing was.
export function Recordings({ subject, again }: RecordingsProps) {
  const [recordings, setRecordings] = useState<readonly Recording[]>([]);
  // Its end is no event of the call, which may be over by then.
  const tick = useNow(unfinishedRefreshMs);
  const unfinished = recordings.some(({ status }) => !isFinal(status));
  const { error, reload } = useLoad(
    async () => {
      const { items } = await api.recordingsOf(subject);
      setRecordings((before) => keepLinks(before, items));
    },
    `${subject} ${again} ${unfinished ? tick : ""}`,
  );
  if (error) return <Problem error={error} retry={reload} />;
  if (recordings.length === 0) return null;
  return (
    <Card title={recordings.length === 1 ? "Recording" : "Recordings"}>
      <ul aria-label="Recordings" className="flex flex-col gap-5">
        {recordings.map((recording) => (
          <Row key={recording.sid} recording={recording} />
        ))}
      </ul>
    </Card>
  );
}

/// Each answer has new links to the same sound, and a player that gets another link stops.
export function keepLinks(before: readonly Recording[], now: readonly Recording[]): Recording[] {
  return now.map((recording) => {
    const known = before.find(({ sid }) => sid === recording.sid);
    return known?.status === recording.status ? { ...recording, audio_url: known.audio_url } : recording;
  });
}

function Row({ recording }: { recording: Recording }) {
  const { words, tone } = states[recording.status];
  const playable = recording.audio_url !== null && recording.duration_s !== null;
  return (
    <li className="flex flex-col gap-3 border-line not-first:border-t not-first:pt-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-sm">
        <Mic aria-hidden size={17} className="text-muted" />
        <span className="font-medium">{sources[recording.source] ?? recording.source}</span>
        <span className="text-muted tabular-nums">{formatClock(recording.started_at)}</span>
        {recording.duration_s !== null && (
          <span className="text-muted tabular-nums">{formatDuration(recording.duration_s)}</span>
        )}
        <span className="text-muted">{recording.channels === 2 ? "Two channels" : "Mono"}</span>
        <span className="ml-auto">
          <Pill tone={tone}>{words}</Pill>
        </span>
      </div>
      {playable && recording.audio_url !== null && (
        <div className="flex items-center gap-2">
          {/* What was said is in the call's timeline: there is no other text of it. */}
          {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
          <audio
            controls
            preload="metadata"
            src={recording.audio_url}
            aria-label={`Recording of ${formatClock(recording.started_at)}`}
            className="h-11 w-full min-w-0 rounded-full"
          />
          <a
            href={`${recording.audio_url}${recording.audio_url.includes("?") ? "&" : "?"}Download=true`}
            download={`${recording.sid}.wav`}
            aria-label="Download"
            className="flex size-10 shrink-0 items-center justify-center rounded-full text-muted transition-colors hover:bg-sunken hover:text-ink"
          >
            <Download aria-hidden size={18} />
          </a>
        </div>
      )}
    </li>
  );
}
