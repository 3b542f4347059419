import { CircleAlert } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import type { ApiError } from "../api-error";
import { Button } from "./button";

interface PageProps {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/// One page: its heading takes the focus when the page opens, so that a screen reader says where one is.
export function PageFrame({ title, about, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-4 py-6 sm:px-8 sm:py-9">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="flex min-w-0 flex-col gap-1">
          <h1
            ref={heading}
            tabIndex={-1}
            className="text-2xl font-semibold tracking-tight text-balance wrap-anywhere sm:text-[1.75rem]"
          >
            {title}
          </h1>
          {about && <p className="max-w-2xl text-sm text-muted text-pretty sm:text-[0.9375rem]">{about}</p>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}

interface PageTabsProps {
  label: string;
  tabs: readonly { name: string; link: string; current: boolean }[];
}

/// Pages that belong together, one row of links above each of them.
export function PageTabs({ label, tabs }: PageTabsProps) {
  const row = useRef<HTMLElement>(null);
  const current = tabs.findIndex((tab) => tab.current);
  useEffect(() => {
    const link = row.current?.querySelectorAll("a")[current];
    // On a phone the row is longer than the screen.
    if (row.current && link) row.current.scrollLeft = link.offsetLeft - row.current.clientWidth / 3;
  }, [current]);
  return (
    <nav ref={row} aria-label={label} className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul className="flex min-w-max gap-1 border-b border-line">
        {tabs.map(({ name, link, current }) => (
          <li key={name}>
            <a
              href={link}
              aria-current={current ? "page" : undefined}
              className="-mb-px block rounded-t-lg border-b-2 border-transparent px-3.5 py-2.5 text-sm font-medium text-muted transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-accent"
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface CardProps {
  title?: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Card({ title, aside, className = "", children }: CardProps) {
  return (
    <section
      aria-label={title}
      className={`rounded-2xl bg-surface p-5 shadow-card ring-1 ring-line sm:p-6 ${className}`}
    >
      {title && (
        <div className="mb-4 flex items-center justify-between gap-4">
          <h2 className="text-base font-semibold">{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/// A line of a `dl`: a name and what it is.
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 text-right font-medium wrap-anywhere tabular-nums">{children}</dd>
    </div>
  );
}

interface EmptyProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
}

export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-2xl border border-dashed border-line px-6 py-14 text-center">
      <span aria-hidden className="flex size-12 items-center justify-center rounded-2xl bg-sunken text-muted">
        {icon}
      </span>
      <p className="font-semibold">{title}</p>
      {children && (
        <div className="flex max-w-md flex-col items-center gap-4 text-sm text-muted">{children}</div>
      )}
    </div>
  );
}

interface ProblemProps {
  error: ApiError | null;
  retry?: () => void;
}

export function Problem({ error, retry }: ProblemProps) {
  if (!error) return null;
  return (
    <div role="alert" className="flex items-center gap-3 rounded-xl bg-bad/10 px-4 py-3 text-sm text-bad">
      <CircleAlert aria-hidden size={18} className="shrink-0" />
      <span className="flex-1 font-medium">{error.message}</span>
      {retry && (
        <Button size="small" onPress={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
