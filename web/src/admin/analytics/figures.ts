import type { Analytics, Figures, OfGroup } from "./analytics-api";

const words: Readonly<Record<string, string>> = {
  "": "No application",
  api: "API",
  campaign: "Campaigns",
  flux: "Notifications",
  kin: "KIN",
  take5: "Take5",
  "caller-id-validation": "Caller ID checks",
  "trunk-check": "Trunk tests",
};

export function applicationWord(application: string): string {
  return words[application] ?? application;
}

export function groupWord({ name, group }: OfGroup): string {
  return name || `Group ${group}`;
}

/// "68 %", "0 %".
export function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}

/// "1,234", in thousands by the comma whatever the browser speaks: the pages are English.
export function count(number: number): string {
  return number.toLocaleString("en-GB");
}

/// How long people talked, of calls that were answered; nothing when none was.
export function averageSeconds({ answered, seconds }: Figures): number | null {
  return answered === 0 ? null : Math.round(seconds / answered);
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// "09:00" of an hour, "Mon 5 Jan" of a day; with its day when the hours are of several.
export function timeWord(local: string, bucket: Analytics["bucket"], severalDays = false): string {
  const time = new Date(`${local}Z`);
  const weekday = weekdays[time.getUTCDay()] ?? "";
  const day = `${weekday} ${time.getUTCDate()} ${months[time.getUTCMonth()] ?? ""}`;
  if (bucket === "day") return day;
  const hour = local.slice(11, 16);
  return severalDays ? `${day} ${hour}` : hour;
}

/// One colour each; who comes after them shares the last one.
export const coloured = 5;

export interface Layer {
  name: string;
  /// Calls by hour or day.
  values: readonly number[];
  /// With those of all layers before it: where it ends in the stack.
  tops: readonly number[];
}

/// What is stacked in the chart: the applications with the most calls, then all others together.
export function layersOf({ by_application, by_time }: Analytics): Layer[] {
  const applications = by_application.map(({ application }) => application);
  const alone = applications.length > coloured + 1 ? applications.slice(0, coloured) : applications;
  const rest = applications.slice(alone.length);
  const parts = alone.map((application) => ({ name: applicationWord(application), of: [application] }));
  if (rest.length > 0) parts.push({ name: "Others", of: rest });
  const stack = by_time.map(() => 0);
  return parts.map(({ name, of }) => {
    const values = by_time.map((time) =>
      of.reduce((sum, application) => sum + (time.calls_by_application[application] ?? 0), 0),
    );
    values.forEach((value, index) => {
      stack[index] = (stack[index] ?? 0) + value;
    });
    return { name, values, tops: [...stack] };
  });
}

/// Which of `length` bars have a word below them, when `most` words fit.
export function wordedBars(length: number, most: number): number[] {
  if (length === 0) return [];
  const step = Math.max(1, Math.ceil(length / Math.max(1, most)));
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
}
