import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "../../shared/components/button";
import { Choices, Field } from "../../shared/components/fields";
import { Problem } from "../../shared/components/layout";
import { Sheet } from "../../shared/components/sheet";
import { useAction } from "../../shared/hooks";
import type { AnsweringForm, VoiceBy } from "./answering";
import type { Application } from "./settings-api";

interface AnsweringSheetProps {
  title: string;
  start: AnsweringForm;
  /// A number, with the applications that may answer it; nothing for an application.
  number?: { isNew: boolean; applications: readonly Application[] };
  save: (form: AnsweringForm) => Promise<unknown>;
  saved: () => void;
  close: () => void;
}

/// Makes a number or an application, or changes what answers it.
export function AnsweringSheet(props: AnsweringSheetProps) {
  return (
    <Sheet title={props.title} close={props.close}>
      <Fields {...props} />
    </Sheet>
  );
}

function Fields({ start, number, save, saved, close }: AnsweringSheetProps) {
  const [form, setForm] = useState(start);
  const saving = useAction();
  const fields = saving.error?.fields ?? {};
  const set = (change: Partial<AnsweringForm>) => setForm((now) => ({ ...now, ...change }));
  const typed = (field: string, name: keyof AnsweringForm) => ({
    name: field,
    value: form[name],
    onChange: (text: string) => {
      saving.forgive(field);
      set({ [name]: text });
    },
  });
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!(await saving.run(() => save(form)))) return;
    saved();
    close();
  };

  return (
    <Form validationErrors={fields} onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {number && (
        <Field
          label="Number"
          type="tel"
          autoComplete="off"
          isReadOnly={!number.isNew}
          placeholder="+12025550142"
          {...typed("phone_number", "phoneNumber")}
        />
      )}
      <Field label="Name" autoComplete="off" {...typed("friendly_name", "friendlyName")} />
      <Choices
        label="Calls are answered by"
        choices={waysFor(number)}
        value={form.voiceBy}
        onChange={(voiceBy) => set({ voiceBy })}
      />
      {form.voiceBy === "url" && (
        <>
          <WithMethod
            method={form.voiceMethod}
            onChange={(voiceMethod) => set({ voiceMethod })}
            label="Voice method"
          >
            <Field
              label="Voice URL"
              type="url"
              autoComplete="off"
              placeholder="https://example.com/voice"
              {...typed("voice_url", "voiceUrl")}
            />
          </WithMethod>
          <Field
            label="If that fails"
            type="url"
            autoComplete="off"
            placeholder="https://example.com/fallback"
            {...typed("voice_fallback_url", "fallbackUrl")}
          />
        </>
      )}
      {form.voiceBy === "twiml" && <Field label="TwiML" lines={6} {...typed("twiml", "twiml")} />}
      {form.voiceBy === "application" && number && (
        <Choices
          label="Application"
          choices={number.applications.map(({ sid, friendly_name: name }) => ({
            id: sid,
            name: name ?? sid,
          }))}
          value={form.voiceApplication}
          onChange={(voiceApplication) => set({ voiceApplication })}
        />
      )}
      <Field
        label="Call status goes to"
        type="url"
        autoComplete="off"
        placeholder="https://example.com/status"
        {...typed("status_callback", "statusCallback")}
      />
      <WithMethod method={form.smsMethod} onChange={(smsMethod) => set({ smsMethod })} label="Message method">
        <Field
          label="Message URL"
          type="url"
          autoComplete="off"
          placeholder="https://example.com/sms"
          {...typed("sms_url", "smsUrl")}
        />
      </WithMethod>
      {Object.keys(fields).length === 0 && <Problem error={saving.error} />}
      <div className="mt-2 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button type="submit" tone="primary" isPending={saving.busy}>
          Save
        </Button>
      </div>
    </Form>
  );
}

function waysFor(number: AnsweringSheetProps["number"]): { id: VoiceBy; name: string; about: string }[] {
  const ways: { id: VoiceBy; name: string; about: string }[] = [
    { id: "url", name: "A web application", about: "Belfry asks it what to do with each call." },
    { id: "twiml", name: "TwiML", about: "The same document for every call." },
    { id: "nobody", name: "Nobody", about: "Calls are refused." },
  ];
  if (number && number.applications.length > 0)
    ways.unshift({
      id: "application",
      name: "An application",
      about: "One for as many numbers as you like.",
    });
  return ways;
}

interface WithMethodProps {
  label: string;
  method: "GET" | "POST";
  onChange: (method: "GET" | "POST") => void;
  children: React.ReactNode;
}

function WithMethod({ label, method, onChange, children }: WithMethodProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_8.5rem] items-start gap-3">
      {children}
      <Choices
        label={label}
        choices={[
          { id: "POST", name: "POST" },
          { id: "GET", name: "GET" },
        ]}
        value={method}
        onChange={onChange}
      />
    </div>
  );
}
