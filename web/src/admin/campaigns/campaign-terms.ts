import type { Campaign, CampaignState, CampaignTerms, Progress } from "./campaigns-api";

export const ways = ["say", "twiml", "url"] as const;
export type Way = (typeof ways)[number];
export const wayWords: Readonly<Record<Way, string>> = {
  say: "Say a text",
  twiml: "Follow TwiML",
  url: "Ask a URL",
};

export const retried = ["no-answer", "busy", "failed"] as const;
export type Retried = (typeof retried)[number];

export interface CampaignForm {
  name: string;
  way: Way;
  what: string;
  numbers: string;
  perSecond: number;
  atOnce: number;
  attempts: number;
  delayMinutes: number;
  on: readonly Retried[];
  /// "08:00"; both empty: as the server has it.
  hoursFrom: string;
  hoursUntil: string;
}

export const emptyForm: CampaignForm = {
  name: "",
  way: "say",
  what: "",
  numbers: "",
  perSecond: 1,
  atOnce: 10,
  attempts: 2,
  delayMinutes: 10,
  on: ["no-answer", "busy"],
  hoursFrom: "",
  hoursUntil: "",
};

export function toTerms(form: CampaignForm): CampaignTerms {
  const { attempts, delayMinutes, on, hoursFrom, hoursUntil } = form;
  return {
    name: form.name.trim(),
    [form.way]: form.what.trim(),
    calls_per_second: form.perSecond,
    at_once: form.atOnce,
    retry: { attempts, delay_s: Math.round(delayMinutes * 60), on },
    ...((hoursFrom || hoursUntil) && { calling_hours: { from: hoursFrom, until: hoursUntil } }),
  };
}

/// At which field each complaint of the form itself stands.
export function complaintsAbout(form: CampaignForm, numbers: number): Record<string, string> {
  const complaints: Record<string, string> = {};
  if (form.what.trim() === "") complaints[form.way] = "Say what the calls do.";
  if (numbers === 0) complaints.numbers = "At least one number is needed.";
  if (Boolean(form.hoursFrom) !== Boolean(form.hoursUntil) || form.hoursFrom > form.hoursUntil)
    complaints.calling_hours = "From an hour to a later one, or both empty.";
  return complaints;
}

export const stateWords: Readonly<Record<CampaignState, string>> = {
  draft: "Draft",
  running: "Running",
  paused: "Paused",
  completed: "Completed",
  cancelled: "Cancelled",
};

/// What may be done with it now.
export function actsOf(state: CampaignState): readonly ("start" | "pause" | "cancel")[] {
  switch (state) {
    case "draft":
    case "paused":
      return ["start", "cancel"];
    case "running":
      return ["pause", "cancel"];
    case "completed":
    case "cancelled":
      return [];
  }
}

/// In whole percent; never all before the last one is done.
export function percentDone({ numbers, done }: Progress): number {
  return numbers === 0 ? 0 : Math.floor((done / numbers) * 100);
}

const outcomeWords: Readonly<Record<string, string>> = {
  completed: "Answered",
  "no-answer": "No answer",
  busy: "Busy",
  failed: "Failed",
  canceled: "Canceled",
  missed: "Too late",
  late: "Too late",
  invalid: "No number",
  "outside-hours": "Out of hours",
};

export function outcomeWord(outcome: string): string {
  return outcomeWords[outcome] ?? outcome;
}

export function paceWords({ calls_per_second: rate, at_once: most }: Campaign): string {
  return `${rate === 1 ? "1 call" : `${rate} calls`} a second, ${most} at once`;
}

export function retryWords({ retry: { attempts, delay_s, on } }: Campaign): string {
  if (attempts <= 1 || on.length === 0) return "each once";
  const causes = on.map((cause) => outcomeWord(cause).toLowerCase()).join(", ");
  return `up to ${attempts} times, ${minutes(delay_s)} after ${causes}`;
}

function minutes(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
