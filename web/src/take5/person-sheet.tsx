import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { Problem } from "../shared/components/layout";
import { SearchChoice } from "../shared/components/search-choice";
import { Sheet } from "../shared/components/sheet";
import { useAction } from "../shared/hooks";
import { allTimezones } from "./moments";
import { tenDigits, type UserTerms } from "./people";

interface PersonSheetProps {
  title: string;
  start: UserTerms;
  save: (terms: UserTerms) => Promise<unknown>;
  saved: () => void;
  close: () => void;
}

export function PersonSheet(props: PersonSheetProps) {
  return (
    <Sheet title={props.title} close={props.close}>
      <Fields {...props} />
    </Sheet>
  );
}

function Fields({ start, save, saved, close }: PersonSheetProps) {
  const { givenName, familyName, phoneNumber, timezone } = start;
  const [terms, setTerms] = useState({ givenName, familyName, phoneNumber, timezone });
  const saving = useAction();
  const fields = saving.error?.fields ?? {};
  const typed = (name: keyof UserTerms) => ({
    name,
    value: terms[name],
    onChange: (text: string) => {
      saving.forgive(name);
      setTerms((now) => ({ ...now, [name]: text }));
    },
  });
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!(await saving.run(() => save({ ...terms, phoneNumber: tenDigits(terms.phoneNumber) })))) return;
    saved();
    close();
  };

  return (
    <Form validationErrors={fields} onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <div className="grid grid-cols-1 gap-5 sm:grid-cols-2">
        <Field label="Given name" autoComplete="off" {...typed("givenName")} />
        <Field label="Family name" autoComplete="off" {...typed("familyName")} />
      </div>
      <Field
        label="Phone number"
        type="tel"
        autoComplete="off"
        placeholder="555 123 4567"
        hint="Ten digits, as dialled in North America."
        {...typed("phoneNumber")}
      />
      <SearchChoice label="Time zone" choices={allTimezones(timezone)} {...typed("timezone")} />
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
