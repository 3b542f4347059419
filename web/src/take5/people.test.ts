import { describe, expect, it } from "vitest";
import { cadenceWords, e164, initials, tenDigits } from "./people";

const ann = { id: 1, givenName: "Ann", familyName: "Öz", phoneNumber: "5551234567", timezone: "UTC" };

describe("people", () => {
  it("have ten digits, however they are typed", () => {
    for (const typed of ["5551234567", "(555) 123-4567", "+1 555 123 4567", "1-555-123.4567", " 5551234567 "])
      expect(tenDigits(typed)).toBe("5551234567");
    expect(tenDigits("+44 20 7946 0018")).toBe("+442079460018");
    expect(tenDigits("nonsense")).toBe("nonsense");
  });

  it("are called with the country's code, and shown by two letters", () => {
    expect(e164(ann)).toBe("+15551234567");
    expect(initials(ann)).toBe("AÖ");
  });
});

describe("a cadence", () => {
  it("is said in words", () => {
    expect(cadenceWords({ cadence: "daily", frequency: 1 })).toBe("Every day");
    expect(cadenceWords({ cadence: "weekly", frequency: 1 })).toBe("Once a week");
    expect(cadenceWords({ cadence: "weekly", frequency: 2 })).toBe("Twice a week");
    expect(cadenceWords({ cadence: "monthly", frequency: 5 })).toBe("5 times a month");
  });
});
