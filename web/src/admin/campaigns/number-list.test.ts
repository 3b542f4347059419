import { describe, expect, it } from "vitest";
import { inPieces, missingValues, readNumbers } from "./number-list";

const plain = (text: string) => readNumbers(text).numbers.map(({ number }) => number);

describe("readNumbers", () => {
  it("takes one a line, or many in one", () => {
    expect(plain("+1 (415) 555-1001\n\n+14155551002\n")).toEqual(["+14155551001", "+14155551002"]);
    expect(plain("+14155551001, +14155551002;+14155551003")).toEqual(["+14155551001"]);
    expect(plain("+14155551001, +14155551002")).toEqual(["+14155551001", "+14155551002"]);
    expect(plain("")).toEqual([]);
  });

  it("takes a table whose first row names the columns", () => {
    expect(readNumbers('name,Phone,when\n"Ann, A.",+14155551001,ten\nBob,+14155551002,eleven')).toEqual({
      numbers: [
        { number: "+14155551001", variables: { name: "Ann, A.", when: "ten" } },
        { number: "+14155551002", variables: { name: "Bob", when: "eleven" } },
      ],
      columns: ["name", "when"],
      wrong: [],
      duplicates: 0,
    });
  });

  it("finds the column of the numbers by what it holds", () => {
    expect(readNumbers("who;where\nAnn;+14155551001").numbers).toEqual([
      { number: "+14155551001", variables: { who: "Ann" } },
    ]);
    expect(plain("Ann,+14155551001\nBob,+14155551002")).toEqual(["+14155551001", "+14155551002"]);
  });

  it("says what is no number and counts who is there twice", () => {
    const list = readNumbers("number,name\n+14155551001,Ann\nnobody,Bob\n+1 415 555 1001,Ann again");
    expect(list.numbers).toHaveLength(1);
    expect(list.wrong).toEqual(["nobody"]);
    expect(list.duplicates).toBe(1);
  });
});

describe("missingValues", () => {
  it("are those that no column has", () => {
    expect(missingValues("Hello {{name}}, at {{ when }} and {{when}}.", ["name"])).toEqual(["when"]);
    expect(missingValues("Hello.", [])).toEqual([]);
  });
});

describe("inPieces", () => {
  it("keeps a request small", () => {
    const numbers = ["1", "2", "3"].map((number) => ({ number, variables: {} }));
    expect(inPieces(numbers, 70).map((piece) => piece.length)).toEqual([2, 1]);
    expect(inPieces(numbers, 1).map((piece) => piece.length)).toEqual([1, 1, 1]);
    expect(inPieces([])).toEqual([[]]);
  });
});
