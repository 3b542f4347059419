import { useState, type ReactNode } from "react";
import { Card, Problem } from "../../shared/components/layout";
import { Pill, type Tone } from "../../shared/components/pill";
import { formatClock, formatDuration, formatNumber } from "../../shared/format";
import { useLoad } from "../../shared/hooks";
import { links } from "../../shared/router";
import { campaigns } from "./campaigns-api";
import { readResults, resultWord, type ResultRow } from "./result-rows";

/// More are only in the file.
const mostRows = 200;
const mostNumbers = 2000;

interface ResultsProps {
  id: string;
  numbers: number;
  /// Changes when there is something new in them.
  version: string;
  download: ReactNode;
}

export function Results({ id, numbers, version, download }: ResultsProps) {
  const [rows, setRows] = useState<readonly ResultRow[]>([]);
  const shown = numbers <= mostNumbers;
  const { error, reload } = useLoad(async () => {
    if (shown) setRows(readResults(await campaigns.results(id)));
  }, version);
  return (
    <Card title="Numbers" aside={download}>
      <Problem error={error} retry={reload} />
      {shown ? (
        <ResultTable rows={rows.slice(0, mostRows)} />
      ) : (
        <p className="text-sm text-muted">There are too many to show; the file has all of them.</p>
      )}
      {rows.length > mostRows && (
        <p className="mt-3 text-sm text-muted">The file has {rows.length - mostRows} more.</p>
      )}
    </Card>
  );
}

const columns = "lg:grid-cols-[11rem_8rem_4rem_5rem_5rem_minmax(0,1fr)]";

/// A table when wide, a list of cards when narrow.
function ResultTable({ rows }: { rows: readonly ResultRow[] }) {
  return (
    <div role="table" aria-label="Numbers" className="text-sm">
      <div
        role="row"
        className={`grid gap-4 border-b border-line pb-2.5 text-[0.8125rem] text-muted max-lg:sr-only ${columns}`}
      >
        {["Number", "Result", "Tries", "Length", "Ended", "About"].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      {rows.map((row) => (
        <div
          key={row.number}
          role="row"
          className={`relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-line py-2.5 not-last:border-b ${columns}`}
        >
          <span role="cell" className="truncate font-medium tabular-nums">
            {row.call ? (
              <a href={links.call(row.call)} className="rounded hover:underline">
                {formatNumber(row.number)}
              </a>
            ) : (
              formatNumber(row.number)
            )}
          </span>
          <span role="cell">
            <Pill tone={toneOf(row)}>{resultWord(row)}</Pill>
          </span>
          <span role="cell" className="text-muted tabular-nums max-lg:hidden">
            {row.attempts || "–"}
          </span>
          <span role="cell" className="text-muted tabular-nums max-lg:hidden">
            {row.seconds === null ? "–" : formatDuration(row.seconds)}
          </span>
          <span role="cell" className="text-muted tabular-nums max-lg:hidden">
            {row.ended ? formatClock(row.ended) : "–"}
          </span>
          <span role="cell" className="truncate text-muted max-lg:col-span-2">
            {[...row.values, row.reason].filter(Boolean).join(" · ")}
          </span>
        </div>
      ))}
    </div>
  );
}

function toneOf({ state, outcome }: ResultRow): Tone {
  if (state === "leased") return "live";
  if (state === "queued") return "waiting";
  if (outcome === "completed") return "good";
  return state === "canceled" ? "calm" : "bad";
}
