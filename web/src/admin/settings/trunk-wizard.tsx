import { useState } from "react";
import { Sheet } from "../../shared/components/sheet";
import { useAction } from "../../shared/hooks";
import { settings } from "./settings-api";
import { TrunkFields } from "./trunk-form";
import { newTrunk, toTerms } from "./trunk-terms";
import { TrunkTest } from "./trunk-test";

interface TrunkWizardProps {
  /// Called whenever trunks have changed.
  changed: () => void;
  close: () => void;
}

/// From what the carrier's mail says to a call that was heard: form, saved, test call, what to fix, again.
export function TrunkWizard({ changed, close }: TrunkWizardProps) {
  const [form, setForm] = useState(newTrunk);
  const [saved, setSaved] = useState<string | null>(null);
  const saving = useAction();
  const changing = useAction();

  const save = () =>
    void saving.run(async () => {
      const { name } = await settings.setUpTrunk(toTerms(form));
      setSaved(name);
      changed();
    });
  // What runs is not changed: it goes, and what the form then says comes in its place.
  const change = () =>
    void changing.run(async () => {
      if (saved !== null) await settings.removeTrunk(saved);
      setSaved(null);
      changed();
    });

  return (
    <Sheet title={saved === null ? "Add trunk" : `Test ${saved}`} close={close}>
      <Steps current={saved === null ? 0 : 1} />
      {saved === null ? (
        <TrunkFields
          form={form}
          set={(part) => setForm((now) => ({ ...now, ...part }))}
          saving={saving}
          save={save}
        />
      ) : (
        <TrunkTest name={saved} change={change} />
      )}
    </Sheet>
  );
}

function Steps({ current }: { current: number }) {
  return (
    <ol className="mb-5 flex gap-2 text-[0.8125rem] font-medium">
      {["Carrier", "Test call"].map((name, step) => (
        <li
          key={name}
          aria-current={step === current ? "step" : undefined}
          className={`flex-1 border-t-2 pt-2 ${step <= current ? "border-accent text-accent" : "border-line text-muted"}`}
        >
          {step + 1} {name}
        </li>
      ))}
    </ol>
  );
}
