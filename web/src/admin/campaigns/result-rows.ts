import { parseCsv, plainCell } from "../../shared/csv";
import { outcomeWord } from "./campaign-terms";

/// One number of a campaign.
export interface ResultRow {
  number: string;
  /// As the server has it: "queued", "leased" (in a call), "done", "failed", "missed", "canceled".
  state: string;
  /// Of the last try; while it waits, why it waits.
  outcome: string;
  attempts: number;
  /// The SID of its last call.
  call: string;
  seconds: number | null;
  ended: string;
  reason: string;
  /// Its own: "name Ann".
  values: readonly string[];
}

const own = new Set(["number", "state", "outcome", "attempts", "call_sid", "duration_s", "ended", "reason"]);

/// The results as the server's file has them.
export function readResults(csv: string): ResultRow[] {
  const [header = [], ...rows] = parseCsv(csv);
  const names = header.map(plainCell);
  return rows.map((row) => {
    const cell = (name: string) => plainCell(row[names.indexOf(name)] ?? "");
    const seconds = cell("duration_s");
    return {
      number: cell("number"),
      state: cell("state"),
      outcome: cell("outcome"),
      attempts: Number(cell("attempts")) || 0,
      call: cell("call_sid"),
      seconds: seconds === "" ? null : Number(seconds),
      ended: cell("ended"),
      // How a call that was answered ended is no news.
      reason: cell("outcome") === "completed" ? "" : cell("reason"),
      values: names
        .filter((name) => !own.has(name) && cell(name) !== "")
        .map((name) => `${name} ${cell(name)}`),
    };
  });
}

export function resultWord({ state, outcome }: ResultRow): string {
  if (state === "leased") return "In a call";
  if (state === "queued") return outcome ? `Waits: ${outcomeWord(outcome).toLowerCase()}` : "Waiting";
  return outcomeWord(outcome || state);
}
