import type { ReactNode } from "react";
import { Button } from "./button";
import { Problem } from "./layout";
import { Sheet } from "./sheet";
import { useAction } from "../hooks";

interface ConfirmProps {
  title: string;
  act: string;
  request: () => Promise<unknown>;
  done: () => void;
  close: () => void;
  children: ReactNode;
}

/// Asks once before something goes for good.
export function Confirm({ title, act, request, done, close, children }: ConfirmProps) {
  const acting = useAction();
  const run = async () => {
    if (!(await acting.run(request))) return;
    done();
    close();
  };
  return (
    <Sheet title={title} role="alertdialog" close={close}>
      <div className="mb-4 text-sm text-muted">{children}</div>
      <Problem error={acting.error} />
      <div className="mt-6 flex justify-end gap-3">
        <Button slot="close">Cancel</Button>
        <Button tone="bad" isPending={acting.busy} onPress={() => void run()}>
          {act}
        </Button>
      </div>
    </Sheet>
  );
}
