import { describe, expect, it } from "vitest";
import { measureText } from "./segments";

const sizeOf = (text: string) => {
  const { alphabet, segments } = measureText(text);
  return `${alphabet} ${segments}`;
};

describe("a text message", () => {
  it("is 160 letters of GSM-7, then 153 in each of its parts", () => {
    expect(sizeOf("a".repeat(160))).toBe("GSM-7 1");
    expect(sizeOf("a".repeat(161))).toBe("GSM-7 2");
    expect(sizeOf("a".repeat(306))).toBe("GSM-7 2");
    expect(sizeOf("a".repeat(307))).toBe("GSM-7 3");
  });

  it("is 70 units of UCS-2, then 67, as soon as one letter is not in GSM-7", () => {
    expect(sizeOf("ж".repeat(70))).toBe("UCS-2 1");
    expect(sizeOf("ж".repeat(71))).toBe("UCS-2 2");
    expect(sizeOf("ж".repeat(135))).toBe("UCS-2 3");
    expect(sizeOf("a".repeat(159) + "ж")).toBe("UCS-2 3");
    expect(sizeOf("garçon")).toBe("UCS-2 1");
    expect(sizeOf("Ça và, señor? äöü @ £5")).toBe("GSM-7 1");
  });

  it("counts what is escaped, and what is beyond the first plane, as two that stay together", () => {
    expect(measureText("€uro [1]")).toMatchObject({ characters: 8, room: 160 - 11 });
    expect(sizeOf("€".repeat(80))).toBe("GSM-7 1");
    expect(sizeOf("€".repeat(153))).toBe("GSM-7 3");
    expect(measureText("👍")).toEqual({ alphabet: "UCS-2", characters: 1, segments: 1, room: 68 });
    expect(sizeOf("👍".repeat(67))).toBe("UCS-2 3");
  });

  it("that is empty is none", () => {
    expect(measureText("")).toEqual({ alphabet: "GSM-7", characters: 0, segments: 0, room: 160 });
  });
});
