import type { CallEvent } from "../shared/types";
import { isTrouble, summarise, titleOf } from "./event-words";

export const kinds = ["state", "sip", "webhook", "twiml", "media"] as const;
export type Kind = (typeof kinds)[number];

export const kindNames: Readonly<Record<Kind, string>> = {
  state: "State",
  sip: "SIP",
  webhook: "Webhook",
  twiml: "TwiML",
  media: "Media and digits",
};

/// The kind is the first word of an event's type; what is spoken, heard, pressed, gathered or recorded is media.
export function kindOf(type: string): Kind {
  const first = type.split(".")[0] ?? "";
  switch (first) {
    case "sip":
      return "sip";
    case "webhook":
    case "callback":
      return "webhook";
    case "twiml":
    case "program":
      return "twiml";
    case "speech":
    case "digit":
    case "gather":
    case "media":
    case "rtp":
    case "recording":
    case "play":
    case "tone":
    case "beep":
    case "silence":
      return "media";
    default:
      return "state";
  }
}

export interface Group {
  kind: Kind;
  entries: Entry[];
}

export interface Entry {
  event: CallEvent;
  /// Since the first event of the call, in milliseconds.
  offsetMs: number;
  title: string;
  summary: string;
  trouble: boolean;
}

/// Runs of events of one kind, in the order in which they happened.
export function groupEvents(events: readonly CallEvent[], shown: ReadonlySet<Kind>): Group[] {
  const start = startOf(events);
  const groups: Group[] = [];
  for (const event of events) {
    const kind = kindOf(event.type);
    if (!shown.has(kind)) continue;
    const entry = {
      event,
      offsetMs: Date.parse(event.at) - start,
      title: titleOf(event),
      summary: summarise(event),
      trouble: isTrouble(event),
    };
    const last = groups.at(-1);
    if (last?.kind === kind) last.entries.push(entry);
    else groups.push({ kind, entries: [entry] });
  }
  return groups;
}

export function startOf(events: readonly CallEvent[]): number {
  return events[0] ? Date.parse(events[0].at) : 0;
}

export function countKinds(events: readonly CallEvent[]): Record<Kind, number> {
  const counts: Record<Kind, number> = { state: 0, sip: 0, webhook: 0, twiml: 0, media: 0 };
  for (const event of events) counts[kindOf(event.type)] += 1;
  return counts;
}

export interface Details {
  facts: [name: string, value: string][];
  blocks: [name: string, text: string][];
}

/// An event's members: short ones as facts, messages, documents and structures as blocks, shown as they were sent.
export function detailsOf({ data }: CallEvent): Details {
  const details: Details = { facts: [], blocks: [] };
  for (const [name, value] of Object.entries(data)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "object") details.blocks.push([name, JSON.stringify(value, null, 2)]);
    else if (typeof value === "string" && (value.includes("\n") || value.length > 120))
      details.blocks.push([name, value]);
    else details.facts.push([name, String(value as string | number | boolean)]);
  }
  return details;
}
