import { FileUp } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { Button } from "../../shared/components/button";
import { Field } from "../../shared/components/fields";
import { count } from "../analytics/figures";
import type { NumberList } from "./number-list";

interface NumberFieldProps {
  value: string;
  list: NumberList;
  onChange: (text: string) => void;
}

/// The numbers as a list or a table, typed, pasted or from a file; below it what was understood.
export function NumberField({ value, list, onChange }: NumberFieldProps) {
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Numbers"
        name="numbers"
        lines={5}
        placeholder={"number,name\n+14155551001,Ann\n+14155551002,Bob"}
        value={value}
        onChange={onChange}
      />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p role="status" className="min-w-0 flex-1 text-[0.8125rem] text-muted">
          {value.trim() === ""
            ? "One a line, or a table whose first row names the columns."
            : understood(list)}
        </p>
        <FileTrigger
          acceptedFileTypes={["text/csv", "text/plain", ".csv", ".txt"]}
          onSelect={(files) => {
            const file = files?.item(0);
            if (file) void file.text().then(onChange);
          }}
        >
          <Button size="small">
            <FileUp aria-hidden size={15} />
            From a file
          </Button>
        </FileTrigger>
      </div>
    </div>
  );
}

function understood({ numbers, columns, wrong, duplicates }: NumberList): string {
  const parts = [numbers.length === 1 ? "1 number" : `${count(numbers.length)} numbers`];
  if (columns.length > 0) parts.push(`with ${columns.join(", ")}`);
  if (duplicates > 0) parts.push(`${count(duplicates)} twice`);
  if (wrong.length > 0) parts.push(`${count(wrong.length)} left out, as “${wrong[0] ?? ""}” is no number`);
  return parts.join(" · ");
}
