import { describe, expect, it } from "vitest";
import { formatAgo, formatDuration, formatNumber, formatOffset, formatUptime } from "./format";
import { cleanNumber, isDialable } from "./phone-number";
import { links, parseRoute } from "./router";

describe("format", () => {
  it("offsets get coarser as they grow", () => {
    expect([0, 412, 9999, 12_340, 187_000].map(formatOffset)).toEqual([
      "0.000 s",
      "0.412 s",
      "9.999 s",
      "12.3 s",
      "3:07",
    ]);
  });

  it("durations never go below zero, whatever the clocks say", () => {
    expect([-3, 7, 725, 3723].map(formatDuration)).toEqual(["0:00", "0:07", "12:05", "1:02:03"]);
  });

  it("uptime shows two units at most", () => {
    expect([42, 180, 18_720, 187_200].map(formatUptime)).toEqual(["42 s", "3 min", "5 h 12 min", "2 d 4 h"]);
  });

  it("ages are relative for a day", () => {
    const now = Date.parse("2026-03-02T12:00:00Z");
    const ago = (seconds: number) => formatAgo(new Date(now - seconds * 1000).toISOString(), now);
    expect([2, 40, 300, 7300].map(ago)).toEqual(["just now", "40 s ago", "5 min ago", "2 h ago"]);
    expect(ago(200_000)).toMatch(/2026/);
    expect(formatAgo("", now)).toBe("");
  });

  it("numbers are grouped only where the grouping is known", () => {
    expect(formatNumber("+12025550142")).toBe("+1 202 555 0142");
    expect(formatNumber("+6561234567")).toBe("+6561234567");
    expect(formatNumber("sip:alice@example.com")).toBe("sip:alice@example.com");
  });
});

describe("phone numbers", () => {
  it("are cleaned of what people type between digits", () => {
    expect(cleanNumber(" +1 (415) 555-12.34 ")).toBe("+14155551234");
  });

  it("are digits with an optional plus", () => {
    expect(["+12025550142", "911", "+", "12a", "", "++1"].map(isDialable)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("routes", () => {
  it("lead where their links point", () => {
    expect(parseRoute(links.call("CA1/2"))).toEqual({ page: "call", sid: "CA1/2" });
    expect(parseRoute(links.phones)).toEqual({ page: "phones" });
    expect(parseRoute(links.calls)).toEqual({ page: "calls" });
    expect(parseRoute(links.notifications)).toEqual({ page: "notifications" });
  });

  it("that are unknown or broken lead somewhere", () => {
    expect(parseRoute("#/nowhere")).toEqual({ page: "start" });
    expect(parseRoute("")).toEqual({ page: "start" });
    expect(parseRoute("#/calls/%E0")).toEqual({ page: "call", sid: "%E0" });
  });
});
