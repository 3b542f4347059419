import { describe, expect, it } from "vitest";
import { readResults, resultWord, type ResultRow } from "./result-rows";

describe("readResults", () => {
  it("reads the server's file, with the numbers as they are", () => {
    const csv =
      '"number","state","outcome","attempts","call_sid","duration_s","ended","reason","name"\r\n' +
      `"'+14155551001","done","completed","1","CA1","7","2026-01-01T00:00:09Z","normal","Ann"\r\n` +
      '"1002","queued","","0","","","","",""\r\n';
    expect(readResults(csv)).toEqual([
      {
        number: "+14155551001",
        state: "done",
        outcome: "completed",
        attempts: 1,
        call: "CA1",
        seconds: 7,
        ended: "2026-01-01T00:00:09Z",
        reason: "",
        values: ["name Ann"],
      },
      {
        number: "1002",
        state: "queued",
        outcome: "",
        attempts: 0,
        call: "",
        seconds: null,
        ended: "",
        reason: "",
        values: [],
      },
    ]);
    expect(readResults("")).toEqual([]);
  });
});

describe("resultWord", () => {
  it("tells who waits from who is done", () => {
    const word = (state: string, outcome: string) => resultWord({ state, outcome } as ResultRow);
    expect(word("queued", "")).toBe("Waiting");
    expect(word("queued", "busy")).toBe("Waits: busy");
    expect(word("queued", "outside-hours")).toBe("Waits: out of hours");
    expect(word("leased", "busy")).toBe("In a call");
    expect(word("done", "completed")).toBe("Answered");
    expect(word("failed", "no-answer")).toBe("No answer");
    expect(word("canceled", "")).toBe("Canceled");
  });
});
