import { Pencil, Plus, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { Button } from "../shared/components/button";
import { Confirm } from "../shared/components/confirm";
import { Empty, PageFrame, Problem } from "../shared/components/layout";
import { formatNumber } from "../shared/format";
import { useLoad, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import { useBelfry } from "../shared/store";
import { Face } from "./faces";
import { GroupTabs } from "./group-tabs";
import { formatTime, ianaZone, viewerZone, zoneWords } from "./moments";
import { e164, fullName, type UserTerms, type UserWithGroups } from "./people";
import { PersonSheet } from "./person-sheet";
import { take5 } from "./take5-api";

/// Everybody who can be in a group.
export function PeoplePage() {
  const { connections } = useBelfry();
  const [users, setUsers] = useState<readonly UserWithGroups[] | null>(null);
  const [editing, setEditing] = useState<UserWithGroups | "new" | null>(null);
  const [removing, setRemoving] = useState<UserWithGroups | null>(null);
  const { error, reload } = useLoad(async () => setUsers(await take5.users()), connections);
  const save = (terms: UserTerms) =>
    editing === null || editing === "new" ? take5.addUser(terms) : take5.changeUser(editing.id, terms);

  return (
    <PageFrame
      title="People"
      about="Who can be in a group: a name, a telephone number, and the time zone they live by."
      actions={
        <Button tone="primary" onPress={() => setEditing("new")}>
          <Plus aria-hidden size={17} />
          New person
        </Button>
      }
    >
      <GroupTabs current="people" />
      <Problem error={error} retry={reload} />
      {users && users.length > 0 && (
        <ul
          aria-label="People"
          className="flex flex-col rounded-2xl bg-surface px-5 shadow-card ring-1 ring-line sm:px-6"
        >
          {users.map((user) => (
            <Person
              key={user.id}
              user={user}
              edit={() => setEditing(user)}
              remove={() => setRemoving(user)}
            />
          ))}
        </ul>
      )}
      {users?.length === 0 && (
        <Empty icon={<Users size={22} />} title="Nobody yet">
          Add the people who will be called; groups are made of them.
        </Empty>
      )}
      {editing && (
        <PersonSheet
          title={editing === "new" ? "New person" : "Edit person"}
          start={editing === "new" ? nobody() : editing}
          save={save}
          saved={reload}
          close={() => setEditing(null)}
        />
      )}
      {removing && (
        <Confirm
          title={`Delete ${fullName(removing)}?`}
          act="Delete person"
          request={() => take5.removeUser(removing.id)}
          done={reload}
          close={() => setRemoving(null)}
        >
          They leave their groups, and their name leaves every roll call.
        </Confirm>
      )}
    </PageFrame>
  );
}

function nobody(): UserTerms {
  return { givenName: "", familyName: "", phoneNumber: "", timezone: viewerZone() };
}

interface PersonProps {
  user: UserWithGroups;
  edit: () => void;
  remove: () => void;
}

function Person({ user, edit, remove }: PersonProps) {
  const now = new Date(useNow(15_000)).toISOString();
  const name = fullName(user);
  return (
    <li
      aria-label={name}
      className="flex flex-wrap items-center gap-x-4 gap-y-3 border-line py-4 text-sm not-first:border-t"
    >
      <Face user={user} />
      <div className="flex min-w-0 flex-1 flex-col sm:basis-48">
        <span className="truncate font-medium">{name}</span>
        <span className="text-[0.8125rem] text-muted tabular-nums">
          <span className="whitespace-nowrap">{formatNumber(e164(user))}</span> ·{" "}
          <span className="whitespace-nowrap">
            {formatTime(now, ianaZone(user.timezone))} in {zoneWords(user.timezone)}
          </span>
        </span>
      </div>
      <span className="flex min-w-0 flex-wrap gap-1.5 max-sm:order-last max-sm:w-full">
        {user.groups.map((group) => (
          <a
            key={group.id}
            href={links.group(group.id)}
            className="max-w-48 truncate rounded-full bg-sunken px-2.5 py-1 text-xs font-medium text-muted hover:text-ink"
          >
            {group.name}
          </a>
        ))}
      </span>
      <span className="flex gap-1.5">
        <Button size="small" aria-label={`Edit ${name}`} onPress={edit}>
          <Pencil aria-hidden size={14} />
          <span className="max-sm:sr-only">Edit</span>
        </Button>
        <Button size="small" tone="quiet" aria-label={`Delete ${name}`} onPress={remove}>
          <Trash2 aria-hidden size={14} />
          <span className="max-sm:sr-only">Delete</span>
        </Button>
      </span>
    </li>
  );
}
