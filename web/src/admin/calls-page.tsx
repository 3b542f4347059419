import { PhoneCall, Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Input, Label, SearchField } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Choices } from "../shared/components/fields";
import { Empty, PageFrame, Problem } from "../shared/components/layout";
import { StatusPill } from "../shared/components/pill";
import {
  allStatuses,
  carrierWord,
  formatAgo,
  formatDuration,
  formatNumber,
  statusWord,
} from "../shared/format";
import { useAction, useLoad, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import { selectCalls } from "../shared/state";
import { dispatch, useBelfry } from "../shared/store";
import type { Call } from "../shared/types";
import { CallTabs } from "./call-tabs";

const typingPauseMs = 250;

export function CallsPage() {
  const state = useBelfry();
  const [status, setStatus] = useState("any");
  const [typed, setTyped] = useState("");
  const [number, setNumber] = useState("");
  const [cursor, setCursor] = useState<string | null>(null);
  const more = useAction();

  useEffect(() => {
    const timer = setTimeout(() => setNumber(typed.trim()), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);

  const query = { status: status === "any" ? "" : status, number };
  const { error, loading, reload } = useLoad(async () => {
    const page = await api.calls(query);
    dispatch({ do: "learn-calls", calls: page.items });
    setCursor(page.nextCursor);
  }, `${state.connections} ${query.status} ${number}`);

  const loadMore = () =>
    more.run(async () => {
      const page = await api.calls({ ...query, cursor });
      dispatch({ do: "learn-calls", calls: page.items });
      setCursor(page.nextCursor);
    });

  const calls = selectCalls(state, query);
  const filtered = query.status !== "" || number !== "";
  return (
    <PageFrame title="Calls" about="Every call explains itself: open one to see each step of it.">
      <CallTabs current="calls" />
      <div className="grid gap-4 sm:grid-cols-[minmax(0,20rem)_12rem]">
        <SearchField value={typed} onChange={setTyped} className="flex flex-col gap-1.5">
          <Label className="text-sm font-medium">Number</Label>
          <div className="relative">
            <Search
              aria-hidden
              size={16}
              className="pointer-events-none absolute top-3 left-3.5 text-muted"
            />
            <Input
              placeholder="+1415…"
              className="h-10 w-full rounded-xl border border-line bg-surface pr-3.5 pl-10 text-base transition-colors placeholder:text-muted/70 hover:border-strong-line data-focused:border-accent sm:text-sm"
            />
          </div>
        </SearchField>
        <Choices
          label="State"
          value={status}
          onChange={setStatus}
          choices={[
            { id: "any", name: "Any" },
            ...allStatuses.map((id) => ({ id: id as string, name: statusWord(id) })),
          ]}
        />
      </div>
      <Problem error={error ?? more.error} retry={reload} />
      {calls.length > 0 && <CallTable calls={calls} />}
      {calls.length === 0 && !loading && !error && (
        <Empty icon={<PhoneCall size={22} />} title={filtered ? "No call matches" : "No calls yet"}>
          {!filtered && (
            <a href={links.start} className="rounded font-medium text-accent hover:underline">
              Place a first call
            </a>
          )}
        </Empty>
      )}
      {cursor !== null && (
        <Button className="self-center" isPending={more.busy} onPress={() => void loadMore()}>
          Show more
        </Button>
      )}
    </PageFrame>
  );
}

const columns = "md:grid-cols-[8.5rem_minmax(0,1fr)_minmax(0,1fr)_7rem_6rem_7rem]";

/// A table when wide, a list of cards when narrow: the same rows laid out twice.
function CallTable({ calls }: { calls: readonly Call[] }) {
  const now = useNow(1000);
  return (
    <div
      role="table"
      aria-label="Calls"
      className="overflow-hidden rounded-2xl bg-surface text-sm shadow-card ring-1 ring-line"
    >
      <div
        role="row"
        className={`grid gap-4 border-b border-line px-5 py-3 text-[0.8125rem] text-muted max-md:sr-only ${columns}`}
      >
        {["State", "From", "To", "Carrier", "Length", "Placed"].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      {calls.map((call) => (
        <div
          key={call.sid}
          role="row"
          className={`relative grid items-center gap-x-4 gap-y-1.5 border-line px-5 py-3.5 transition-colors not-last:border-b hover:bg-sunken/60 max-md:grid-cols-[minmax(0,1fr)_auto] ${columns}`}
        >
          <span role="cell" className="max-md:order-2 max-md:justify-self-end">
            <StatusPill status={call.status} />
          </span>
          <span role="cell" className="truncate text-muted tabular-nums max-md:order-3">
            <span className="md:hidden">from </span>
            {formatNumber(call.from)}
          </span>
          <span role="cell" className="min-w-0 font-medium tabular-nums max-md:order-1">
            <a href={links.call(call.sid)} className="block truncate rounded after:absolute after:inset-0">
              {formatNumber(call.to)}
            </a>
          </span>
          <span role="cell" className="text-muted max-md:hidden">
            {carrierWord(call.endpoint)}
          </span>
          <span role="cell" className="text-muted tabular-nums max-md:hidden">
            {lengthOf(call, now)}
          </span>
          <span role="cell" className="text-muted max-md:order-4 max-md:justify-self-end">
            {formatAgo(call.created_at, now)}
          </span>
        </div>
      ))}
    </div>
  );
}

/// Ticks while people talk; the server's figure once it is over; a dash for a call that nobody answered.
export function lengthOf(call: Call, now: number): string {
  if (!call.answered_at) return "–";
  if (call.duration_s !== null) return formatDuration(call.duration_s);
  return formatDuration((now - Date.parse(call.answered_at)) / 1000);
}
