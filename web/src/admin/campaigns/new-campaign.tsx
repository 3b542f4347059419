import { useState, type ReactNode, type SyntheticEvent } from "react";
import { CheckboxButton, CheckboxField, CheckboxGroup, Form, Label } from "react-aria-components";
import { ApiError } from "../../shared/api-error";
import { Button } from "../../shared/components/button";
import { Amount, Choices, Field } from "../../shared/components/fields";
import { Problem } from "../../shared/components/layout";
import { Sheet } from "../../shared/components/sheet";
import { useAction } from "../../shared/hooks";
import {
  complaintsAbout,
  emptyForm,
  outcomeWord,
  retried,
  toTerms,
  ways,
  wayWords,
  type CampaignForm,
  type Way,
} from "./campaign-terms";
import { campaigns } from "./campaigns-api";
import { inPieces, missingValues, readNumbers } from "./number-list";
import { NumberField } from "./number-field";

interface NewCampaignProps {
  made: (id: string) => void;
  close: () => void;
}

/// Makes a draft: nobody is called before it is started.
export function NewCampaign({ made, close }: NewCampaignProps) {
  return (
    <Sheet title="New campaign" close={close}>
      <Fields made={made} />
    </Sheet>
  );
}

const examples: Readonly<Record<Way, string>> = {
  say: "Hello {{name}}, the office moves on Monday.",
  twiml: "<Response><Say>Hello {{name}}.</Say></Response>",
  url: "https://example.com/voice?name={{name}}",
};

function Fields({ made }: Pick<NewCampaignProps, "made">) {
  const [form, setForm] = useState<CampaignForm>(emptyForm);
  const saving = useAction();
  const complaints = saving.error?.fields ?? {};
  const list = readNumbers(form.numbers);
  const missing = missingValues(form.what, list.columns);
  const set = (change: Partial<CampaignForm>, ...fields: string[]) => {
    fields.forEach(saving.forgive);
    setForm((now) => ({ ...now, ...change }));
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void saving.run(async () => {
      const found = complaintsAbout(form, list.numbers.length);
      if (Object.keys(found).length > 0) throw new ApiError(422, "Please correct the marked fields.", found);
      const [first = [], ...rest] = inPieces(list.numbers);
      const { id } = await campaigns.create(toTerms(form), first);
      for (const piece of rest) await campaigns.addNumbers(id, piece);
      made(id);
    });
  };

  return (
    <Form validationErrors={complaints} onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label="Name"
        name="name"
        autoComplete="off"
        value={form.name}
        onChange={(name) => set({ name }, "name")}
      />
      <Choices
        label="The calls"
        choices={ways.map((id) => ({ id, name: wayWords[id] }))}
        value={form.way}
        onChange={(way) => set({ way }, ...ways)}
      />
      <Field
        key={form.way}
        label={form.way === "url" ? "URL" : form.way === "twiml" ? "TwiML" : "Text"}
        name={form.way}
        placeholder={examples[form.way]}
        {...(form.way !== "url" && { lines: form.way === "twiml" ? 5 : 3 })}
        value={form.what}
        onChange={(what) => set({ what }, form.way)}
      />
      <NumberField value={form.numbers} list={list} onChange={(numbers) => set({ numbers }, "numbers")} />
      {missing.length > 0 && list.numbers.length > 0 && (
        <p role="status" className="text-[0.8125rem] font-medium text-bad">
          No number has a value for {missing.map((name) => `{{${name}}}`).join(", ")}.
        </p>
      )}
      <Pace form={form} set={set} />
      <Retry form={form} set={set} />
      <Pair>
        <Field
          label="Not before"
          name="calling_hours"
          type="time"
          value={form.hoursFrom}
          onChange={(hoursFrom) => set({ hoursFrom }, "calling_hours")}
        />
        <Field
          label="Not after"
          type="time"
          value={form.hoursUntil}
          onChange={(hoursUntil) => set({ hoursUntil }, "calling_hours")}
        />
      </Pair>
      <p className="-mt-2 text-[0.8125rem] text-muted">
        By the callee’s clock. Without them calls through trunks are made from 8:00 to 21:00.
      </p>
      <Problem error={saving.error} />
      <div className="mt-2 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button tone="primary" type="submit" isPending={saving.busy}>
          Save as draft
        </Button>
      </div>
    </Form>
  );
}

interface PartProps {
  form: CampaignForm;
  set: (change: Partial<CampaignForm>, ...fields: string[]) => void;
}

function Pace({ form, set }: PartProps) {
  return (
    <Pair>
      <Amount
        label="Calls a second"
        name="calls_per_second"
        minValue={0.1}
        maxValue={100}
        step={0.1}
        value={form.perSecond}
        onChange={(perSecond) => set({ perSecond }, "calls_per_second")}
      />
      <Amount
        label="At once"
        name="at_once"
        minValue={1}
        maxValue={1000}
        value={form.atOnce}
        onChange={(atOnce) => set({ atOnce }, "at_once")}
      />
    </Pair>
  );
}

function Retry({ form, set }: PartProps) {
  return (
    <>
      <Pair>
        <Amount
          label="Tries for a number"
          name="retry"
          minValue={1}
          maxValue={20}
          value={form.attempts}
          onChange={(attempts) => set({ attempts }, "retry")}
        />
        <Amount
          label="Minutes between"
          minValue={0}
          maxValue={10_080}
          isDisabled={form.attempts === 1}
          value={form.delayMinutes}
          onChange={(delayMinutes) => set({ delayMinutes }, "retry")}
        />
      </Pair>
      {form.attempts > 1 && (
        <CheckboxGroup
          value={[...form.on]}
          onChange={(on) => set({ on: retried.filter((cause) => on.includes(cause)) }, "retry")}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm"
        >
          <Label className="font-medium">Try again after</Label>
          {retried.map((cause) => (
            <Tick key={cause} value={cause}>
              {outcomeWord(cause)}
            </Tick>
          ))}
        </CheckboxGroup>
      )}
    </>
  );
}

function Tick({ value, children }: { value: string; children: ReactNode }) {
  return (
    <CheckboxField value={value}>
      <CheckboxButton className="group flex cursor-pointer items-center gap-2">
        <span
          aria-hidden
          className="flex size-5 items-center justify-center rounded-md border border-strong-line text-xs font-bold text-transparent group-data-focus-visible:outline-2 group-data-focus-visible:outline-accent group-data-selected:border-accent group-data-selected:bg-accent group-data-selected:text-on-accent"
        >
          ✓
        </span>
        {children}
      </CheckboxButton>
    </CheckboxField>
  );
}

function Pair({ children }: { children: ReactNode }) {
  return <div className="grid grid-cols-2 items-start gap-4">{children}</div>;
}
