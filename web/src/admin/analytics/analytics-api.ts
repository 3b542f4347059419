import { get } from "../../shared/http";
import type { Period } from "./period";

export interface Figures {
  calls: number;
  answered: number;
  /// 0 to 1.
  answer_rate: number;
  seconds: number;
  minutes: number;
  paid_calls: number;
  paid_minutes: number;
}

export type OfApplication = Figures & { application: string };
export type OfGroup = Figures & { application: string; group: string; name: string };
export type OfTime = Figures & {
  from: string;
  local: string;
  calls_by_application: Readonly<Record<string, number>>;
};

export interface Analytics {
  from: string;
  until: string;
  zone: string;
  bucket: "hour" | "day";
  total: Figures;
  by_application: readonly OfApplication[];
  by_group: readonly OfGroup[];
  by_time: readonly OfTime[];
}

export interface AnalyticsQuery extends Period {
  zone: string;
  application?: string | undefined;
  group?: string | undefined;
}

function parameters({ from, until, zone, application, group }: AnalyticsQuery): URLSearchParams {
  const query = new URLSearchParams({ from, until, zone });
  if (application) query.set("application", application);
  if (group) query.set("group", group);
  return query;
}

export function getAnalytics(query: AnalyticsQuery): Promise<Analytics> {
  return get<Analytics>(`/admin/api/analytics?${parameters(query).toString()}`);
}

export function csvLink(query: AnalyticsQuery, by: "time" | "application" | "group"): string {
  const all = parameters(query);
  all.set("by", by);
  return `/admin/api/analytics/csv?${all.toString()}`;
}
