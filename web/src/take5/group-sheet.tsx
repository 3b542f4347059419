import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "../shared/components/button";
import { Amount, Choices, Field, type Choice } from "../shared/components/fields";
import { Problem } from "../shared/components/layout";
import { Sheet } from "../shared/components/sheet";
import { Switch } from "../shared/components/switch";
import { useAction } from "../shared/hooks";
import { MemberPicker } from "./member-picker";
import { mostCalls, type Cadence, type Group, type GroupTerms, type User } from "./people";

export const emptyGroup: GroupTerms = {
  name: "",
  users: [],
  cadence: "weekly",
  frequency: 1,
  duration: 5,
  enabled: true,
  smsReminder: true,
};

export function termsOf(group: Group): GroupTerms {
  const { name, cadence, frequency, duration, enabled, smsReminder } = group;
  return { name, cadence, frequency, duration, enabled, smsReminder, users: group.users.map(({ id }) => id) };
}

const cadences: readonly Choice<Cadence>[] = [
  { id: "daily", name: "Daily", about: "Each day between 9:00 and 20:00" },
  { id: "weekly", name: "Weekly", about: "On random days between 9:00 and 20:00" },
  { id: "monthly", name: "Monthly", about: "On random days between 10:00 and 18:00" },
];

const frequencyLabels: Readonly<Record<Cadence, string>> = {
  daily: "Calls a day",
  weekly: "Calls a week",
  monthly: "Calls a month",
};

interface GroupSheetProps {
  title: string;
  start: GroupTerms;
  users: readonly User[];
  save: (terms: GroupTerms) => Promise<unknown>;
  saved: () => void;
  close: () => void;
}

/// Makes a group, or changes one.
export function GroupSheet(props: GroupSheetProps) {
  return (
    <Sheet title={props.title} close={props.close}>
      <Fields {...props} />
    </Sheet>
  );
}

function Fields({ start, users, save, saved, close }: GroupSheetProps) {
  const [terms, setTerms] = useState(start);
  const saving = useAction();
  const fields = saving.error?.fields ?? {};
  const set = (change: Partial<GroupTerms>) => {
    for (const field of Object.keys(change)) saving.forgive(field);
    setTerms((now) => ({ ...now, ...change }));
  };
  const setCadence = (cadence: Cadence) =>
    set({ cadence, frequency: Math.min(terms.frequency, mostCalls[cadence]) });
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!(await saving.run(() => save(terms)))) return;
    saved();
    close();
  };

  return (
    <Form validationErrors={fields} onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <Field
        label="Name"
        name="name"
        autoComplete="off"
        placeholder="Daily check-in"
        value={terms.name}
        onChange={(name) => set({ name })}
      />
      <MemberPicker users={users} chosen={terms.users} choose={(chosen) => set({ users: chosen })} />
      <div className="grid grid-cols-1 gap-5 sm:grid-cols-3">
        <Choices label="Cadence" choices={cadences} value={terms.cadence} onChange={setCadence} />
        <Amount
          label={frequencyLabels[terms.cadence]}
          name="frequency"
          minValue={1}
          maxValue={mostCalls[terms.cadence]}
          value={terms.frequency}
          isDisabled={terms.cadence === "daily"}
          onChange={(frequency) => set({ frequency })}
        />
        <Amount
          label="Minutes"
          name="duration"
          minValue={5}
          maxValue={120}
          value={terms.duration}
          onChange={(duration) => set({ duration })}
        />
      </div>
      <div className="flex flex-col gap-3">
        <Switch isSelected={terms.smsReminder} onChange={(smsReminder) => set({ smsReminder })}>
          Text message before each call
        </Switch>
        <Switch isSelected={terms.enabled} onChange={(enabled) => set({ enabled })}>
          Call at the drawn moments
        </Switch>
      </div>
      {Object.keys(fields).length === 0 && <Problem error={saving.error} />}
      <div className="mt-1 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button type="submit" tone="primary" isPending={saving.busy}>
          Save
        </Button>
      </div>
    </Form>
  );
}
