import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "react-aria-components";
import { isKey, keys } from "../phone-number";

const letters: Readonly<Record<string, string>> = {
  "2": "ABC",
  "3": "DEF",
  "4": "GHI",
  "5": "JKL",
  "6": "MNO",
  "7": "PQRS",
  "8": "TUV",
  "9": "WXYZ",
  "0": "+",
};

const flashMs = 220;

interface KeyPadProps {
  press: (key: string) => void;
  /// Keys pressed so far in this call.
  pressed: string;
}

/// The twelve keys of a telephone, by pointer or by keyboard: with the focus anywhere on the pad, 0-9, * and # press.
export function KeyPad({ press, pressed }: KeyPadProps) {
  const [flashing, setFlashing] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isKey(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    event.preventDefault();
    press(event.key);
    setFlashing(event.key);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setFlashing(""), flashMs);
  };

  return (
    <div role="group" aria-label="Key pad" onKeyDownCapture={onKeyDown} className="flex flex-col gap-3">
      <output
        aria-label="Keys pressed"
        className="flex h-9 items-center justify-center truncate text-xl font-medium tracking-[0.2em] tabular-nums"
      >
        {pressed || (
          <span className="text-sm tracking-normal text-muted">Press keys here or on the keyboard</span>
        )}
      </output>
      <div className="grid grid-cols-3 gap-2">
        {keys.map((key) => (
          <Button
            key={key}
            aria-label={`Key ${key}`}
            data-flashing={flashing === key || undefined}
            onPress={() => press(key)}
            className="flex h-14 cursor-pointer flex-col items-center justify-center rounded-2xl bg-sunken transition-[background-color,scale] duration-100 hover:bg-line data-flashing:bg-accent data-flashing:text-on-accent data-pressed:scale-95 data-pressed:bg-accent data-pressed:text-on-accent"
          >
            <span className="text-xl leading-none font-medium">{key}</span>
            {letters[key] && (
              <span className="mt-1 text-[0.625rem] leading-none tracking-[0.14em] opacity-80">
                {letters[key]}
              </span>
            )}
          </Button>
        ))}
      </div>
    </div>
  );
}
