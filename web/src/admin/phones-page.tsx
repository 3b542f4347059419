import { Plus, Smartphone } from "lucide-react";
import { useEffect, useState } from "react";
import { HttpsNotice } from "../kin/https-notice";
import { Button } from "../shared/components/button";
import { Empty, PageFrame, Problem } from "../shared/components/layout";
import { Sheet } from "../shared/components/sheet";
import { formatNumber } from "../shared/format";
import { useLoad } from "../shared/hooks";
import { isKey } from "../shared/phone-number";
import { links } from "../shared/router";
import { selectPhones } from "../shared/state";
import { readPhones, useBelfry } from "../shared/store";
import { fromPhone, newPhone, type BehaviourForm } from "./behaviour";
import { freeNumber } from "./first-call";
import { PhoneCard } from "./phone-card";
import { ForgetPhones } from "./forget-phones";
import { PhoneForm } from "./phone-form";

export function PhonesPage() {
  const state = useBelfry();
  const [form, setForm] = useState<{ start: BehaviourForm; isNew: boolean } | null>(null);
  const [forgetting, setForgetting] = useState(false);
  /// The number of the phone that this browser is.
  const [held, setHeld] = useState("");
  const [askedFor, setAskedFor] = useState("");
  const hold = (number: string) => (location.protocol === "https:" ? setHeld(number) : setAskedFor(number));
  const { error, loading, reload } = useLoad(readPhones, state.connections);
  const phones = selectPhones(state);
  const create = () => setForm({ start: { ...newPhone, number: freeNumber(phones) }, isNew: true });
  useKeysForTheOnlyCall();

  return (
    <PageFrame
      title="Phones"
      about="Simulated phones inside Belfry: for your tests, or for you to pick up."
      actions={
        <div className="flex gap-2">
          {phones.length > 0 && (
            <Button tone="quiet" onPress={() => setForgetting(true)}>
              Forget all
            </Button>
          )}
          <Button tone="primary" onPress={create}>
            <Plus aria-hidden size={17} />
            New phone
          </Button>
        </div>
      }
    >
      {error?.status === 404 ? (
        <Empty icon={<Smartphone size={22} />} title="The simulator is off">
          Calls go out over your trunks. Start Belfry with the simulator to have phones here.
        </Empty>
      ) : (
        <Problem error={error} retry={reload} />
      )}
      {phones.length > 0 && (
        <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
          {phones.map((phone) => (
            <PhoneCard
              key={phone.number}
              phone={phone}
              change={() => setForm({ start: fromPhone(phone), isNew: false })}
              isHeld={phone.number === held}
              hold={held ? undefined : () => hold(phone.number)}
              putDown={() => setHeld("")}
            />
          ))}
        </div>
      )}
      {phones.length === 0 && !loading && !error && (
        <Empty icon={<Smartphone size={22} />} title="No phones yet">
          A number that is called becomes a phone by itself: it answers after a second and listens. Make one
          here to choose what it does.
          <Button tone="primary" onPress={create}>
            <Plus aria-hidden size={17} />
            New phone
          </Button>
        </Empty>
      )}
      {forgetting && <ForgetPhones close={() => setForgetting(false)} />}
      {askedFor && (
        <Sheet title={`Use ${formatNumber(askedFor)} in this browser`} close={() => setAskedFor("")}>
          <HttpsNotice hash={links.phones} />
        </Sheet>
      )}
      {form && <PhoneForm start={form.start} isNew={form.isNew} close={() => setForm(null)} />}
    </PageFrame>
  );
}

/// With one phone in a call, the keyboard's digits reach its key pad from anywhere on the page but from a field:
/// the pad's own handler does the pressing, this only gives it the focus and the key.
function useKeysForTheOnlyCall() {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (
        !isKey(event.key) ||
        event.defaultPrevented ||
        target.closest("input, textarea, [role=dialog], [aria-label='Key pad']")
      )
        return;
      const pads = document.querySelectorAll<HTMLElement>("[aria-label='Key pad']");
      const pad = pads[0];
      if (!pad || pads.length > 1) return;
      pad.querySelector<HTMLElement>(`[aria-label='Key ${event.key}']`)?.focus();
      pad.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true }));
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
