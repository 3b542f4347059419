import type { ReactNode } from "react";

interface SettingListProps {
  label: string;
  children: ReactNode;
}

export function SettingList({ label, children }: SettingListProps) {
  return (
    <ul
      aria-label={label}
      className="overflow-hidden rounded-2xl bg-surface text-sm shadow-card ring-1 ring-line"
    >
      {children}
    </ul>
  );
}

interface SettingRowProps {
  title: ReactNode;
  about: ReactNode;
  mark?: ReactNode;
  actions: ReactNode;
}

/// One thing that is set up: what it is, what it does, what can be done with it.
export function SettingRow({ title, about, mark, actions }: SettingRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-3 border-line px-5 py-4 not-first:border-t">
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 font-medium wrap-anywhere">{title}</div>
        <div className="min-w-0 text-[0.8125rem] wrap-anywhere text-muted">{about}</div>
      </div>
      {mark}
      <div className="flex gap-2 max-sm:w-full max-sm:*:flex-1">{actions}</div>
    </li>
  );
}

/// That belfry.toml has it, so that it is changed there.
export function FromFile() {
  return (
    <span className="rounded-md bg-sunken px-1.5 py-0.5 font-mono text-xs font-normal text-muted">
      belfry.toml
    </span>
  );
}
