import { describe, expect, it } from "vitest";
import type { Notification } from "../shared/types";
import { outcomeOf, stepsDone } from "./outcome";

const notification = (change: Partial<Notification>): Notification => ({
  call_sid: "CA1",
  task_id: null,
  task_title: "Submit quarterly report",
  to: "+12025550142",
  status: "queued",
  acknowledged: false,
  digits: null,
  processed_at: null,
  initiated_at: "2026-03-01T10:00:00Z",
  end_reason: null,
  ...change,
});

describe("the outcome of a notification", () => {
  it("is acknowledged as soon as key 1 counts, even while the call goes on", () => {
    expect(outcomeOf(notification({ status: "in-progress", acknowledged: true, digits: "1" })).word).toBe(
      "Acknowledged",
    );
  });

  it("is the state of the call until that is over", () => {
    expect(outcomeOf(notification({ status: "ringing" }))).toEqual({
      word: "Ringing",
      reason: "",
      tone: "ringing",
    });
    expect(outcomeOf(notification({ status: "in-progress" })).word).toBe("In progress");
  });

  it("tells why a task was not acknowledged", () => {
    const reason = (change: Partial<Notification>) => outcomeOf(notification(change)).reason;
    expect(reason({ status: "busy" })).toBe("The line was busy.");
    expect(reason({ status: "no-answer" })).toBe("Nobody answered.");
    expect(reason({ status: "completed" })).toBe("No key was pressed.");
    expect(reason({ status: "completed", digits: "2" })).toBe("Key 2 was pressed, not 1.");
    expect(reason({ status: "failed", end_reason: "no route" })).toBe("The call failed: no route.");
    expect(outcomeOf(notification({ status: "busy" })).word).toBe("Not acknowledged");
  });

  it("comes in four steps", () => {
    expect(stepsDone(notification({ status: "queued" }))).toBe(1);
    expect(stepsDone(notification({ status: "busy" }))).toBe(2);
    expect(stepsDone(notification({ status: "completed" }))).toBe(3);
    expect(stepsDone(notification({ status: "completed", acknowledged: true }))).toBe(4);
  });
});
