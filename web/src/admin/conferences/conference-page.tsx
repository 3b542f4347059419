import { ArrowLeft, CircleStop } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api";
import { Button } from "../../shared/components/button";
import { Card, PageFrame, Problem } from "../../shared/components/layout";
import { Pill } from "../../shared/components/pill";
import { formatClock } from "../../shared/format";
import { useAction, useLoad, useNow } from "../../shared/hooks";
import { links } from "../../shared/router";
import { useBelfry } from "../../shared/store";
import type { Conference } from "../../shared/types";
import { Recordings } from "../recordings";
import { lengthOf, liveRefreshMs } from "./conferences-page";
import { ParticipantRow } from "./participant-row";

/// One conference: who is in it and who talks while it lives, what was recorded of it afterwards.
export function ConferencePage({ sid }: { sid: string }) {
  const { connections } = useBelfry();
  const now = useNow(liveRefreshMs);
  const [conference, setConference] = useState<Conference | null>(null);
  const over = conference?.status === "completed";
  const { error, reload } = useLoad(
    async () => setConference(await api.conference(sid)),
    `${connections} ${over ? "" : now}`,
  );

  return (
    <PageFrame
      title={conference ? conference.name : "Conference"}
      about={
        <a href={links.conferences} className="inline-flex items-center gap-1.5 rounded hover:text-ink">
          <ArrowLeft aria-hidden size={15} />
          All conferences
        </a>
      }
      actions={conference && !over && <End sid={sid} ended={reload} />}
    >
      <Problem error={error} retry={reload} />
      {conference && (
        <>
          <Facts conference={conference} now={now} />
          {!over && (
            <Card title="In it">
              {conference.participants.length > 0 ? (
                <ul aria-label="Participants" className="flex flex-col">
                  {conference.participants.map((who) => (
                    <ParticipantRow
                      key={who.call_sid}
                      conference={sid}
                      who={who}
                      now={now}
                      changed={reload}
                    />
                  ))}
                </ul>
              ) : (
                <p className="text-sm text-muted">Nobody is in it now.</p>
              )}
            </Card>
          )}
          <Recordings
            subject={sid}
            again={`${connections} ${conference.status} ${conference.participants.length}`}
          />
        </>
      )}
    </PageFrame>
  );
}

function End({ sid, ended }: { sid: string; ended: () => void }) {
  const ending = useAction();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Problem error={ending.error} />
      <Button
        tone="bad"
        isPending={ending.busy}
        onPress={() => void ending.run(() => api.endConference(sid)).then(ended)}
      >
        <CircleStop aria-hidden size={17} />
        End for all
      </Button>
    </div>
  );
}

const states: Readonly<Record<Conference["status"], string>> = {
  init: "Waiting",
  "in-progress": "In progress",
  completed: "Ended",
};

function Facts({ conference, now }: { conference: Conference; now: number }) {
  const tone = conference.status === "in-progress" ? "live" : "waiting";
  return (
    <dl className="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm">
      <dt className="sr-only">State</dt>
      <dd role="status">
        <Pill tone={tone}>{states[conference.status]}</Pill>
      </dd>
      <div className="flex gap-2">
        <dt className="text-muted">Length</dt>
        <dd className="font-medium tabular-nums">{lengthOf(conference, now)}</dd>
      </div>
      <div className="flex gap-2">
        <dt className="text-muted">Began</dt>
        <dd className="font-medium tabular-nums">{formatClock(conference.created_at)}</dd>
      </div>
      {conference.reason_ended && (
        <div className="flex gap-2">
          <dt className="text-muted">Reason</dt>
          <dd className="font-medium">{conference.reason_ended}</dd>
        </div>
      )}
      <dd className="font-mono text-xs break-all text-muted select-all">{conference.sid}</dd>
    </dl>
  );
}
