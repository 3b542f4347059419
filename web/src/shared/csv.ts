/// A CSV text (RFC 4180) as rows of cells: quoted cells may hold commas, line ends and doubled quotes. The separator is
/// the one of comma, semicolon and tab that the first line has most of, as spreadsheets of several countries write
/// them. Empty lines are left out.
export function parseCsv(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, "");
  const separator = separatorOf(source);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.some((each) => each !== "")) rows.push(row);
    row = [];
  };
  for (let at = 0; at < source.length; ++at) {
    const character = source[at] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') cell += source[++at] ?? "";
      else quoted = false;
    } else if (character === '"' && cell.trim() === "") {
      cell = "";
      quoted = true;
    } else if (character === separator) {
      endCell();
    } else if (character === "\n") {
      endRow();
    } else if (character !== "\r") {
      cell += character;
    }
  }
  endRow();
  return rows;
}

function separatorOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const count = (separator: string) => line.split(separator).length;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}

/// The apostrophe by which Belfry's files tell a spreadsheet not to calculate a cell is no part of what it says.
export function plainCell(cell: string): string {
  return cell.replace(/^'(?=[=+\-@\t\r])/, "");
}
