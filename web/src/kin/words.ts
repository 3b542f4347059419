/// What went wrong, for a person and for whoever looks for the cause.
export interface PhoneProblem {
  /// The text of KIN's document for this kind of failure.
  text: string;
  /// The SDK's; null for what is none of the SDK's errors.
  code: number | null;
  /// In the words of whoever reported it; empty when `text` says it all.
  detail: string;
}

const badToken = "Invalid access token";
const expired = "Access token expired";
const badApplication = "Invalid application SID";
const connection = "Connection error";
const rejected = "Call rejected";
const timeout = "Call timeout";
const microphone = "The microphone cannot be used. Allow it for this page in the browser's settings.";
const media = "No sound connection to the server";

/// The document's texts by what the SDK's codes mean, where the document's own list of codes differs from the SDK.
const texts: Readonly<Record<number, string>> = {
  20101: badToken,
  20151: badToken,
  31201: badToken,
  31202: badToken,
  31204: badToken,
  20104: expired,
  31205: expired,
  31001: badApplication,
  31203: badApplication,
  31000: connection,
  31005: connection,
  31009: connection,
  53000: connection,
  53001: connection,
  31002: rejected,
  31603: rejected,
  31486: "The other side is busy",
  31003: timeout,
  31404: "Nobody is known by this number or name",
  31480: "The other side cannot be reached at the moment",
  31206: "Too many calls at once",
  31208: microphone,
  31401: microphone,
  31402: microphone,
  53400: media,
  53402: media,
  53405: media,
};

export const expiredCodes: readonly number[] = [20104, 31205];

/// @param error what the SDK, the server or the browser gave
export function problemOf(error: unknown): PhoneProblem {
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : "";
  const text = code === null ? undefined : texts[code];
  if (text) return { text, code, detail };
  return { text: detail || "Something went wrong", code, detail: "" };
}

function codeOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "number" ? error.code : null;
}

const warnings: Readonly<Record<string, string>> = {
  "high-jitter": "The network delivers the sound unevenly: words may break up.",
  "high-rtt": "The network is slow: expect pauses before the other side answers.",
  "low-mos": "The sound is poor.",
  "high-packet-loss": "Sound is being lost on the way.",
  "high-packets-lost-fraction": "Sound has been getting lost for a while.",
  "low-bytes-sent": "Nothing of your sound leaves the browser.",
  "low-bytes-received": "Nothing arrives from the other side.",
  "constant-audio-input-level":
    "The microphone gives no changing sound. Is it switched off, or is another one chosen?",
  "ice-connectivity-lost": "The connection for sound is interrupted.",
};

/// The SDK's name of a call quality warning, in words.
export function warningWords(name: string): string {
  return warnings[name] ?? `Call quality: ${name.replaceAll("-", " ")}.`;
}
