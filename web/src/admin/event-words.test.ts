import { describe, expect, it } from "vitest";
import type { CallEvent } from "../shared/types";
import { isTrouble, summarise, titleOf } from "./event-words";

const event = (type: string, data: CallEvent["data"] = {}): CallEvent => ({
  seq: 1,
  at: "2026-03-01T10:00:00.000Z",
  type,
  data,
});
const own = "http://127.0.0.1:8080/notifications/call/gather";

describe("the words of an event", () => {
  it("name it", () => {
    const titles = [
      "call.in-progress",
      "call.attempt",
      "sip.sent",
      "webhook.request",
      "speech.started",
      "call",
    ];
    expect(titles.map((type) => titleOf(event(type)))).toEqual([
      "In progress",
      "Dialled",
      "SIP sent",
      "Webhook request",
      "Speech",
      "Call",
    ]);
    expect(titleOf(event("twiml.verb", { verb: "Gather" }))).toBe("<Gather>");
  });

  it.each<[string, CallEvent["data"], string]>([
    ["sip.sent", { method: "INVITE", peer: "127.0.0.1:5060" }, "INVITE"],
    ["sip.received", { status: 180, method: "INVITE", peer: "127.0.0.1:5060" }, "180 INVITE"],
    ["webhook.request", { method: "POST", url: own }, "POST /notifications/call/gather"],
    ["webhook.request", { method: "GET", url: "https://example.com/x" }, "GET https://example.com/x"],
    ["webhook.response", { status: 200, ms: 29, bytes: 148 }, "200 · 29 ms"],
    ["media.ended", { audio: { fault: "none", words: "All is well." } }, "All is well."],
    ["media.ended", { audio: { fault: "muted", words: "Zeros." } }, "Muted · Zeros."],
    ["webhook.response", { status: 0, ms: 6, error: "refused" }, "6 ms · refused"],
    ["twiml.verb", { verb: "Say", text: "Hi!", voice: "alice" }, "“Hi!”"],
    ["twiml.verb", { verb: "Say", in: "Gather" }, "in <Gather>"],
    [
      "twiml.verb",
      { verb: "Gather", numDigits: "1", action: own },
      'numDigits="1" action="/notifications/call/gather"',
    ],
    ["digit.received", { digit: "1", how: "media" }, "Key 1"],
    ["gather.result", { digits: "12", reason: "num-digits" }, "Keys 12"],
    ["gather.result", { digits: "", reason: "timeout" }, "No keys · time is up"],
    ["call.attempt", { carrier: "simulator" }, "by simulator"],
    ["call.ringing", {}, ""],
    ["call.completed", { cause: "normal", reason: "normal", sip_status: 0 }, ""],
    ["call.completed", { cause: "normal", reason: "application error", sip_status: 0 }, "application error"],
    ["media.negotiated", { codec: "PCMU" }, "PCMU"],
    ["error", { code: 11202, message: "no answer" }, "11202 · no answer"],
  ])("sum up %s %j", (type, data, words) => {
    expect(summarise(event(type, data))).toBe(words);
  });

  it("tell what went wrong from what did not", () => {
    expect(isTrouble(event("error"))).toBe(true);
    expect(isTrouble(event("twiml.warning"))).toBe(true);
    expect(isTrouble(event("webhook.response", { status: 500 }))).toBe(true);
    expect(isTrouble(event("webhook.response", { status: 200 }))).toBe(false);
    expect(isTrouble(event("media.ended", { audio: { fault: "muted", words: "" } }))).toBe(true);
    expect(isTrouble(event("media.ended", { audio: { fault: "none", words: "" } }))).toBe(false);
    expect(isTrouble(event("call.busy"))).toBe(false);
  });
});
