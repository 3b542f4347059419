import { parseCsv } from "../../shared/csv";
import { cleanNumber, isDialable } from "../../shared/phone-number";
import type { CampaignNumber } from "./campaigns-api";

export interface NumberList {
  numbers: readonly CampaignNumber[];
  /// Names of the values that numbers have.
  columns: readonly string[];
  /// What stands where a number should.
  wrong: readonly string[];
  duplicates: number;
}

const namesOfNumbers = /^(phone|tel|mobile|cell|number|to$|msisdn)/i;

/// Numbers as people have them: one a line, in one line, or a table as CSV whose first row names the columns; one
/// column is the number, the others are its values.
export function readNumbers(text: string): NumberList {
  const rows = parseCsv(text);
  if (rows.every((row) => row.every((cell) => isNumber(cell) || cell.trim() === "")))
    return collect(
      rows.flat().filter((cell) => cell.trim() !== ""),
      [],
      (cell) => ({ number: cell, variables: {} }),
    );
  const header = rows[0] ?? [];
  const named = !header.some(isNumber);
  const column = numberColumn(rows, named);
  const names = named ? header.map((name) => name.trim()) : [];
  const columns = names.filter((name, index) => index !== column && name !== "");
  return collect(named ? rows.slice(1) : rows, columns, (row) => ({
    number: row[column] ?? "",
    variables: Object.fromEntries(
      names.flatMap((name, index) =>
        index === column || name === "" ? [] : [[name, (row[index] ?? "").trim()]],
      ),
    ),
  }));
}

function collect<Row>(
  rows: readonly Row[],
  columns: readonly string[],
  read: (row: Row) => CampaignNumber,
): NumberList {
  const byNumber = new Map<string, CampaignNumber>();
  const wrong: string[] = [];
  let duplicates = 0;
  for (const row of rows) {
    const { number, variables } = read(row);
    const clean = cleanNumber(number);
    if (!isDialable(clean)) wrong.push(number.trim());
    else if (byNumber.has(clean)) ++duplicates;
    else byNumber.set(clean, { number: clean, variables });
  }
  return { numbers: [...byNumber.values()], columns, wrong, duplicates };
}

function isNumber(cell: string): boolean {
  return isDialable(cleanNumber(cell));
}

/// The one that is called so, else the first that holds a number.
function numberColumn(rows: readonly string[][], named: boolean): number {
  const byName = named ? (rows[0] ?? []).findIndex((name) => namesOfNumbers.test(name.trim())) : -1;
  if (byName >= 0) return byName;
  const sample = rows[named ? 1 : 0] ?? [];
  return Math.max(0, sample.findIndex(isNumber));
}

/// `{{name}}` in what is said that no number has a value for.
export function missingValues(text: string, columns: readonly string[]): string[] {
  const used = [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map(([, name]) => name ?? "");
  return [...new Set(used)].filter((name) => !columns.includes(name));
}

const mostBytes = 400_000;

/// In pieces that one request may hold, in their order.
export function inPieces(numbers: readonly CampaignNumber[], most = mostBytes): CampaignNumber[][] {
  const pieces: CampaignNumber[][] = [[]];
  let size = 0;
  for (const each of numbers) {
    const bytes = new TextEncoder().encode(JSON.stringify(each)).length;
    if (size > 0 && size + bytes > most) {
      pieces.push([]);
      size = 0;
    }
    pieces.at(-1)?.push(each);
    size += bytes;
  }
  return pieces;
}
