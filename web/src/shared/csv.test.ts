import { describe, expect, it } from "vitest";
import { parseCsv, plainCell } from "./csv";

describe("parseCsv", () => {
  it("reads cells, quotes and empty lines", () => {
    expect(parseCsv("number,name\r\n+1415,Ann\r\n\r\n+1416,Bob")).toEqual([
      ["number", "name"],
      ["+1415", "Ann"],
      ["+1416", "Bob"],
    ]);
    expect(parseCsv('a,"say ""hello"", please"\n"two\nlines",\n')).toEqual([
      ["a", 'say "hello", please'],
      ["two\nlines", ""],
    ]);
  });

  it("takes semicolons and tabs, and a mark of the byte order", () => {
    expect(parseCsv("\uFEFFnumber;name\n1;a,b")).toEqual([
      ["number", "name"],
      ["1", "a,b"],
    ]);
    expect(parseCsv("number\tname\n1\tAnn")).toEqual([
      ["number", "name"],
      ["1", "Ann"],
    ]);
  });

  it("finds nothing in nothing and keeps what a broken quote holds", () => {
    expect(parseCsv("")).toEqual([]);
    expect(parseCsv("\n\n,\n")).toEqual([]);
    expect(parseCsv('a,"b\nc')).toEqual([["a", "b\nc"]]);
  });
});

describe("plainCell", () => {
  it("takes off the apostrophe that keeps a spreadsheet from calculating", () => {
    expect(plainCell("'+1415")).toBe("+1415");
    expect(plainCell("'=1+1")).toBe("=1+1");
    expect(plainCell("'tis")).toBe("'tis");
    expect(plainCell("+1")).toBe("+1");
  });
});
