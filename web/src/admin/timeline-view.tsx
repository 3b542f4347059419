import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import {
  Button,
  Disclosure,
  DisclosurePanel,
  Heading,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";
import { Dot } from "../shared/components/pill";
import { formatClock, formatOffset } from "../shared/format";
import type { CallEvent } from "../shared/types";
import {
  countKinds,
  detailsOf,
  groupEvents,
  kindNames,
  kindOf,
  kinds,
  startOf,
  type Entry,
  type Group,
  type Kind,
} from "./timeline";

const colours: Readonly<Record<Kind, { text: string; dot: string }>> = {
  state: { text: "text-kind-state", dot: "bg-kind-state" },
  sip: { text: "text-kind-sip", dot: "bg-kind-sip" },
  webhook: { text: "text-kind-webhook", dot: "bg-kind-webhook" },
  twiml: { text: "text-kind-twiml", dot: "bg-kind-twiml" },
  media: { text: "text-kind-media", dot: "bg-kind-media" },
};

/// The event log of a call: an overview with one lane for each kind, then every event, grown live.
export function Timeline({ events, over }: { events: readonly CallEvent[]; over: boolean }) {
  const [shown, setShown] = useState<ReadonlySet<Kind>>(new Set(kinds));
  const counts = useMemo(() => countKinds(events), [events]);
  const groups = useMemo(() => groupEvents(events, shown), [events, shown]);
  const present = kinds.filter((kind) => counts[kind] > 0);

  return (
    <section aria-label="Timeline" className="min-w-0 rounded-2xl bg-surface shadow-card ring-1 ring-line">
      <div className="flex flex-col gap-4 border-b border-line p-5 sm:p-6">
        <div className="flex items-center justify-between">
          <h2 className="text-base font-semibold">Timeline</h2>
          {!over && (
            <span className="flex items-center gap-2 text-xs font-semibold text-accent">
              <Dot className="bg-accent" />
              Live
            </span>
          )}
        </div>
        {events.length > 1 && <Lanes events={events} present={present} />}
        <ToggleButtonGroup
          aria-label="Kinds of events to show"
          selectionMode="multiple"
          selectedKeys={[...shown]}
          onSelectionChange={(chosen) => setShown(new Set(kinds.filter((kind) => chosen.has(kind))))}
          className="flex flex-wrap gap-2"
        >
          {present.map((kind) => (
            <ToggleButton
              key={kind}
              id={kind}
              className="flex h-8 cursor-pointer items-center gap-2 rounded-full px-3 text-[0.8125rem] font-medium text-muted ring-1 ring-line transition-colors ring-inset hover:text-ink not-data-selected:line-through data-selected:bg-sunken data-selected:text-ink"
            >
              <span aria-hidden className={`size-2 rounded-full ${colours[kind].dot}`} />
              {kindNames[kind]}
              <span className="text-muted tabular-nums">{counts[kind]}</span>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      <ol
        aria-label="Events"
        aria-live={over ? "off" : "polite"}
        aria-relevant="additions"
        className="flex flex-col p-3 sm:p-4"
      >
        {groups.map((group) => (
          <GroupView key={group.entries[0]?.event.seq} group={group} />
        ))}
        {events.length === 0 && (
          <li className="px-3 py-8 text-center text-sm text-muted">Nothing has happened yet.</li>
        )}
      </ol>
    </section>
  );
}

const laneHeight = 20;

/// Where in time each kind of event lies. Says nothing that the list below does not say in words.
function Lanes({ events, present }: { events: readonly CallEvent[]; present: readonly Kind[] }) {
  const start = startOf(events);
  const lastAt = events.at(-1)?.at;
  const span = Math.max(1, (lastAt ? Date.parse(lastAt) : start) - start);
  return (
    <div aria-hidden className="flex gap-3">
      <div className="flex flex-col text-[0.6875rem] text-muted max-sm:hidden">
        {present.map((kind) => (
          <span
            key={kind}
            style={{ height: laneHeight, lineHeight: `${laneHeight}px` }}
            className="whitespace-nowrap"
          >
            {kindNames[kind]}
          </span>
        ))}
      </div>
      <div className="min-w-0 flex-1">
        <div className="relative rounded-lg bg-sunken" style={{ height: present.length * laneHeight }}>
          {present.map((kind, lane) => (
            <span
              key={kind}
              className="absolute inset-x-3 h-px bg-line"
              style={{ top: (lane + 0.5) * laneHeight }}
            />
          ))}
          <div className="absolute inset-x-3 inset-y-0">
            {events.map((event) => {
              const kind = kindOf(event.type);
              const left = ((Date.parse(event.at) - start) / span) * 100;
              return (
                <span
                  key={event.seq}
                  className={`absolute size-2 -translate-x-1/2 -translate-y-1/2 rounded-full ring-2 ring-sunken ${colours[kind].dot}`}
                  style={{ left: `${left}%`, top: (present.indexOf(kind) + 0.5) * laneHeight }}
                />
              );
            })}
          </div>
        </div>
        <div className="mt-1 flex justify-between px-1 text-[0.6875rem] text-muted tabular-nums">
          <span>0 s</span>
          <span>{formatOffset(span)}</span>
        </div>
      </div>
    </div>
  );
}

function GroupView({ group }: { group: Group }) {
  const { text, dot } = colours[group.kind];
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 px-2 sm:grid-cols-[4.5rem_1rem_minmax(0,1fr)]">
      <span className={`pt-2.5 text-right text-xs font-semibold max-sm:hidden ${text}`}>
        {shortNames[group.kind]}
      </span>
      <span aria-hidden className="relative flex justify-center">
        <span className="absolute inset-y-0 w-px bg-line" />
        <span className={`relative mt-3.5 size-2.5 rounded-full ring-4 ring-surface ${dot}`} />
      </span>
      <ul className="mb-1 flex flex-col">
        {group.entries.map((entry) => (
          <EntryView key={entry.event.seq} entry={entry} />
        ))}
      </ul>
    </li>
  );
}

const shortNames: Readonly<Record<Kind, string>> = { ...kindNames, media: "Media" };

function EntryView({ entry }: { entry: Entry }) {
  const { event, title, summary, trouble, offsetMs } = entry;
  const { facts, blocks } = detailsOf(event);
  const line = (
    <>
      <span className="min-w-0 flex-1 sm:flex sm:gap-3">
        <span className={`block shrink-0 font-medium ${trouble ? "text-bad" : ""}`}>{title}</span>
        <span
          className={`block truncate max-sm:line-clamp-2 max-sm:whitespace-normal max-sm:break-words ${trouble ? "text-bad" : "text-muted"}`}
        >
          {summary}
        </span>
      </span>
      <time
        dateTime={event.at}
        title={formatClock(event.at)}
        className="shrink-0 text-[0.8125rem] text-muted tabular-nums"
      >
        +{formatOffset(offsetMs)}
      </time>
    </>
  );
  if (facts.length === 0 && blocks.length === 0) {
    return <li className="flex animate-appear items-baseline gap-3 py-2 pr-2 pl-7 text-sm">{line}</li>;
  }
  return (
    <li className="animate-appear text-sm">
      <Disclosure className="group">
        <Heading level={3} className="flex">
          <Button
            slot="trigger"
            className="flex w-full min-w-0 cursor-pointer items-baseline gap-3 rounded-lg px-2 py-2 text-left transition-colors hover:bg-sunken"
          >
            <ChevronRight
              aria-hidden
              size={14}
              className="-mr-1.5 shrink-0 self-center text-muted transition-transform group-data-expanded:rotate-90"
            />
            {line}
          </Button>
        </Heading>
        <DisclosurePanel className="overflow-hidden">
          <div className="mt-1 mb-3 ml-6 flex flex-col gap-3 rounded-xl bg-sunken p-4">
            {facts.length > 0 && (
              <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1.5 text-[0.8125rem]">
                {facts.map(([name, value]) => (
                  <div key={name} className="contents">
                    <dt className="text-muted">{name}</dt>
                    <dd className="font-mono break-words">{value}</dd>
                  </div>
                ))}
              </dl>
            )}
            {blocks.map(([name, body]) => (
              <div key={name} className="flex flex-col gap-1">
                <span className="text-[0.8125rem] text-muted">{name}</span>
                <pre className="font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">
                  {body}
                </pre>
              </div>
            ))}
          </div>
        </DisclosurePanel>
      </Disclosure>
    </li>
  );
}
