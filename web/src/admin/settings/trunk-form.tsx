import { ChevronRight } from "lucide-react";
import type { SyntheticEvent } from "react";
import {
  Button as AriaButton,
  CheckboxButton,
  CheckboxField,
  Disclosure,
  DisclosurePanel,
  Form,
  Heading,
} from "react-aria-components";
import { Button } from "../../shared/components/button";
import { Amount, Choices, Field } from "../../shared/components/fields";
import { Problem } from "../../shared/components/layout";
import type { ActionState } from "../../shared/hooks";
import type { TrunkForm } from "./trunk-terms";

interface TrunkFieldsProps {
  form: TrunkForm;
  set: (change: Partial<TrunkForm>) => void;
  saving: ActionState;
  save: () => void;
}

/// What a carrier tells its customer, and under *More* what seldom matters.
export function TrunkFields({ form, set, saving, save }: TrunkFieldsProps) {
  const fields = saving.error?.fields ?? {};
  const typed = (field: string, name: keyof TrunkForm) => ({
    name: field,
    autoComplete: "off",
    value: String(form[name]),
    onChange: (text: string) => {
      saving.forgive(field);
      set({ [name]: text });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save();
  };
  return (
    <Form validationErrors={fields} onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" placeholder="main" hint="For you: letters and digits." {...typed("name", "name")} />
      <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
        <Field label="Host" placeholder="sip.example.com" {...typed("host", "host")} />
        <Choices
          label="Transport"
          choices={[
            { id: "udp", name: "UDP" },
            { id: "tcp", name: "TCP" },
            { id: "tls", name: "TLS" },
          ]}
          value={form.transport}
          onChange={(transport) => set({ transport })}
        />
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="User name" {...typed("username", "username")} />
        <Field
          label="Password"
          type="password"
          {...typed("password", "password")}
          autoComplete="new-password"
        />
      </div>
      <CheckboxField isSelected={form.register} onChange={(register) => set({ register })}>
        <CheckboxButton className="group flex cursor-pointer items-center gap-3 text-sm">
          <span
            aria-hidden
            className="flex size-5 shrink-0 items-center justify-center rounded-md border border-strong-line text-xs text-on-accent group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-accent group-data-selected:border-accent group-data-selected:bg-accent"
          >
            {form.register ? "✓" : ""}
          </span>
          Register there, so that calls come in without a fixed address
        </CheckboxButton>
      </CheckboxField>
      <Field
        label="Numbers that go out by it"
        placeholder="+1, +44"
        hint="Their beginnings. Empty: every number."
        {...typed("prefixes", "prefixes")}
      />
      <Field label="Caller ID" type="tel" placeholder="+12025550142" {...typed("caller_id", "callerId")} />
      <Disclosure className="group">
        <Heading>
          <AriaButton
            slot="trigger"
            className="flex cursor-pointer items-center gap-1.5 rounded text-sm font-medium text-muted hover:text-ink"
          >
            <ChevronRight
              aria-hidden
              size={16}
              className="transition-transform group-data-expanded:rotate-90"
            />
            More
          </AriaButton>
        </Heading>
        <DisclosurePanel>
          <div className="grid items-start gap-4 pt-4 sm:grid-cols-2">
            <Choices
              label="Encrypted audio (SRTP)"
              choices={[
                { id: "off", name: "Off" },
                { id: "optional", name: "If the carrier offers it" },
                { id: "required", name: "Only" },
              ]}
              value={form.srtp}
              onChange={(srtp) => set({ srtp })}
            />
            <Field
              label="Country"
              placeholder="US"
              hint="If it speaks national numbers."
              {...typed("country", "country")}
            />
            <Amount
              label="Calls a second"
              minValue={1}
              maxValue={10_000}
              value={form.callsPerSecond}
              onChange={(callsPerSecond) => set({ callsPerSecond })}
            />
            <Amount
              label="Calls at once"
              minValue={1}
              maxValue={10_000}
              value={form.channels}
              onChange={(channels) => set({ channels })}
            />
            <Amount
              label="Calls that may wait"
              minValue={1}
              maxValue={10_000}
              value={form.waiting}
              onChange={(waiting) => set({ waiting })}
            />
          </div>
        </DisclosurePanel>
      </Disclosure>
      {Object.keys(fields).length === 0 && <Problem error={saving.error} />}
      <div className="mt-2 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button type="submit" tone="primary" isPending={saving.busy}>
          Save and test
        </Button>
      </div>
    </Form>
  );
}
