import { Download } from "lucide-react";
import type { ReactNode } from "react";
import type { Figures } from "./analytics-api";
import { count, percent } from "./figures";

export interface FigureRow {
  key: string;
  name: ReactNode;
  figures: Figures;
}

interface FigureTableProps {
  label: string;
  /// Of the first column.
  what: string;
  rows: readonly FigureRow[];
  /// Bars behind the names say how many calls each had.
  bars?: boolean;
}

/// What calls came to, a row each. On a phone the minutes that cost money are left to the file.
export function FigureTable({ label, what, rows, bars = false }: FigureTableProps) {
  const most = Math.max(1, ...rows.map(({ figures }) => figures.calls));
  const cell = "py-2.5 pl-4 text-right tabular-nums";
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="w-full text-sm">
        <thead>
          <tr className="text-[0.8125rem] text-muted *:font-normal">
            <th scope="col" className="pb-2 text-left">
              {what}
            </th>
            <th scope="col" className="pb-2 pl-4 text-right">
              Calls
            </th>
            <th scope="col" className="pb-2 pl-4 text-right">
              Answered
            </th>
            <th scope="col" className="pb-2 pl-4 text-right">
              Minutes
            </th>
            <th scope="col" className="pb-2 pl-4 text-right max-sm:hidden">
              Paid minutes
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, figures }) => (
            <tr key={key} className="border-t border-line">
              <th scope="row" className="w-1/2 py-2.5 text-left font-medium">
                {name}
                {bars && (
                  <span aria-hidden className="mt-1.5 block h-1.5 rounded-full bg-sunken">
                    <span
                      className="block h-full rounded-full bg-accent"
                      style={{ width: `${(figures.calls / most) * 100}%` }}
                    />
                  </span>
                )}
              </th>
              <td className={cell}>{count(figures.calls)}</td>
              <td className={cell}>{percent(figures.answer_rate)}</td>
              <td className={cell}>{count(figures.minutes)}</td>
              <td className={`${cell} max-sm:hidden`}>{count(figures.paid_minutes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function CsvLink({ href, label }: { href: string; label: string }) {
  return (
    <a
      href={href}
      download
      aria-label={label}
      className="inline-flex h-8 items-center gap-1.5 rounded-lg px-3 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink"
    >
      <Download aria-hidden size={15} />
      CSV
    </a>
  );
}
