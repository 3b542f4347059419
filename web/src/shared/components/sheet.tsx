import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

interface SheetProps {
  title: string;
  role?: "dialog" | "alertdialog";
  close: () => void;
  children: ReactNode;
}

/// A dialog in the middle of a wide screen, at the bottom of a phone's. Holds the focus; Escape closes it.
export function Sheet({ title, role = "dialog", close, children }: SheetProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={role === "dialog"}
      onOpenChange={(open) => {
        if (!open) close();
      }}
      className="fixed inset-0 z-40 flex items-end justify-center bg-scrim sm:items-center sm:p-6"
    >
      <Modal className="max-h-dvh w-full max-w-lg animate-appear overflow-y-auto rounded-t-3xl bg-surface shadow-over ring-1 ring-line sm:rounded-3xl">
        <Dialog role={role} className="p-6 outline-none sm:p-7">
          <Heading slot="title" className="mb-5 text-lg font-semibold tracking-tight">
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
