import type { ReactNode } from "react";
import { SwitchButton, SwitchField, type SwitchFieldProps } from "react-aria-components";

/// On or off: at the end of its line, as a slide.
export function Switch({ children, ...rest }: Omit<SwitchFieldProps, "children"> & { children: ReactNode }) {
  return (
    <SwitchField {...rest}>
      <SwitchButton className="group flex cursor-pointer items-center justify-between gap-4 text-sm font-medium">
        {children}
        <span
          aria-hidden
          className="flex h-6 w-10 shrink-0 items-center rounded-full bg-strong-line p-0.5 outline-offset-2 transition-colors group-data-focus-visible:outline-2 group-data-focus-visible:outline-accent group-data-selected:bg-accent"
        >
          <span className="size-5 rounded-full bg-surface transition-transform group-data-selected:translate-x-4" />
        </span>
      </SwitchButton>
    </SwitchField>
  );
}
