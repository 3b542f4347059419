import { useMemo, useState, type ReactNode } from "react";
import { Button as Press } from "react-aria-components";
import { Card } from "../../shared/components/layout";
import { formatDuration } from "../../shared/format";
import { csvLink, type Analytics, type AnalyticsQuery } from "./analytics-api";
import type { Subject } from "./analytics-page";
import { CallChart, marks } from "./call-chart";
import { CsvLink, FigureTable } from "./figure-table";
import { applicationWord, averageSeconds, count, groupWord, layersOf, percent, timeWord } from "./figures";

interface AnalyticsViewProps {
  query: AnalyticsQuery;
  analytics: Analytics;
  subject: Subject | null;
  choose: (subject: Subject) => void;
}

export function AnalyticsView({ query, analytics, subject, choose }: AnalyticsViewProps) {
  const { by_application, by_group } = analytics;
  return (
    <>
      <Tiles analytics={analytics} />
      <OverTime query={query} analytics={analytics} />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <Card
          title="By application"
          aside={<CsvLink href={csvLink(query, "application")} label="Download the figures by application" />}
        >
          <FigureTable
            label="By application"
            what="Application"
            bars
            rows={by_application.map(({ application, ...figures }) => ({
              key: application,
              figures,
              name: (
                <Chooser
                  chosen={subject !== null || application === ""}
                  choose={() => choose({ application, name: applicationWord(application) })}
                >
                  {applicationWord(application)}
                </Chooser>
              ),
            }))}
          />
        </Card>
        <Card
          title="By group"
          aside={
            by_group.length > 0 && (
              <CsvLink href={csvLink(query, "group")} label="Download the figures by group" />
            )
          }
        >
          {by_group.length === 0 ? (
            <p className="text-sm text-muted">None of these calls was a group’s.</p>
          ) : (
            <FigureTable
              label="By group"
              what="Group"
              bars
              rows={by_group.map((each) => ({
                key: `${each.application}/${each.group}`,
                figures: each,
                name: (
                  <Chooser
                    chosen={subject?.group !== undefined}
                    choose={() =>
                      choose({ application: each.application, group: each.group, name: groupWord(each) })
                    }
                  >
                    {groupWord(each)}
                  </Chooser>
                ),
              }))}
            />
          )}
        </Card>
      </div>
    </>
  );
}

/// A name that can be pressed to see only its calls.
function Chooser({ chosen, choose, children }: { chosen: boolean; choose: () => void; children: ReactNode }) {
  if (chosen) return <span className="wrap-anywhere">{children}</span>;
  return (
    <Press
      onPress={choose}
      className="cursor-pointer rounded text-left font-medium wrap-anywhere hover:underline"
    >
      {children}
    </Press>
  );
}

function Tiles({ analytics: { total } }: { analytics: Analytics }) {
  const average = averageSeconds(total);
  return (
    <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      <Tile name="Calls" about={`${count(total.answered)} answered`}>
        {count(total.calls)}
      </Tile>
      <Tile name="Answer rate" about={`${count(total.calls - total.answered)} not answered`}>
        {percent(total.answer_rate)}
      </Tile>
      <Tile
        name="Minutes"
        about={average === null ? "nobody talked" : `${formatDuration(average)} on average`}
      >
        {count(total.minutes)}
      </Tile>
      <Tile name="Paid minutes" about={`${count(total.paid_calls)} calls through trunks`}>
        {count(total.paid_minutes)}
      </Tile>
    </dl>
  );
}

function Tile({ name, about, children }: { name: string; about: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1 rounded-2xl bg-surface p-4 shadow-card ring-1 ring-line sm:p-5">
      <dt className="text-[0.8125rem] text-muted">{name}</dt>
      <dd className="text-2xl font-semibold tracking-tight tabular-nums sm:text-[1.75rem]">{children}</dd>
      <dd className="text-[0.8125rem] text-muted">{about}</dd>
    </div>
  );
}

function OverTime({ query, analytics }: { query: AnalyticsQuery; analytics: Analytics }) {
  const { bucket, by_time, zone } = analytics;
  const layers = useMemo(() => layersOf(analytics), [analytics]);
  const severalDays = by_time[0]?.local.slice(0, 10) !== by_time.at(-1)?.local.slice(0, 10);
  const times = useMemo(
    () => by_time.map(({ local }) => timeWord(local, bucket, severalDays)),
    [by_time, bucket, severalDays],
  );
  const [pointed, setPointed] = useState<number | null>(null);
  const figures = pointed === null ? undefined : by_time[pointed];
  return (
    <Card
      title="Over time"
      aside={<CsvLink href={csvLink(query, "time")} label="Download the figures over time" />}
    >
      <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1.5 text-[0.8125rem]">
        {layers.map(({ name, values }, index) => (
          <li key={name} className="flex items-center gap-2">
            <span aria-hidden className={`size-2.5 rounded-sm ${marks[index] ?? ""}`} />
            {name}
            {pointed !== null && (
              <span className="text-muted tabular-nums">{count(values[pointed] ?? 0)}</span>
            )}
          </li>
        ))}
        <li className="ml-auto text-muted tabular-nums">
          {figures
            ? `${times[pointed ?? 0] ?? ""}: ${count(figures.calls)} calls, ${percent(figures.answer_rate)} answered`
            : zone}
        </li>
      </ul>
      <CallChart
        label={`Calls by ${bucket}, stacked by application`}
        layers={layers}
        times={times}
        onPoint={setPointed}
      />
      <details className="mt-4 text-sm">
        <summary className="w-fit cursor-pointer rounded font-medium text-muted hover:text-ink">
          As a table
        </summary>
        <div className="mt-3 max-h-96 overflow-y-auto">
          <FigureTable
            label="Over time"
            what={bucket === "day" ? "Day" : "Hour"}
            rows={by_time.map((each, index) => ({
              key: each.from,
              name: times[index] ?? each.local,
              figures: each,
            }))}
          />
        </div>
      </details>
    </Card>
  );
}
