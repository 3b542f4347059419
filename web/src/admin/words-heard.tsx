import { useEffect, useRef } from "react";
import { formatOffset } from "../shared/format";
import type { Heard } from "../shared/types";

interface WordsHeardProps {
  heard: readonly Heard[];
  live: boolean;
}

/// What was said to a phone, as it is said. The newest words stay in view and are read to a screen reader.
export function WordsHeard({ heard, live }: WordsHeardProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (live && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [heard, live]);

  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <h3 className="text-[0.8125rem] font-medium text-muted">Words heard</h3>
      {/* Scrolls when long, so it must be reachable by keyboard. */}
      <div
        ref={box}
        tabIndex={0}
        aria-live={live ? "polite" : "off"}
        role="group"
        aria-label="Transcript"
        className={`${live ? "max-h-64" : "max-h-36"} flex-1 overflow-y-auto rounded-xl bg-sunken p-3.5`}
      >
        <ul aria-label="Words heard" className="flex flex-col gap-2.5">
          {heard.map(({ at_ms, text }) => (
            <li
              key={`${at_ms} ${text}`}
              className="grid animate-appear grid-cols-[3.25rem_minmax(0,1fr)] gap-2 text-sm"
            >
              <span className="pt-px text-right text-xs leading-5 text-muted tabular-nums">
                {formatOffset(at_ms)}
              </span>
              <span className="break-words">{text}</span>
            </li>
          ))}
        </ul>
        {heard.length === 0 && (
          <p className="text-sm text-muted">{live ? "Listening…" : "Nothing was said."}</p>
        )}
      </div>
    </div>
  );
}
