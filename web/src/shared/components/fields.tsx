import { ChevronDown, Minus, Plus } from "lucide-react";
import type { Ref } from "react";
import {
  Button,
  FieldError,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField,
  Popover,
  Select,
  SelectValue,
  Text,
  TextArea,
  TextField,
  type NumberFieldProps,
  type TextFieldProps,
} from "react-aria-components";

const box =
  "w-full rounded-xl border border-line bg-surface px-3.5 text-base sm:text-sm text-ink placeholder:text-muted/70 transition-colors hover:border-strong-line data-invalid:border-bad data-focused:border-accent";
const label = "text-sm font-medium";
const hint = "text-[0.8125rem] text-muted";

function Complaint() {
  return <FieldError className="text-[0.8125rem] font-medium text-bad" />;
}

interface FieldProps extends TextFieldProps {
  label: string;
  hint?: string;
  placeholder?: string;
  lines?: number;
  inputRef?: Ref<HTMLInputElement>;
}

export function Field({ label: name, hint: help, placeholder, lines, inputRef, ...rest }: FieldProps) {
  return (
    <TextField {...rest} className="flex flex-col gap-1.5">
      <Label className={label}>{name}</Label>
      {lines ? (
        <TextArea rows={lines} placeholder={placeholder} className={`${box} resize-y py-2.5`} />
      ) : (
        <Input ref={inputRef} placeholder={placeholder} className={`${box} h-10`} />
      )}
      {help && (
        <Text slot="description" className={hint}>
          {help}
        </Text>
      )}
      <Complaint />
    </TextField>
  );
}

interface AmountProps extends NumberFieldProps {
  label: string;
}

export function Amount({ label: name, ...rest }: AmountProps) {
  const stepper =
    "flex w-9 cursor-pointer items-center justify-center text-muted transition-colors hover:text-ink data-disabled:opacity-30";
  return (
    <NumberField {...rest} className="flex flex-col gap-1.5">
      <Label className={label}>{name}</Label>
      <Group className="flex h-10 rounded-xl border border-line bg-surface transition-colors hover:border-strong-line data-focus-within:border-accent data-invalid:border-bad">
        <Button slot="decrement" className={stepper}>
          <Minus aria-hidden size={15} />
        </Button>
        <Input className="w-full min-w-0 bg-transparent text-center text-base tabular-nums outline-none sm:text-sm" />
        <Button slot="increment" className={stepper}>
          <Plus aria-hidden size={15} />
        </Button>
      </Group>
      <Complaint />
    </NumberField>
  );
}

export interface Choice<T extends string> {
  id: T;
  name: string;
  about?: string;
}

interface ChoicesProps<T extends string> {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
}

export function Choices<T extends string>({ label: name, choices, value, onChange }: ChoicesProps<T>) {
  return (
    <Select
      value={value}
      onChange={(key) => {
        const chosen = choices.find((choice) => choice.id === key);
        if (chosen) onChange(chosen.id);
      }}
      className="flex flex-col gap-1.5"
    >
      <Label className={label}>{name}</Label>
      <Button className={`${box} flex h-10 cursor-pointer items-center justify-between gap-2 text-left`}>
        <SelectValue className="truncate [&_[slot=description]]:hidden" />
        <ChevronDown aria-hidden size={16} className="shrink-0 text-muted" />
      </Button>
      <Popover className="min-w-(--trigger-width) overflow-auto rounded-xl bg-surface p-1.5 shadow-over ring-1 ring-line">
        <ListBox className="outline-none">
          {choices.map((choice) => (
            <ListBoxItem
              key={choice.id}
              id={choice.id}
              textValue={choice.name}
              className="flex cursor-pointer flex-col rounded-lg px-3 py-2 text-sm outline-none data-focused:bg-sunken data-selected:font-semibold data-selected:text-accent"
            >
              <Text slot="label">{choice.name}</Text>
              {choice.about && (
                <Text slot="description" className="text-[0.8125rem] font-normal text-muted">
                  {choice.about}
                </Text>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
