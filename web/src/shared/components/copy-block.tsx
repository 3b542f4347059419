import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "./button";

/// A command to take along. Over plain HTTP from another machine browsers offer no clipboard; then the text is
/// selected instead, ready for the keyboard's copy.
export function CopyBlock({ text, label }: { text: string; label: string }) {
  const code = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      if (code.current) getSelection()?.selectAllChildren(code.current);
    }
  };

  return (
    <div className="flex items-start rounded-xl bg-sunken ring-1 ring-line">
      <pre
        aria-label={label}
        className="min-w-0 flex-1 rounded-xl p-4 font-mono text-[0.8125rem] leading-relaxed break-words whitespace-pre-wrap"
      >
        <code ref={code}>{text}</code>
      </pre>
      <Button
        tone="quiet"
        size="small"
        className="m-2 px-2 hover:bg-line"
        aria-label="Copy"
        onPress={() => void copy()}
      >
        {copied ? <Check aria-hidden size={16} className="text-good" /> : <Copy aria-hidden size={16} />}
      </Button>
      <span aria-live="polite" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </div>
  );
}
