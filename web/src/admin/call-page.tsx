import { ArrowLeft, ArrowRight, PhoneOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Card, PageFrame, Problem } from "../shared/components/layout";
import { StatusPill } from "../shared/components/pill";
import { carrierWord, formatClock, formatNumber } from "../shared/format";
import { useAction, useLoad, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import { isOver } from "../shared/state";
import { dispatch, useBelfry } from "../shared/store";
import type { Call, CallEvent, MediaStatistics } from "../shared/types";
import { lengthOf } from "./calls-page";
import { MessagesOfCall } from "./message-list";
import { Recordings } from "./recordings";
import { Timeline } from "./timeline-view";

const mediaRefreshMs = 5000;

/// One call (one leg): what it is, how it goes, and each thing that happened to it.
export function CallPage({ sid }: { sid: string }) {
  const { calls, events, connections } = useBelfry();
  const [media, setMedia] = useState<MediaStatistics | null>(null);
  const call = calls[sid];
  const tick = useNow(mediaRefreshMs);

  // Media statistics come with the call, not with its events: read at each change of state, and now and then while
  // people talk.
  const { error, reload } = useLoad(
    async () => {
      const [{ media: statistics, ...found }, log] = await Promise.all([api.call(sid), api.callEvents(sid)]);
      dispatch({ do: "learn-calls", calls: [found] });
      dispatch({ do: "learn-events", sid, events: log.items });
      setMedia(statistics);
    },
    `${connections} ${call?.status ?? ""} ${call?.status === "in-progress" ? tick : ""}`,
  );

  return (
    <PageFrame
      title={call ? `Call to ${formatNumber(call.to)}` : "Call"}
      about={
        <a href={links.calls} className="inline-flex items-center gap-1.5 rounded hover:text-ink">
          <ArrowLeft aria-hidden size={15} />
          All calls
        </a>
      }
      actions={call && <HangUp call={call} />}
    >
      <Problem error={error} retry={reload} />
      {call && (
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_19rem] lg:grid-rows-[auto_1fr]">
          <Facts call={call} />
          <div className="flex min-w-0 flex-col gap-6 lg:col-start-1 lg:row-span-2 lg:row-start-1">
            <Recordings
              subject={sid}
              again={`${connections} ${recordingSteps(events[sid])} ${call.status}`}
            />
            <MessagesOfCall sid={sid} again={`${connections} ${call.status}`} />
            <Timeline events={events[sid] ?? []} over={isOver(call.status)} />
          </div>
          {media && <Media media={media} />}
        </div>
      )}
    </PageFrame>
  );
}

/// Grows whenever something happens to a recording of the call.
function recordingSteps(log: readonly CallEvent[] = []): number {
  return log.filter(({ type }) => type.startsWith("recording.")).length;
}

function HangUp({ call }: { call: Call }) {
  const hanging = useAction();
  if (isOver(call.status)) return null;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Problem error={hanging.error} />
      <Button
        tone="bad"
        isPending={hanging.busy}
        onPress={() =>
          void hanging.run(async () =>
            dispatch({ do: "learn-calls", calls: [await api.hangUpCall(call.sid)] }),
          )
        }
      >
        <PhoneOff aria-hidden size={17} />
        Hang up
      </Button>
    </div>
  );
}

const directions: Readonly<Record<Call["direction"], string>> = {
  inbound: "Inbound",
  "outbound-api": "Outbound, by API",
  "outbound-dial": "Outbound, by Dial",
};

function Facts({ call }: { call: Call }) {
  const now = useNow(1000);
  return (
    <Card>
      <div className="flex items-center justify-between gap-3">
        <span role="status" className="flex">
          <StatusPill status={call.status} />
        </span>
        <span className="text-xl font-semibold tracking-tight tabular-nums">{lengthOf(call, now)}</span>
      </div>
      <p className="mt-4 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium tabular-nums">
        {formatNumber(call.from)} <ArrowRight aria-label="to" size={15} className="text-muted" />{" "}
        {formatNumber(call.to)}
      </p>
      <dl className="mt-4 flex flex-col gap-2.5 border-t border-line pt-4 text-sm">
        <Fact name="Direction">{directions[call.direction]}</Fact>
        <Fact name="Carrier">{carrierWord(call.endpoint)}</Fact>
        <Fact name="Placed">{formatClock(call.created_at)}</Fact>
        {call.answered_at && <Fact name="Answered">{formatClock(call.answered_at)}</Fact>}
        {call.ended_at && <Fact name="Ended">{formatClock(call.ended_at)}</Fact>}
        {call.answered_by && <Fact name="Answered by">{call.answered_by}</Fact>}
        {call.end_reason && call.end_reason !== "normal" && <Fact name="Reason">{call.end_reason}</Fact>}
        {call.error_code !== null && <Fact name="Error">{call.error_code}</Fact>}
        {call.parent_sid && (
          <Fact name="Parent">
            <a href={links.call(call.parent_sid)} className="rounded text-accent hover:underline">
              Open
            </a>
          </Fact>
        )}
      </dl>
      <p className="mt-4 border-t border-line pt-4 font-mono text-xs break-all text-muted select-all">
        {call.sid}
      </p>
    </Card>
  );
}

function Media({ media }: { media: MediaStatistics }) {
  return (
    <Card title="Media" aside={media.mos !== null && <Quality mos={media.mos} />}>
      <dl className="flex flex-col gap-2.5 text-sm">
        <Fact name="Codec">{media.codec}</Fact>
        <Fact name="Packets in">{media.packets_in.toLocaleString()}</Fact>
        <Fact name="Packets out">{media.packets_out.toLocaleString()}</Fact>
        <Fact name="Lost">{media.lost.toLocaleString()}</Fact>
        <Fact name="Jitter">{media.jitter_ms.toFixed(1)} ms</Fact>
      </dl>
    </Card>
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

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="text-muted">{name}</dt>
      <dd className="text-right font-medium tabular-nums">{children}</dd>
    </div>
  );
}
