import { CircleCheck, CircleX, LoaderCircle } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "../../shared/components/button";
import { Field } from "../../shared/components/fields";
import { Problem } from "../../shared/components/layout";
import { useAction } from "../../shared/hooks";
import { cleanNumber } from "../../shared/phone-number";
import { links } from "../../shared/router";
import { settings, type TrunkLine, type TrunkReport } from "./settings-api";

const names: Readonly<Record<TrunkLine["what"], string>> = {
  address: "Address",
  registration: "Registration",
  route: "Route",
  call: "Test call",
  audio: "Audio",
};

interface TrunkTestProps {
  name: string;
  /// Back to the form; nothing for a trunk whose form is gone.
  change?: (() => void) | undefined;
}

/// Calls a number by the trunk and shows what works, and what to do about what does not.
export function TrunkTest({ name, change }: TrunkTestProps) {
  const [to, setTo] = useState("");
  const [report, setReport] = useState<TrunkReport | null>(null);
  const checking = useAction();
  const fields = checking.error?.fields ?? {};
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setReport(null);
    void checking.run(async () => setReport(await settings.checkTrunk(name, cleanNumber(to))));
  };
  return (
    <div className="flex flex-col gap-5">
      <Form validationErrors={fields} onSubmit={submit} className="flex flex-col gap-3">
        <Field
          label="Number to call"
          name="to"
          type="tel"
          autoComplete="off"
          placeholder="+12025550142"
          hint="One that you can pick up: a sentence is spoken to you."
          value={to}
          onChange={(typed) => {
            checking.forgive("to");
            setTo(typed);
          }}
        />
        {Object.keys(fields).length === 0 && <Problem error={checking.error} />}
        <Button type="submit" tone="primary" className="self-start" isPending={checking.busy}>
          {report ? "Test again" : "Test call"}
        </Button>
      </Form>
      <div role="status" className="flex flex-col gap-4">
        {checking.busy && (
          <p className="flex items-center gap-2.5 text-sm text-muted">
            <LoaderCircle aria-hidden size={18} className="animate-spin" />
            Calling, up to 40 seconds. Pick up and listen.
          </p>
        )}
        {report && <Report report={report} />}
      </div>
      <div className="flex justify-end gap-3">
        {change && report && !report.ok && <Button onPress={change}>Change the form</Button>}
        <Button slot="close" tone={report?.ok ? "primary" : "plain"}>
          Done
        </Button>
      </div>
    </div>
  );
}

function Report({ report }: { report: TrunkReport }) {
  return (
    <>
      <p className={`font-semibold ${report.ok ? "text-good" : "text-bad"}`}>
        {report.ok ? "The trunk works." : "Not yet: see what to do."}
      </p>
      <ul aria-label="What was seen" className="flex flex-col gap-3">
        {report.lines.map((line) => (
          <li key={line.what} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm">
            {line.ok ? (
              <CircleCheck aria-label="OK" size={19} className="text-good" />
            ) : (
              <CircleX aria-label="To fix" size={19} className="text-bad" />
            )}
            <div className="flex flex-col gap-0.5">
              <span>
                <span className="font-medium">{names[line.what]}</span>{" "}
                <span className="wrap-anywhere text-muted">{line.seen}</span>
              </span>
              {line.fix && <span className="font-medium">{line.fix}</span>}
            </div>
          </li>
        ))}
      </ul>
      {report.call_sid && (
        <a href={links.call(report.call_sid)} className="rounded text-sm text-accent hover:underline">
          Each step of the test call
        </a>
      )}
    </>
  );
}
