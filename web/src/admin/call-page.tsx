import { ArrowLeft, ArrowRight, PhoneOff } from "lucide-react";
import { useState } from "react";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Card, Fact, PageFrame, Problem } from "../shared/components/layout";
import { StatusPill } from "../shared/components/pill";
import { carrierWord, formatClock, formatNumber } from "../shared/format";
import { useAction, useLoad, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import { isOver } from "../shared/state";
import { dispatch, useBelfry } from "../shared/store";
import type { Audio, Call, CallEvent } from "../shared/types";
import { AudioOfCall } from "./call-audio";
import { lengthOf } from "./calls-page";
import { MessagesOfCall } from "./message-list";
import { Recordings } from "./recordings";
import { Timeline } from "./timeline-view";

const mediaRefreshMs = 5000;

/// One call (one leg): what it is, how it goes, and each thing that happened to it.
export function CallPage({ sid }: { sid: string }) {
  const { calls, events, connections } = useBelfry();
  const [heard, setHeard] = useState<Audio>({ media: null, audio: null });
  const call = calls[sid];
  const tick = useNow(mediaRefreshMs);

  // How its audio does comes with the call, not with its events: read at each change of state, now and then while
  // people talk, and once more when the last of it is known.
  const { error, reload } = useLoad(
    async () => {
      const [{ media, audio, ...found }, log] = await Promise.all([api.call(sid), api.callEvents(sid)]);
      dispatch({ do: "learn-calls", calls: [found] });
      dispatch({ do: "learn-events", sid, events: log.items });
      setHeard({ media, audio });
    },
    `${connections} ${call?.status ?? ""} ${call?.status === "in-progress" ? tick : ""} ${steps(events[sid], "media.ended")}`,
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
          <AudioOfCall heard={heard} />
          <div className="flex min-w-0 flex-col gap-6 lg:col-start-1 lg:row-span-2 lg:row-start-1">
            <Recordings
              subject={sid}
              again={`${connections} ${steps(events[sid], "recording.")} ${call.status}`}
            />
            <MessagesOfCall sid={sid} again={`${connections} ${call.status}`} />
            <Timeline events={events[sid] ?? []} over={isOver(call.status)} />
          </div>
        </div>
      )}
    </PageFrame>
  );
}

/// Grows whenever something of that kind happens in the call.
function steps(log: readonly CallEvent[] = [], kind: string): number {
  return log.filter(({ type }) => type.startsWith(kind)).length;
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
