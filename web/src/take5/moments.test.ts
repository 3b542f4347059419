import { describe, expect, it } from "vitest";
import { clocksElsewhere, dayOf, daysAhead, formatTime, ianaZone, zoneWords } from "./moments";

const summer = "2026-07-01T02:30:00.000Z";

describe("a moment", () => {
  it("has another day elsewhere", () => {
    expect(dayOf(summer, "Europe/Berlin").toString()).toBe("2026-07-01");
    expect(dayOf(summer, "America/New_York").toString()).toBe("2026-06-30");
  });

  it("is told by the clocks of the others, each time once, with the weekday where it is another", () => {
    const zones = ["America/New_York", "America/Toronto", "Europe/Berlin", "Europe/London", "EST"];
    const weekday = new Date(summer).toLocaleDateString(undefined, {
      weekday: "short",
      timeZone: "Etc/GMT+5",
    });
    expect(clocksElsewhere(summer, zones, "Europe/Paris")).toEqual([
      [`${weekday} ${formatTime(summer, "America/New_York")}`, ["New York", "Toronto"]],
      [formatTime(summer, "Europe/London"), ["London"]],
      [`${weekday} ${formatTime(summer, "Etc/GMT+5")}`, ["EST"]],
    ]);
  });

  it("is told of a place on the other side of the day, whose clock shows the same", () => {
    const [only] = clocksElsewhere(summer, ["Pacific/Kiritimati"], "Pacific/Honolulu");
    expect(only?.[1]).toEqual(["Kiritimati"]);
  });

  it("is as many days ahead as midnights lie between", () => {
    const now = Date.parse("2026-06-30T21:00:00.000Z");
    expect(daysAhead(summer, now, "Europe/Berlin")).toBe("tomorrow");
    expect(daysAhead(summer, now, "America/New_York")).toBe("today");
    expect(daysAhead("2026-07-05T10:00:00.000Z", now, "Europe/Berlin")).toBe("in 5 days");
  });
});

describe("a time zone", () => {
  it("has its city's name, and abbreviations know no daylight saving", () => {
    expect(zoneWords("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
    expect(zoneWords("EST")).toBe("EST");
    expect(ianaZone("PST")).toBe("Etc/GMT+8");
    expect(ianaZone("Europe/London")).toBe("Europe/London");
  });
});
