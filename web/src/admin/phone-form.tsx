import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Amount, Choices, Field } from "../shared/components/fields";
import { Problem } from "../shared/components/layout";
import { Sheet } from "../shared/components/sheet";
import { useAction } from "../shared/hooks";
import { cleanNumber, isDialable } from "../shared/phone-number";
import { readPhone } from "../shared/store";
import { answersByItself, behaviours, toBehaviour, type BehaviourForm } from "./behaviour";

interface PhoneFormProps {
  start: BehaviourForm;
  isNew: boolean;
  close: () => void;
}

/// Makes a simulated phone or changes how one behaves.
export function PhoneForm({ start, isNew, close }: PhoneFormProps) {
  return (
    <Sheet title={isNew ? "New phone" : "Change behaviour"} close={close}>
      <Fields start={start} isNew={isNew} close={close} />
    </Sheet>
  );
}

function Fields({ start, isNew, close }: PhoneFormProps) {
  const [form, setForm] = useState(start);
  const saving = useAction();
  const set = (change: Partial<BehaviourForm>) => setForm((now) => ({ ...now, ...change }));

  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    const number = cleanNumber(form.number);
    const done = await saving.run(async () => {
      await api.setPhone(number, toBehaviour(form));
      await readPhone(number);
    });
    if (done) close();
  };

  return (
    <Form onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
      <Field
        label="Number"
        type="tel"
        autoComplete="off"
        isRequired
        isReadOnly={!isNew}
        value={form.number}
        onChange={(number) => set({ number })}
        validate={(number) =>
          isDialable(cleanNumber(number)) ? null : "Digits, with or without a plus sign before them."
        }
      />
      <Choices
        label="When it is called"
        choices={behaviours}
        value={form.onCall}
        onChange={(onCall) => set({ onCall })}
      />
      {answersByItself(form.onCall) && (
        <Amount
          label="Answers after (seconds)"
          minValue={0}
          maxValue={120}
          step={0.1}
          value={form.answerAfterSeconds}
          onChange={(answerAfterSeconds) => set({ answerAfterSeconds })}
        />
      )}
      {form.onCall === "answer" && (
        <Field
          label="Keys to press after speech"
          autoComplete="off"
          hint="May be left out. For instance 1, or 42#."
          value={form.pressAfterSpeech}
          onChange={(pressAfterSpeech) => set({ pressAfterSpeech })}
          validate={(keys) => (/^[0-9*#\s]*$/.test(keys) ? null : "Only 0 to 9, * and #.")}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Amount
          label="Packet loss (%)"
          minValue={0}
          maxValue={100}
          step={0.5}
          value={form.lossPercent}
          onChange={(lossPercent) => set({ lossPercent })}
        />
        <Amount
          label="Jitter (ms)"
          minValue={0}
          maxValue={1000}
          step={5}
          value={form.jitterMs}
          onChange={(jitterMs) => set({ jitterMs })}
        />
      </div>
      <Problem error={saving.error} />
      <div className="mt-2 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button type="submit" tone="primary" isPending={saving.busy}>
          {isNew ? "Create phone" : "Save"}
        </Button>
      </div>
    </Form>
  );
}
