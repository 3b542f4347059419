import { get, getText, post } from "../../shared/http";

export type CampaignState = "draft" | "running" | "paused" | "completed" | "cancelled";

export interface CampaignNumber {
  number: string;
  variables: Readonly<Record<string, string>>;
}

export interface CampaignTerms {
  name: string;
  say?: string;
  twiml?: string;
  url?: string;
  calls_per_second: number;
  at_once: number;
  retry: { attempts: number; delay_s: number; on: readonly string[] };
  calling_hours?: { from: string; until: string };
}

export interface Campaign extends CampaignTerms {
  id: string;
  state: CampaignState;
  numbers: number;
  created: string;
  started: string | null;
  ended: string | null;
}

export interface Progress {
  numbers: number;
  waiting: number;
  calling: number;
  done: number;
  /// By outcome.
  results: Readonly<Record<string, number>>;
}

export interface Added {
  added: number;
  duplicates: number;
}

const pathOf = (id: string, part = "") => `/admin/api/campaigns/${encodeURIComponent(id)}${part}`;

export const campaigns = {
  all: () => get<{ items: Campaign[] }>("/admin/api/campaigns"),
  one: (id: string) => get<Campaign & { progress: Progress }>(pathOf(id)),
  create: (terms: CampaignTerms, numbers: readonly CampaignNumber[]) =>
    post<Campaign & Added>("/admin/api/campaigns", { ...terms, numbers }),
  addNumbers: (id: string, numbers: readonly CampaignNumber[]) =>
    post<Campaign & Added>(pathOf(id, "/numbers"), { numbers }),
  start: (id: string) => post<Campaign>(pathOf(id, "/start")),
  pause: (id: string) => post<Campaign>(pathOf(id, "/pause")),
  cancel: (id: string) => post<Campaign>(pathOf(id, "/cancel")),
  results: (id: string) => getText(pathOf(id, "/results")),
  resultsLink: (id: string) => pathOf(id, "/results"),
};
