import { CalendarClock, Clock, Plus, TriangleAlert, Users } from "lucide-react";
import { useState } from "react";
import { Button } from "../shared/components/button";
import { Empty, PageFrame, Problem } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { useLoad, useNow } from "../shared/hooks";
import { go, links } from "../shared/router";
import { useBelfry } from "../shared/store";
import type { GroupCall } from "../shared/types";
import { callLook, isLive } from "./call-words";
import { Faces } from "./faces";
import { useGroupCalls, versionOf } from "./group-calls";
import { emptyGroup, GroupSheet } from "./group-sheet";
import { GroupTabs } from "./group-tabs";
import { daysAhead, formatMoment, viewerZone } from "./moments";
import { cadenceWords, type Group, type UserWithGroups } from "./people";
import { take5, type GroupProblems } from "./take5-api";

interface Known {
  groups: readonly Group[];
  users: readonly UserWithGroups[];
  problems: readonly GroupProblems[];
}

export function GroupsPage() {
  const { connections } = useBelfry();
  const { calls, ...listed } = useGroupCalls();
  const [known, setKnown] = useState<Known | null>(null);
  const [adding, setAdding] = useState(false);
  const { error, reload } = useLoad(
    async () => {
      const [groups, users, check] = await Promise.all([take5.groups(), take5.users(), take5.problems()]);
      setKnown({ groups, users, problems: check.groups });
    },
    `${connections} ${versionOf(calls)}`,
  );
  const problemsOf = (group: Group) =>
    known?.problems.find(({ groupId }) => groupId === group.id)?.problems ?? [];

  return (
    <PageFrame
      title="Groups"
      about="People who are called together, each time at a moment that nobody knows before."
      actions={
        <Button tone="primary" onPress={() => setAdding(true)} isDisabled={known === null}>
          <Plus aria-hidden size={17} />
          New group
        </Button>
      }
    >
      <GroupTabs current="groups" />
      <Problem error={error ?? listed.error} retry={reload} />
      {known && known.groups.length > 0 && (
        <ul aria-label="Groups" className="grid grid-cols-1 gap-5 lg:grid-cols-2">
          {known.groups.map((group) => (
            <GroupCard
              key={group.id}
              group={group}
              problems={problemsOf(group)}
              live={calls.find((call) => call.groupId === group.id && isLive(call))}
            />
          ))}
        </ul>
      )}
      {known?.groups.length === 0 && (
        <Empty icon={<Users size={22} />} title="No groups yet">
          {known.users.length === 0
            ? "Begin with the people who will be called; a group is made of them."
            : "A group says who is called, how often and for how long."}
          {known.users.length === 0 && (
            <Button tone="primary" onPress={() => go(links.people)}>
              Add people
            </Button>
          )}
        </Empty>
      )}
      {adding && known && (
        <GroupSheet
          title="New group"
          start={emptyGroup}
          users={known.users}
          save={(terms) => take5.addGroup(terms)}
          saved={reload}
          close={() => setAdding(false)}
        />
      )}
    </PageFrame>
  );
}

interface GroupCardProps {
  group: Group;
  problems: readonly string[];
  live: GroupCall | undefined;
}

function GroupCard({ group, problems, live }: GroupCardProps) {
  return (
    <li
      aria-label={group.name}
      className="relative flex flex-col gap-4 rounded-2xl bg-surface p-5 shadow-card ring-1 ring-line transition-colors hover:bg-sunken/60 sm:p-6"
    >
      <div className="flex items-center justify-between gap-3">
        <a
          href={links.group(group.id)}
          className="min-w-0 truncate rounded text-lg font-semibold tracking-tight after:absolute after:inset-0"
        >
          {group.name}
        </a>
        {live && <Pill tone={callLook(live.status).tone}>{callLook(live.status).word}</Pill>}
        {!live && !group.enabled && <Pill tone="calm">Paused</Pill>}
      </div>
      <div className="flex min-h-9 items-center gap-3 text-sm text-muted">
        {group.users.length > 0 && <Faces users={group.users} />}
        {memberWords(group.users.length)}
      </div>
      <div className="flex flex-col gap-1.5 text-sm">
        <p className="flex items-center gap-2">
          <Clock aria-hidden size={15} className="shrink-0 text-muted" />
          {cadenceWords(group)}, {group.duration} minutes
        </p>
        <p className="flex items-center gap-2">
          <CalendarClock aria-hidden size={15} className="shrink-0 text-muted" />
          <Next group={group} />
        </p>
        {problems.map((problem) => (
          <p key={problem} className="flex items-start gap-2 text-ringing-ink">
            <TriangleAlert aria-hidden size={15} className="mt-0.5 shrink-0" />
            {sentence(problem)}
          </p>
        ))}
      </div>
    </li>
  );
}

function Next({ group: { nextCallTime, enabled } }: { group: Group }) {
  const now = useNow(60_000);
  if (!nextCallTime)
    return (
      <span className="text-muted">{enabled ? "No next moment" : "Is not called while it is paused"}</span>
    );
  return (
    <span>
      {formatMoment(nextCallTime)}
      <span className="text-muted"> · {daysAhead(nextCallTime, now, viewerZone())}</span>
    </span>
  );
}

export function memberWords(count: number): string {
  if (count === 0) return "Nobody yet";
  return count === 1 ? "1 member" : `${count} members`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
