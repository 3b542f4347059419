import { parseDate, today, type CalendarDate } from "@internationalized/date";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
} from "react-aria-components";
import { Card } from "../shared/components/layout";
import { useNow } from "../shared/hooks";
import type { GroupCall } from "../shared/types";
import { clocksElsewhere, dayOf, daysAhead, formatMoment, viewerZone, zoneWords } from "./moments";
import type { User } from "./people";

interface NextMomentsProps {
  moments: readonly string[];
  members: readonly User[];
  calls: readonly GroupCall[];
}

/// When the group is called next, on a calendar of the reader's days; and what the clocks of its members show then.
export function NextMoments({ moments, members, calls }: NextMomentsProps) {
  const zone = viewerZone();
  const [focused, setFocused] = useState<CalendarDate | null>(null);
  const [first] = moments;
  const next = new Set(moments.map((moment) => dayOf(moment, zone).toString()));
  const past = new Set(
    calls.flatMap(({ startTime }) => (startTime ? [dayOf(startTime, zone).toString()] : [])),
  );

  return (
    <Card title="Next moments">
      <MonthGrid
        focused={focused ?? (first ? dayOf(first, zone) : today(zone))}
        focus={setFocused}
        next={next}
        past={past}
      />
      {moments.length === 0 && <p className="mt-4 text-sm text-muted">No moment is drawn.</p>}
      <ol aria-label="Next moments" className="mt-4 flex flex-col gap-1">
        {moments.map((moment) => (
          <Moment
            key={moment}
            moment={moment}
            members={members}
            zone={zone}
            show={() => setFocused(dayOf(moment, zone))}
          />
        ))}
      </ol>
      <p className="mt-3 text-[0.8125rem] text-muted">Your time zone: {zoneWords(zone)}.</p>
    </Card>
  );
}

interface MomentProps {
  moment: string;
  members: readonly User[];
  zone: string;
  show: () => void;
}

function Moment({ moment, members, zone, show }: MomentProps) {
  const now = useNow(60_000);
  const elsewhere = clocksElsewhere(
    moment,
    members.map(({ timezone }) => timezone),
    zone,
  );
  return (
    <li>
      <AriaButton
        onPress={show}
        className="flex w-full cursor-pointer flex-col rounded-lg px-2.5 py-1.5 text-left text-sm transition-colors hover:bg-sunken"
      >
        <span className="flex w-full items-baseline justify-between gap-3">
          <span className="font-medium tabular-nums">{formatMoment(moment)}</span>
          <span className="text-[0.8125rem] text-muted">{daysAhead(moment, now, zone)}</span>
        </span>
        {elsewhere.map(([time, places]) => (
          <span key={time} className="text-[0.8125rem] text-muted tabular-nums">
            {time} in {places.join(", ")}
          </span>
        ))}
      </AriaButton>
    </li>
  );
}

interface MonthGridProps {
  focused: CalendarDate;
  focus: (day: CalendarDate) => void;
  next: ReadonlySet<string>;
  past: ReadonlySet<string>;
}

const arrow =
  "flex size-9 cursor-pointer items-center justify-center rounded-lg text-muted transition-colors hover:bg-sunken hover:text-ink";

/// One month: coming calls are filled, past ones have a dot.
function MonthGrid({ focused, focus, next, past }: MonthGridProps) {
  return (
    <Calendar
      aria-label="Calls by day"
      isReadOnly
      focusedValue={focused}
      onFocusChange={(day) => focus(parseDate(day.toString()))}
    >
      <div className="mb-2 flex items-center justify-between">
        <AriaButton slot="previous" className={arrow}>
          <ChevronLeft aria-hidden size={18} />
        </AriaButton>
        <Heading level={3} className="text-sm font-semibold" />
        <AriaButton slot="next" className={arrow}>
          <ChevronRight aria-hidden size={18} />
        </AriaButton>
      </div>
      <CalendarGrid className="w-full" weekdayStyle="short">
        <CalendarGridHeader>
          {(day) => (
            <CalendarHeaderCell className="pb-1 text-xs font-medium text-muted">{day}</CalendarHeaderCell>
          )}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(day) => (
            <CalendarCell
              date={day}
              data-next={next.has(day.toString()) || undefined}
              data-past={past.has(day.toString()) || undefined}
              className="relative mx-auto flex size-9 items-center justify-center rounded-full text-sm tabular-nums data-focus-visible:outline-2 data-focus-visible:outline-offset-1 data-focus-visible:outline-accent data-next:bg-accent data-next:font-semibold data-next:text-on-accent data-outside-month:invisible data-past:after:absolute data-past:after:bottom-1 data-past:after:size-1 data-past:after:rounded-full data-past:after:bg-current data-today:ring-1 data-today:ring-strong-line data-today:ring-inset"
            />
          )}
        </CalendarGridBody>
      </CalendarGrid>
    </Calendar>
  );
}
