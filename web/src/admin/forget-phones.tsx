import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Problem } from "../shared/components/layout";
import { Sheet } from "../shared/components/sheet";
import { useAction } from "../shared/hooks";
import { currentRevision, dispatch } from "../shared/store";

/// Asks once, because what the phones heard cannot be brought back.
export function ForgetPhones({ close }: { close: () => void }) {
  const forgetting = useAction();
  const forget = async () => {
    const done = await forgetting.run(() => api.forgetPhones());
    if (!done) return;
    dispatch({ do: "replace-phones", phones: [], asOf: currentRevision() });
    close();
  };
  return (
    <Sheet title="Forget all phones?" role="alertdialog" close={close}>
      <p className="text-sm text-muted">
        Their behaviour, their calls and what they heard are gone for good.
      </p>
      <Problem error={forgetting.error} />
      <div className="mt-6 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button tone="bad" isPending={forgetting.busy} onPress={() => void forget()}>
          Forget all phones
        </Button>
      </div>
    </Sheet>
  );
}
