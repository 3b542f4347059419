import { ChartColumn, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../../shared/components/button";
import { Choices, Field } from "../../shared/components/fields";
import { Empty, PageFrame, Problem } from "../../shared/components/layout";
import { useLoad, useNow } from "../../shared/hooks";
import { useBelfry } from "../../shared/store";
import { CallTabs } from "../call-tabs";
import { getAnalytics, type Analytics, type AnalyticsQuery } from "./analytics-api";
import { AnalyticsView } from "./analytics-view";
import { addDays, dayOf, ownPeriod, periodOf, spans, spanWords, type Span } from "./period";

const renewEveryMs = 30_000;

/// Of one application, or of one of its groups.
export interface Subject {
  application: string;
  group?: string;
  name: string;
}

/// What the calls of all applications came to.
export function AnalyticsPage() {
  const { connections } = useBelfry();
  const now = useNow(renewEveryMs);
  const today = dayOf(new Date(now));
  const [span, setSpan] = useState<Span>("week");
  const [first, setFirst] = useState(addDays(today, -6));
  const [last, setLast] = useState(today);
  const [subject, setSubject] = useState<Subject | null>(null);
  const [shown, setShown] = useState<{ query: AnalyticsQuery; analytics: Analytics } | null>(null);

  const period = span === "own" ? ownPeriod(first, last) : periodOf(span, today);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = period && { ...period, zone, application: subject?.application, group: subject?.group };
  const { error, reload } = useLoad(
    async () => {
      if (query) setShown({ query, analytics: await getAnalytics(query) });
    },
    `${connections} ${now} ${JSON.stringify(query)}`,
  );

  return (
    <PageFrame title="Analytics" about="What the calls of all applications came to, once they are over.">
      <CallTabs current="analytics" />
      <div className="grid gap-4 sm:grid-cols-[13rem_10rem_10rem_1fr] sm:items-start">
        <Choices
          label="Period"
          value={span}
          onChange={setSpan}
          choices={spans.map((id) => ({ id, name: spanWords[id] }))}
        />
        {span === "own" && (
          <>
            <Field label="From" type="date" value={first} onChange={setFirst} />
            <Field label="To" type="date" value={last} onChange={setLast} />
          </>
        )}
        {subject && (
          <Button
            size="small"
            className="self-end justify-self-start sm:mb-1"
            aria-label={`Only ${subject.name}: show all calls again`}
            onPress={() => setSubject(null)}
          >
            Only {subject.name}
            <X aria-hidden size={15} />
          </Button>
        )}
      </div>
      {span === "own" && !period && (
        <p role="alert" className="text-sm font-medium text-bad">
          Choose a first day and a last day that is no earlier, at most 1,000 days.
        </p>
      )}
      <Problem error={error} retry={reload} />
      {shown && shown.analytics.total.calls > 0 && (
        <AnalyticsView {...shown} subject={subject} choose={setSubject} />
      )}
      {shown?.analytics.total.calls === 0 && !error && (
        <Empty icon={<ChartColumn size={22} />} title="No calls in this time">
          Calls count here once they are over.
        </Empty>
      )}
    </PageFrame>
  );
}
