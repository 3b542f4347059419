import { ArrowLeft, Pencil, PhoneCall, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../shared/components/button";
import { Confirm } from "../shared/components/confirm";
import { Card, Fact, PageFrame, Problem } from "../shared/components/layout";
import { useAction, useLoad } from "../shared/hooks";
import { go, links } from "../shared/router";
import { useBelfry } from "../shared/store";
import { isLive } from "./call-words";
import { useGroupCalls, versionOf } from "./group-calls";
import { GroupSheet, termsOf } from "./group-sheet";
import { LiveCall } from "./live-call";
import { MemberList } from "./member-list";
import { NextMoments } from "./next-moments";
import { PastCalls } from "./past-calls";
import { cadenceWords, type Group, type User } from "./people";
import { PlannedCalls } from "./planned-calls";
import { RollCall } from "./roll-call";
import { SmsBox } from "./sms-box";
import { take5 } from "./take5-api";

interface Known {
  group: Group;
  /// Everybody, for the picker and for who was a member once.
  users: readonly User[];
  moments: readonly string[];
  /// No call is longer, whatever is planned.
  longestS: number;
}

/// One group: its call while there is one, its coming moments, its people, and who has taken part.
export function GroupPage({ id }: { id: number }) {
  const { connections } = useBelfry();
  const { calls, error: unlisted, loading } = useGroupCalls(id);
  const [known, setKnown] = useState<Known | null>(null);
  const { error, reload } = useLoad(
    async () => {
      const [group, users, preview, limits] = await Promise.all([
        take5.group(id),
        take5.users(),
        take5.nextMoments(id),
        take5.limits(),
      ]);
      setKnown({ group, users, moments: preview.nextCallTimes, longestS: limits.secondsPerCall });
    },
    `${connections} ${versionOf(calls)}`,
  );
  const live = calls.filter(isLive);

  return (
    <PageFrame
      title={known?.group.name ?? "Group"}
      about={
        <a href={links.groups} className="inline-flex items-center gap-1.5 rounded hover:text-ink">
          <ArrowLeft aria-hidden size={15} />
          All groups
        </a>
      }
      actions={known && <Actions known={known} isLive={live.length > 0} changed={reload} />}
    >
      <Problem error={error ?? unlisted} retry={reload} />
      {known &&
        live.map((call) => (
          <LiveCall key={call.callId} call={call} users={known.users} longestS={known.longestS} />
        ))}
      {known && (
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="flex min-w-0 flex-col gap-6">
            <PlannedCalls calls={calls} />
            <MemberList members={known.group.users} />
            {known.group.users.length > 0 && <SmsBox members={known.group.users} />}
            {!loading && <PastCalls calls={calls} users={known.users} />}
          </div>
          <div className="flex min-w-0 flex-col gap-6">
            <Facts group={known.group} />
            <NextMoments moments={known.moments} members={known.group.users} calls={calls} />
            <RollCall calls={calls} members={known.group.users} />
          </div>
        </div>
      )}
    </PageFrame>
  );
}

interface ActionsProps {
  known: Known;
  isLive: boolean;
  changed: () => void;
}

function Actions({ known: { group, users }, isLive: hasCall, changed }: ActionsProps) {
  const calling = useAction();
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Problem error={calling.error} />
      <Button tone="quiet" onPress={() => setOpen("delete")}>
        <Trash2 aria-hidden size={16} />
        Delete
      </Button>
      <Button onPress={() => setOpen("edit")}>
        <Pencil aria-hidden size={16} />
        Edit
      </Button>
      {!hasCall && (
        <Button
          tone="good"
          isPending={calling.busy}
          onPress={() => void calling.run(() => take5.callNow(group.id))}
        >
          <PhoneCall aria-hidden size={17} />
          Call now
        </Button>
      )}
      {open === "edit" && (
        <GroupSheet
          title="Edit group"
          start={termsOf(group)}
          users={users}
          save={(terms) => take5.changeGroup(group.id, terms)}
          saved={changed}
          close={() => setOpen(null)}
        />
      )}
      {open === "delete" && (
        <Confirm
          title={`Delete ${group.name}?`}
          act="Delete group"
          request={() => take5.removeGroup(group.id)}
          done={() => go(links.groups)}
          close={() => setOpen(null)}
        >
          It is not called any more. Its members stay.
        </Confirm>
      )}
    </div>
  );
}

function Facts({ group }: { group: Group }) {
  return (
    <Card title="Cadence">
      <dl className="flex flex-col gap-2 text-sm">
        <Fact name="Called">{cadenceWords(group)}</Fact>
        <Fact name="Length">{group.duration} minutes</Fact>
        <Fact name="Text message before">{group.smsReminder ? "Yes" : "No"}</Fact>
        <Fact name="State">{group.enabled ? "Enabled" : "Paused"}</Fact>
      </dl>
    </Card>
  );
}
