import type { AudioVerdict, CallEvent } from "../shared/types";
import { faultTitle } from "./audio-words";

type Data = CallEvent["data"];

/// "call.in-progress" → "In progress", "sip.sent" → "SIP sent", "twiml.verb" → "<Gather>".
export function titleOf({ type, data }: CallEvent): string {
  switch (type) {
    case "twiml.verb":
      return `<${text(data, "verb") || "?"}>`;
    case "call.attempt":
      return "Dialled";
    case "speech.started":
      return "Speech";
    case "speech.finished":
      return "Speech ends";
    case "gather.result":
      return "Gathered";
    case "media.ended":
      return "Audio over";
  }
  const [first = "", ...rest] = type.split(".");
  const words = rest.join(" ").replaceAll(/[-_]/g, " ");
  if (first === "call" || first === "leg") return sentence(words || first);
  const named: Readonly<Record<string, string>> = { sip: "SIP", twiml: "TwiML", rtp: "RTP" };
  return `${named[first] ?? sentence(first)} ${words}`.trim();
}

/// The one line that tells most about an event: by its type, else from the members that such events carry.
export function summarise({ type, data }: CallEvent): string {
  switch (type) {
    case "twiml.verb":
      return verbWords(data);
    case "webhook.request":
      return joined(" ", text(data, "method"), pathOf(text(data, "url")));
    case "webhook.response":
      return joined(
        " · ",
        text(data, "status").replace(/^0$/, ""),
        data.ms === undefined ? "" : `${text(data, "ms")} ms`,
        text(data, "error"),
      );
    case "call.queued":
      return prefixed("to ", text(data, "to"));
    case "call.attempt":
      return prefixed("by ", text(data, "carrier"));
    case "bridge.connected":
      return prefixed("with ", text(data, "with"));
    case "gather.result":
      return joined(
        " · ",
        keyWords(text(data, "digits")) || "No keys",
        gatherReasons[text(data, "reason")] ?? "",
      );
    case "media.ended": {
      const { fault, words } = verdictOf(data);
      return fault === "none" ? words : joined(" · ", faultTitle(fault), words);
    }
    case "error":
      return joined(" · ", text(data, "code"), text(data, "message"));
  }
  return genericWords(data);
}

/// What went wrong on the way, though the call may have gone on.
export function isTrouble({ type, data }: CallEvent): boolean {
  if (type === "media.ended") return verdictOf(data).fault !== "none";
  if (type === "webhook.response") return text(data, "error") !== "" || Number(data.status) >= 400;
  return type === "error" || /\.(failed|warning)$/.test(type);
}

function verdictOf(data: Data): AudioVerdict {
  return (data.audio as AudioVerdict | undefined) ?? { fault: "none", words: "" };
}

const gatherReasons: Readonly<Record<string, string>> = { timeout: "time is up" };

/// `<Say>` by its words, other verbs by their attributes as they stand in the document.
function verbWords(data: Data): string {
  const said = text(data, "text");
  const inside = prefixed("in ", text(data, "in") && `<${text(data, "in")}>`);
  if (said) return joined(" ", quoted(said), inside);
  const attributes = Object.entries(data)
    .filter(([name]) => !["verb", "in", "text"].includes(name))
    .map(([name, value]) => `${name}="${name === "action" ? pathOf(String(value)) : String(value)}"`);
  return joined(" ", ...attributes, inside);
}

function genericWords(data: Data): string {
  const first = (...names: string[]) =>
    names.map((name) => text(data, name)).find((found) => found !== "") ?? "";
  const line = first("start_line", "summary", "message");
  if (line) return line;
  const keys = keyWords(first("digit", "digits"));
  if (keys) return keys;
  const said = first("text", "words");
  if (said) return quoted(said);
  // A response is named by its status and by the request that it answers: "200 INVITE".
  const response = joined(" ", first("status"), text(data, "method"), pathOf(first("url", "uri")));
  const reason = first("reason", "end_reason");
  return joined(" · ", first("carrier", "codec"), response, reason === "normal" ? "" : reason);
}

function keyWords(digits: string): string {
  return digits && `${digits.length > 1 ? "Keys" : "Key"} ${digits}`;
}

/// A web application on this machine is known by its path; the host matters when it is another.
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(?=\/)/, "");
}

function text(data: Data, name: string): string {
  const value = data[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function quoted(words: string): string {
  return /^https?:/.test(words) ? pathOf(words) : `“${words}”`;
}

function prefixed(prefix: string, words: string): string {
  return words && prefix + words;
}

function joined(separator: string, ...words: string[]): string {
  return words.filter(Boolean).join(separator);
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
