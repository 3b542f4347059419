import { ChevronDown } from "lucide-react";
import {
  Button,
  ComboBox,
  FieldError,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from "react-aria-components";

interface SearchChoiceProps {
  label: string;
  name: string;
  choices: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

/// One of many, found by typing a part of it.
export function SearchChoice({ label, name, choices, value, onChange }: SearchChoiceProps) {
  return (
    <ComboBox
      name={name}
      defaultItems={choices.map((id) => ({ id }))}
      value={value}
      onChange={(key) => {
        if (typeof key === "string") onChange(key);
      }}
      className="flex flex-col gap-1.5"
    >
      <Label className="text-sm font-medium">{label}</Label>
      <Group className="flex h-10 rounded-xl border border-line bg-surface transition-colors hover:border-strong-line data-focus-within:border-accent data-invalid:border-bad">
        <Input className="w-full min-w-0 bg-transparent pl-3.5 text-base outline-none sm:text-sm" />
        <Button className="flex w-10 cursor-pointer items-center justify-center text-muted hover:text-ink">
          <ChevronDown aria-hidden size={16} />
        </Button>
      </Group>
      <FieldError className="text-[0.8125rem] font-medium text-bad" />
      <Popover className="max-h-72! w-(--trigger-width) overflow-auto rounded-xl bg-surface p-1.5 shadow-over ring-1 ring-line">
        <ListBox<{ id: string }> className="outline-none">
          {({ id }) => (
            <ListBoxItem
              id={id}
              textValue={id.replaceAll("_", " ")}
              className="cursor-pointer rounded-lg px-3 py-1.5 text-sm outline-none data-focused:bg-sunken data-selected:font-semibold data-selected:text-accent"
            >
              {id.replaceAll("_", " ")}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
