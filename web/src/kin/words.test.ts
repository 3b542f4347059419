import { describe, expect, it } from "vitest";
import { problemOf, warningWords } from "./words";

describe("what goes wrong", () => {
  it("has the document's text for what the SDK's code means, and the SDK's own words", () => {
    const error = Object.assign(new Error("AccessTokenExpired (20104): …"), { code: 20104 });
    expect(problemOf(error)).toEqual({
      text: "Access token expired",
      code: 20104,
      detail: "AccessTokenExpired (20104): …",
    });
  });

  it("is told in its own words when nobody knows the code", () => {
    expect(problemOf(Object.assign(new Error("moon phase"), { code: 99 }))).toEqual({
      text: "moon phase",
      code: 99,
      detail: "",
    });
    expect(problemOf(new Error("Identity is required")).text).toBe("Identity is required");
    expect(problemOf(undefined)).toEqual({ text: "Something went wrong", code: null, detail: "" });
  });
});

it("says what is wrong with the sound, known or not", () => {
  expect(warningWords("low-bytes-received")).toBe("Nothing arrives from the other side.");
  expect(warningWords("high-new-thing")).toBe("Call quality: high new thing.");
});
