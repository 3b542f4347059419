import { describe, expect, it } from "vitest";
import type { CallEvent } from "../shared/types";
import { countKinds, detailsOf, groupEvents, kinds, kindOf } from "./timeline";

const start = Date.parse("2026-03-01T10:00:00.000Z");
const event = (seq: number, type: string, data: CallEvent["data"] = {}): CallEvent => ({
  seq,
  at: new Date(start + seq * 100).toISOString(),
  type,
  data,
});
const all = new Set(kinds);

describe("the timeline", () => {
  it("knows the kind of each event by its first word", () => {
    expect(
      [
        "call.ringing",
        "sip.sent",
        "webhook.request",
        "twiml.verb",
        "speech.started",
        "digit.received",
        "never.heard",
      ].map(kindOf),
    ).toEqual(["state", "sip", "webhook", "twiml", "media", "media", "state"]);
  });

  it("groups runs of one kind and keeps the order", () => {
    const groups = groupEvents(
      [event(1, "call.queued"), event(2, "sip.sent"), event(3, "sip.received"), event(4, "call.ringing")],
      all,
    );
    expect(groups.map(({ kind, entries }) => [kind, entries.length])).toEqual([
      ["state", 1],
      ["sip", 2],
      ["state", 1],
    ]);
  });

  it("counts time from the first event, hidden or not", () => {
    const groups = groupEvents([event(1, "call.queued"), event(5, "sip.sent")], new Set(["sip"] as const));
    expect(groups).toHaveLength(1);
    expect(groups[0]?.entries[0]?.offsetMs).toBe(400);
  });

  it("joins the runs on both sides of a hidden kind", () => {
    const events = [event(1, "sip.sent"), event(2, "call.ringing"), event(3, "sip.received")];
    expect(groupEvents(events, new Set(["sip"] as const))).toHaveLength(1);
    expect(countKinds(events)).toMatchObject({ sip: 2, state: 1, media: 0 });
  });

  it("shows short members as facts, long ones as they were sent, and leaves out nulls", () => {
    const { facts, blocks } = detailsOf(
      event(1, "sip.sent", {
        method: "INVITE",
        early: false,
        message: "a\r\nb",
        headers: { a: 1 },
        error: null,
      }),
    );
    expect(facts).toEqual([
      ["method", "INVITE"],
      ["early", "false"],
    ]);
    expect(blocks).toEqual([
      ["message", "a\r\nb"],
      ["headers", '{\n  "a": 1\n}'],
    ]);
  });
});
