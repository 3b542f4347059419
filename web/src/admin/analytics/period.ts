export const spans = ["today", "week", "month", "year", "own"] as const;
export type Span = (typeof spans)[number];

export const spanWords: Readonly<Record<Span, string>> = {
  today: "Today",
  week: "Last 7 days",
  month: "Last 30 days",
  year: "Last 12 months",
  own: "From … to …",
};

/// Days, "2026-01-31"; `until` is no part of it.
export interface Period {
  from: string;
  until: string;
}

const lengths: Readonly<Record<Exclude<Span, "own">, number>> = { today: 1, week: 7, month: 30, year: 365 };

/// Up to the end of `today`, "2026-01-31".
export function periodOf(span: Exclude<Span, "own">, today: string): Period {
  const until = addDays(today, 1);
  return { from: addDays(until, -lengths[span]), until };
}

/// As many as the server counts at once.
export const mostDays = 1000;

/// From the first to the last day, both in it; nothing when that is no period, or too long.
export function ownPeriod(first: string, last: string): Period | null {
  if (!isDay(first) || !isDay(last) || first > last) return null;
  if (addDays(first, mostDays) <= last) return null;
  return { from: first, until: addDays(last, 1) };
}

/// The browser's day, "2026-01-31".
export function dayOf(time: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(time.getFullYear()).padStart(4, "0")}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

export function addDays(day: string, count: number): string {
  const time = new Date(`${day}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() + count);
  return time.toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
