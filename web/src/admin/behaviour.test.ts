import { describe, expect, it } from "vitest";
import type { Phone } from "../shared/types";
import { describe as describePhone, fromPhone, newPhone, toBehaviour } from "./behaviour";
import { curlCall, freeNumber, isHealthy, shellQuote } from "./first-call";

const phone = (change: Partial<Phone>): Phone => ({
  number: "+11",
  state: "idle",
  rings: 0,
  calls: [],
  ...change,
});

describe("a phone's behaviour", () => {
  it("holds what applies and nothing else", () => {
    expect(
      toBehaviour({ ...newPhone, onCall: "person", answerAfterSeconds: 3, pressAfterSpeech: "1" }),
    ).toEqual({ on_call: "person" });
    expect(
      toBehaviour({
        ...newPhone,
        onCall: "answer",
        answerAfterSeconds: 0.8,
        pressAfterSpeech: " 1 ",
        lossPercent: 5,
        jitterMs: 60,
      }),
    ).toEqual({
      on_call: "answer",
      answer_after_ms: 800,
      script: [{ after_speech: true, press: "1" }],
      network: { loss: 0.05, jitter_ms: 60 },
    });
  });

  it("survives the way to the form and back", () => {
    const behaviour = toBehaviour({
      ...newPhone,
      onCall: "answer",
      answerAfterSeconds: 2.5,
      pressAfterSpeech: "42#",
      lossPercent: 2.5,
      jitterMs: 15,
    });
    expect(toBehaviour(fromPhone(phone(behaviour)))).toEqual(behaviour);
  });

  it("is told in one line", () => {
    expect(
      describePhone(
        phone({ on_call: "answer", answer_after_ms: 800, network: { loss: 0.05, jitter_ms: 60 } }),
      ),
    ).toBe("Answers after 0.8 s · 5 % loss · 60 ms jitter");
    expect(describePhone(phone({ on_call: "person" }))).toBe("You answer");
    expect(describePhone(phone({}))).toBe("");
  });
});

describe("the first call", () => {
  it("can be pasted into a shell, whatever is in it", () => {
    expect(shellQuote("it's $HOME")).toBe("'it'\\''s $HOME'");
    expect(curlCall("http://127.0.0.1:8080", "+12025550142")).toContain(`-d '{"to":"+12025550142"`);
  });

  it("offers a number that has no phone", () => {
    expect(freeNumber([])).toBe("+12025550143");
    expect(freeNumber([phone({ number: "+12025550143" })])).toBe("+12025550144");
  });

  it("reads a health check in each of its shapes", () => {
    expect([true, "ok", { ok: true }, { status: "ok" }].every(isHealthy)).toBe(true);
    expect([false, "failed", { ok: false }, {}, null, undefined].some(isHealthy)).toBe(false);
  });
});
