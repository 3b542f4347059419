import { describe } from "./answering";
import type { Application, PhoneNumber } from "./settings-api";

interface AnswersByProps {
  value: Application | PhoneNumber;
  applications?: readonly Application[];
}

/// What answers calls and messages, in one or two lines.
export function AnswersBy({ value, applications }: AnswersByProps) {
  const { calls, messages } = describe(value, applications);
  return (
    <dl className="flex flex-col gap-0.5">
      <div className="flex gap-2">
        <dt className="w-20 shrink-0">Calls</dt>
        <dd className="min-w-0 wrap-anywhere text-ink">{calls || "nobody answers"}</dd>
      </div>
      {messages && (
        <div className="flex gap-2">
          <dt className="w-20 shrink-0">Messages</dt>
          <dd className="min-w-0 wrap-anywhere text-ink">{messages}</dd>
        </div>
      )}
    </dl>
  );
}
