import { describe, expect, it } from "vitest";
import { actsOf, complaintsAbout, emptyForm, percentDone, retryWords, toTerms } from "./campaign-terms";
import type { Campaign } from "./campaigns-api";

const filled = { ...emptyForm, name: " Spring ", what: " Hello {{name}}. " };

describe("toTerms", () => {
  it("says it in the server's words", () => {
    expect(toTerms(filled)).toEqual({
      name: "Spring",
      say: "Hello {{name}}.",
      calls_per_second: 1,
      at_once: 10,
      retry: { attempts: 2, delay_s: 600, on: ["no-answer", "busy"] },
    });
    expect(
      toTerms({ ...filled, way: "url", what: "http://x/", hoursFrom: "09:00", hoursUntil: "17:00" }),
    ).toMatchObject({ url: "http://x/", calling_hours: { from: "09:00", until: "17:00" } });
  });
});

describe("complaintsAbout", () => {
  it("has none about what is whole", () => {
    expect(complaintsAbout(filled, 1)).toEqual({});
    expect(complaintsAbout({ ...filled, hoursFrom: "09:00", hoursUntil: "17:00" }, 1)).toEqual({});
  });

  it("names each field", () => {
    expect(Object.keys(complaintsAbout({ ...emptyForm, way: "twiml" }, 0))).toEqual(["twiml", "numbers"]);
    expect(complaintsAbout({ ...filled, hoursFrom: "09:00" }, 1)).toHaveProperty("calling_hours");
    expect(complaintsAbout({ ...filled, hoursFrom: "19:00", hoursUntil: "09:00" }, 1)).toHaveProperty(
      "calling_hours",
    );
  });
});

describe("a campaign", () => {
  it("can be started, paused and cancelled until it is over", () => {
    expect(actsOf("draft")).toEqual(["start", "cancel"]);
    expect(actsOf("running")).toEqual(["pause", "cancel"]);
    expect(actsOf("paused")).toEqual(["start", "cancel"]);
    expect(actsOf("completed")).toEqual([]);
    expect(actsOf("cancelled")).toEqual([]);
  });

  it("is not done before its last number", () => {
    const progress = { numbers: 300, waiting: 0, calling: 1, done: 299, results: {} };
    expect(percentDone(progress)).toBe(99);
    expect(percentDone({ ...progress, done: 300 })).toBe(100);
    expect(percentDone({ ...progress, numbers: 0, done: 0 })).toBe(0);
  });

  it("says how often it tries", () => {
    const words = (attempts: number, on: string[], delay_s = 600) =>
      retryWords({ retry: { attempts, on, delay_s } } as unknown as Campaign);
    expect(words(1, ["busy"])).toBe("each once");
    expect(words(3, ["no-answer", "busy"])).toBe("up to 3 times, 10 min after no answer, busy");
    expect(words(2, ["failed"], 45)).toBe("up to 2 times, 45 s after failed");
  });
});
