import { describe, expect, it } from "vitest";
import type { TextMessage } from "../shared/types";
import { otherParty, sortMessages } from "./message-thread";

const message = (from: string, to: string, at: string): TextMessage => ({ from, to, at, body: "x" });
const got = message("+1", "+2", "2026-01-01T00:00:01.000Z");
const written = message("+2", "+3", "2026-01-01T00:00:02.000Z");

describe("the messages of a phone", () => {
  it("stand in the order of their time", () => {
    expect(sortMessages([written, got])).toEqual([got, written]);
  });

  it("do not change order when they are of one moment", () => {
    const first = { ...got, body: "1" };
    const second = { ...got, body: "2" };
    expect(sortMessages([first, second])).toEqual([first, second]);
  });

  it("name the last other party as the one to write to", () => {
    expect(otherParty("+2", [got])).toBe("+1");
    expect(otherParty("+2", [got, written])).toBe("+3");
    expect(otherParty("+2", [])).toBe("");
  });
});
