import type { Call } from "@twilio/voice-sdk";
import { problemOf, type PhoneProblem } from "./words";

/// One call as a page shows it.
export interface CallDetails {
  direction: "incoming" | "outgoing";
  from: string;
  to: string;
  /// The other side is being rung.
  ringing: boolean;
  /// Since when both can talk (ms since 1970); null before.
  since: number | null;
  muted: boolean;
  /// The connection was lost and is being looked for.
  reconnecting: boolean;
  /// The SDK's names of what is wrong with the sound now.
  warnings: readonly string[];
}

export interface CallListener {
  changed(change: Partial<CallDetails>): void;
  accepted(): void;
  /// However it ended: hung up by whom ever, rejected, given up by the caller, failed.
  ended(): void;
  failed(problem: PhoneProblem): void;
  volume(input: number, output: number): void;
}

const newCall = { ringing: false, since: null, muted: false, reconnecting: false, warnings: [] } as const;

export function incomingDetails(call: Call): CallDetails {
  const { From = "", To = "" } = call.parameters;
  return { ...newCall, direction: "incoming", from: From, to: To };
}

export function outgoingDetails(from: string, to: string): CallDetails {
  return { ...newCall, direction: "outgoing", from, to };
}

export function follow(call: Call, listener: CallListener): void {
  let warnings: readonly string[] = [];
  call.on("ringing", () => listener.changed({ ringing: true }));
  call.on("accept", () => listener.accepted());
  for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => listener.ended());
  call.on("error", (error: unknown) => {
    listener.failed(problemOf(error));
    // Without a microphone the SDK closes the call and tells no more of it.
    const state: string = call.status();
    if (state === "closed") listener.ended();
  });
  call.on("mute", (muted: boolean) => listener.changed({ muted }));
  call.on("reconnecting", () => listener.changed({ reconnecting: true }));
  call.on("reconnected", () => listener.changed({ reconnecting: false }));
  call.on("warning", (name: string) => {
    warnings = [...warnings.filter((known) => known !== name), name];
    listener.changed({ warnings });
  });
  call.on("warning-cleared", (name: string) => {
    warnings = warnings.filter((known) => known !== name);
    listener.changed({ warnings });
  });
  call.on("volume", (input: number, output: number) => listener.volume(input, output));
}
