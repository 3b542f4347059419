import { parseAbsolute, toCalendarDate, type CalendarDate } from "@internationalized/date";

/// These have no daylight saving here (docs/take5.md); "Etc/GMT+5" is five hours behind UTC.
const abbreviations: Readonly<Record<string, string>> = {
  EST: "Etc/GMT+5",
  CST: "Etc/GMT+6",
  MST: "Etc/GMT+7",
  PST: "Etc/GMT+8",
};

/// A user's time zone by its name in the zone database.
export function ianaZone(timezone: string): string {
  return abbreviations[timezone] ?? timezone;
}

/// "New York" for "America/New_York"; an abbreviation is its own name.
export function zoneWords(timezone: string): string {
  return (timezone.split("/").at(-1) ?? timezone).replaceAll("_", " ");
}

/// What can be chosen, with the one that somebody has.
export function allTimezones(own: string): string[] {
  return [
    ...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...Object.keys(abbreviations), own]),
  ].sort();
}

export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/// The day on which it is there.
export function dayOf(moment: string, zone: string): CalendarDate {
  return toCalendarDate(parseAbsolute(moment, zone));
}

/// "Tue 24 Nov, 15:20", in the reader's language.
export function formatMoment(moment: string, zone?: string): string {
  return new Date(moment).toLocaleString(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
}

export function formatTime(moment: string, zone?: string): string {
  return new Date(moment).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
}

/// What the clocks of the others show then: `[["10:20", ["New York", "Toronto"]], …]`, with the weekday where it is
/// another; without those that show what the reader's does.
export function clocksElsewhere(
  moment: string,
  timezones: readonly string[],
  own: string,
): [string, string[]][] {
  const times = new Map<string, Set<string>>();
  const here = clock(moment, own, own);
  for (const timezone of timezones) {
    const there = clock(moment, ianaZone(timezone), own);
    if (there === here) continue;
    times.set(there, (times.get(there) ?? new Set()).add(zoneWords(timezone)));
  }
  return [...times].map(([time, places]): [string, string[]] => [time, [...places]]);
}

function clock(moment: string, zone: string, own: string): string {
  const time = formatTime(moment, zone);
  if (dayOf(moment, zone).compare(dayOf(moment, own)) === 0) return time;
  const weekday = new Date(moment).toLocaleDateString(undefined, { weekday: "short", timeZone: zone });
  return `${weekday} ${time}`;
}

/// "today", "tomorrow", "in 5 days", by the reader's calendar.
export function daysAhead(moment: string, nowMs: number, zone: string): string {
  const days = dayOf(moment, zone).compare(dayOf(new Date(nowMs).toISOString(), zone));
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(days, "day");
}
