import { describe, expect, it } from "vitest";
import type { Analytics, Figures } from "./analytics-api";
import { averageSeconds, layersOf, percent, timeWord, wordedBars } from "./figures";

const none: Figures = {
  calls: 0,
  answered: 0,
  answer_rate: 0,
  seconds: 0,
  minutes: 0,
  paid_calls: 0,
  paid_minutes: 0,
};

function analytics(applications: string[], times: Record<string, number>[]): Analytics {
  return {
    from: "2026-01-01T00:00:00Z",
    until: "2026-01-03T00:00:00Z",
    zone: "UTC",
    bucket: "day",
    total: none,
    by_application: applications.map((application) => ({ ...none, application })),
    by_group: [],
    by_time: times.map((calls) => ({ ...none, from: "", local: "", calls_by_application: calls })),
  };
}

describe("layersOf", () => {
  it("stacks the applications of each day", () => {
    expect(layersOf(analytics(["take5", "api"], [{ take5: 3, api: 1 }, { api: 2 }]))).toEqual([
      { name: "Take5", values: [3, 0], tops: [3, 0] },
      { name: "API", values: [1, 2], tops: [4, 2] },
    ]);
  });

  it("puts together who has no colour of their own", () => {
    const layers = layersOf(
      analytics(["a", "b", "c", "d", "e", "f", "g"], [{ a: 7, b: 6, c: 5, d: 4, e: 3, f: 2, g: 1 }]),
    );
    expect(layers.map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e", "Others"]);
    expect(layers.at(-1)).toEqual({ name: "Others", values: [3], tops: [28] });
  });

  it("has none where nobody was called", () => {
    expect(layersOf(analytics([], [{}, {}]))).toEqual([]);
  });
});

describe("figures", () => {
  it("divide by nothing", () => {
    expect(averageSeconds(none)).toBeNull();
    expect(averageSeconds({ ...none, answered: 2, seconds: 61 })).toBe(31);
    expect(percent(0)).toBe("0 %");
    expect(percent(0.675)).toBe("68 %");
  });

  it("are named by the time of the zone they were asked for in", () => {
    expect(timeWord("2026-01-05T00:00:00", "day")).toBe("Mon 5 Jan");
    expect(timeWord("2026-01-05T09:00:00", "hour")).toBe("09:00");
    expect(timeWord("2026-01-05T09:15:00", "hour", true)).toBe("Mon 5 Jan 09:15");
  });
});

describe("wordedBars", () => {
  it("spreads as many words as fit", () => {
    expect(wordedBars(7, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(wordedBars(24, 8)).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
    expect(wordedBars(10, 4)).toEqual([0, 3, 6, 9]);
    expect(wordedBars(0, 4)).toEqual([]);
    expect(wordedBars(3, 0)).toEqual([0]);
  });
});
