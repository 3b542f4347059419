import { Check } from "lucide-react";
import { useState } from "react";
import { CheckboxButton, CheckboxField, CheckboxGroup, FieldError, Label } from "react-aria-components";
import { Field } from "../shared/components/fields";
import { formatNumber } from "../shared/format";
import { links } from "../shared/router";
import { Face } from "./faces";
import { e164, fullName, type User } from "./people";

/// More people than this are searched.
const mostAtASight = 7;

interface MemberPickerProps {
  users: readonly User[];
  chosen: readonly number[];
  choose: (users: number[]) => void;
}

/// Who is in the group: those who are in it first, then everybody else.
export function MemberPicker({ users, chosen, choose }: MemberPickerProps) {
  const [search, setSearch] = useState("");
  const [first] = useState(chosen);
  const wanted = search.trim().toLowerCase();
  const shown = users
    .filter((user) => `${fullName(user)} ${user.phoneNumber}`.toLowerCase().includes(wanted))
    .sort(
      (a, b) =>
        Number(first.includes(b.id)) - Number(first.includes(a.id)) || fullName(a).localeCompare(fullName(b)),
    );

  return (
    <CheckboxGroup
      name="users"
      value={chosen.map(String)}
      onChange={(ids) => choose(ids.map(Number))}
      className="flex flex-col gap-1.5"
    >
      <Label className="flex items-baseline justify-between text-sm font-medium">
        Members
        <span className="font-normal text-muted tabular-nums">{chosen.length} chosen</span>
      </Label>
      {users.length > mostAtASight && (
        <Field label="Search" type="search" autoComplete="off" value={search} onChange={setSearch} />
      )}
      <div
        tabIndex={0}
        role="group"
        aria-label="People"
        className="max-h-60 overflow-y-auto rounded-xl border border-line p-1.5"
      >
        {shown.map((user) => (
          <Person key={user.id} user={user} />
        ))}
        {users.length === 0 && (
          <p className="px-3 py-2 text-sm text-muted">
            There is nobody yet.{" "}
            <a href={links.people} className="rounded font-medium text-accent hover:underline">
              Add people
            </a>
          </p>
        )}
      </div>
      <FieldError className="text-[0.8125rem] font-medium text-bad" />
    </CheckboxGroup>
  );
}

function Person({ user }: { user: User }) {
  return (
    <CheckboxField value={String(user.id)} aria-label={fullName(user)}>
      <CheckboxButton className="group flex cursor-pointer items-center gap-3 rounded-lg px-2 py-1.5 text-sm outline-offset-[-2px] hover:bg-sunken data-focus-visible:outline-2 data-focus-visible:outline-accent">
        <Face user={user} />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="truncate font-medium">{fullName(user)}</span>
          <span className="text-[0.8125rem] text-muted tabular-nums">{formatNumber(e164(user))}</span>
        </span>
        <span
          aria-hidden
          className="flex size-5 shrink-0 items-center justify-center rounded-md border border-strong-line text-transparent transition-colors group-data-selected:border-accent group-data-selected:bg-accent group-data-selected:text-on-accent"
        >
          <Check size={14} strokeWidth={3} />
        </span>
      </CheckboxButton>
    </CheckboxField>
  );
}
