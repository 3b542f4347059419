import { describe, expect, it } from "vitest";
import { addDays, dayOf, ownPeriod, periodOf } from "./period";

describe("periodOf", () => {
  it("ends with today", () => {
    expect(periodOf("today", "2026-01-31")).toEqual({ from: "2026-01-31", until: "2026-02-01" });
    expect(periodOf("week", "2026-01-31")).toEqual({ from: "2026-01-25", until: "2026-02-01" });
    expect(periodOf("year", "2026-12-31")).toEqual({ from: "2026-01-01", until: "2027-01-01" });
  });
});

describe("ownPeriod", () => {
  it("has its last day in it", () => {
    expect(ownPeriod("2026-02-01", "2026-02-28")).toEqual({ from: "2026-02-01", until: "2026-03-01" });
    expect(ownPeriod("2026-02-01", "2026-02-01")).toEqual({ from: "2026-02-01", until: "2026-02-02" });
  });

  it("has no more days than the server counts", () => {
    expect(ownPeriod("2024-01-01", "2026-09-26")).not.toBeNull();
    expect(ownPeriod("2024-01-01", "2026-09-27")).toBeNull();
  });

  it("is none when a day is missing or they are the wrong way round", () => {
    expect(ownPeriod("", "2026-02-01")).toBeNull();
    expect(ownPeriod("2026-02-02", "2026-02-01")).toBeNull();
    expect(ownPeriod("2026-02-01", "2026-02-99")).toBeNull();
  });
});

describe("days", () => {
  it("are counted over the ends of months and years", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  it("are those of the clock on the wall", () => {
    expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe("2026-01-05");
  });
});
