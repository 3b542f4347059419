import { Users } from "lucide-react";
import { useState } from "react";
import { api } from "../../shared/api";
import { Card, Empty, PageFrame, Problem } from "../../shared/components/layout";
import { Pill } from "../../shared/components/pill";
import { formatAgo, formatDuration } from "../../shared/format";
import { useLoad, useNow } from "../../shared/hooks";
import { links } from "../../shared/router";
import { useBelfry } from "../../shared/store";
import type { Conference } from "../../shared/types";
import { CallTabs } from "../call-tabs";
import { Face, nameOf } from "./participant-row";

/// Who talks changes by the second, and is no call's event.
export const liveRefreshMs = 1000;

export function ConferencesPage() {
  const { connections } = useBelfry();
  const now = useNow(liveRefreshMs);
  const [conferences, setConferences] = useState<readonly Conference[]>([]);
  const { error, loading, reload } = useLoad(
    async () => setConferences((await api.conferences()).items),
    `${connections} ${now}`,
  );
  const live = conferences.filter(({ status }) => status !== "completed");
  const ended = conferences.filter(({ status }) => status === "completed");

  return (
    <PageFrame title="Conferences" about="Who is in which, and who talks now.">
      <CallTabs current="conferences" />
      <Problem error={error} retry={reload} />
      {live.length > 0 && (
        <ul aria-label="Live conferences" className="grid grid-cols-1 gap-5 md:grid-cols-2">
          {live.map((conference) => (
            <LiveConference key={conference.sid} conference={conference} now={now} />
          ))}
        </ul>
      )}
      {live.length === 0 && !loading && !error && (
        <Empty icon={<Users size={22} />} title="No conference is live">
          A call enters one by <code className="font-mono">&lt;Dial&gt;&lt;Conference&gt;</code> in its
          document.
        </Empty>
      )}
      {ended.length > 0 && (
        <Card title="Ended">
          <ul aria-label="Ended conferences" className="flex flex-col text-sm">
            {ended.map((conference) => (
              <li
                key={conference.sid}
                className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-line py-3 not-first:border-t first:pt-0 last:pb-0"
              >
                <a
                  href={links.conference(conference.sid)}
                  className="min-w-0 flex-1 truncate rounded font-medium after:absolute after:inset-0 hover:underline"
                >
                  {conference.name}
                </a>
                <span className="text-muted tabular-nums">{lengthOf(conference, now)}</span>
                <span className="w-24 text-right text-muted">
                  {conference.ended_at && formatAgo(conference.ended_at, now)}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </PageFrame>
  );
}

function LiveConference({ conference, now }: { conference: Conference; now: number }) {
  const talking = conference.participants.filter(({ speaking }) => speaking);
  const waiting = conference.status === "init";
  return (
    <li className="relative flex flex-col gap-4 rounded-2xl bg-surface p-5 shadow-card ring-1 ring-line transition-colors hover:bg-sunken/60 sm:p-6">
      <div className="flex items-center justify-between gap-3">
        <a
          href={links.conference(conference.sid)}
          className="min-w-0 truncate rounded font-semibold after:absolute after:inset-0"
        >
          {conference.name}
        </a>
        <Pill tone={waiting ? "waiting" : "live"}>{waiting ? "Waiting" : lengthOf(conference, now)}</Pill>
      </div>
      <div className="flex flex-wrap gap-2">
        {conference.participants.map((who) => (
          <Face key={who.call_sid} who={who} />
        ))}
      </div>
      <p className="truncate text-sm text-muted">
        {talking.length > 0
          ? `${talking.map(nameOf).join(", ")} ${talking.length === 1 ? "talks" : "talk"}`
          : `${conference.participants.length} in it, nobody talks`}
      </p>
    </li>
  );
}

/// From its start to its end, or to now; a dash for one that never began.
export function lengthOf({ started_at: started, ended_at: ended }: Conference, now: number): string {
  if (!started) return "–";
  return formatDuration(((ended ? Date.parse(ended) : now) - Date.parse(started)) / 1000);
}
