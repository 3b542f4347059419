import { CircleStop, UserPlus } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { Form, ProgressBar } from "react-aria-components";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { Problem } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { formatDuration } from "../shared/format";
import { useAction, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import type { GroupCall } from "../shared/types";
import { callLook } from "./call-words";
import { CalledPerson } from "./called-person";
import type { User } from "./people";
import { take5 } from "./take5-api";

interface LiveCallProps {
  call: GroupCall;
  users: readonly User[];
  longestS: number;
}

/// A call that goes on: who is in it, who is still being rung, and what can be done about it.
export function LiveCall({ call, users, longestS }: LiveCallProps) {
  const { word, tone } = callLook(call.status);
  return (
    <section
      aria-label="Live call"
      className="flex animate-appear flex-col gap-5 rounded-2xl bg-surface p-5 shadow-card ring-2 ring-accent/50 sm:p-6"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div className="flex items-center gap-3">
          <h2 className="text-base font-semibold">Call</h2>
          <span role="status" className="flex">
            <Pill tone={tone}>{word}</Pill>
          </span>
          {call.conferenceSid && (
            <a
              href={links.conference(call.conferenceSid)}
              className="rounded text-sm font-medium text-accent hover:underline"
            >
              Who talks
            </a>
          )}
        </div>
        <End call={call} />
      </div>
      <Elapsed call={call} longestS={longestS} />
      <ul aria-label="Participants" className="flex flex-col">
        {call.participants.map((who) => (
          <CalledPerson key={who.participantId} call={call.callId} who={who} users={users} />
        ))}
      </ul>
      <AddNumber call={call} />
    </section>
  );
}

function End({ call }: { call: GroupCall }) {
  const ending = useAction();
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Problem error={ending.error} />
      <Button
        tone="bad"
        isPending={ending.busy}
        onPress={() => void ending.run(() => take5.end(call.callId))}
      >
        <CircleStop aria-hidden size={17} />
        End call
      </Button>
    </div>
  );
}

function Elapsed({ call, longestS }: { call: GroupCall; longestS: number }) {
  const now = useNow(1000);
  const planned = Math.min(call.plannedMinutes * 60, longestS);
  const elapsed = call.startTime ? Math.max(0, (now - Date.parse(call.startTime)) / 1000) : 0;
  return (
    <ProgressBar
      aria-label="Elapsed time"
      value={Math.min(elapsed, planned)}
      maxValue={planned}
      valueLabel={`${formatDuration(elapsed)} of ${formatDuration(planned)}`}
      className="flex flex-col gap-2"
    >
      {({ percentage, valueText }) => (
        <>
          <span className="text-sm text-muted tabular-nums">{valueText}</span>
          <span className="h-1.5 overflow-hidden rounded-full bg-line">
            <span
              className="block h-full rounded-full bg-accent transition-[width] duration-700 ease-linear"
              style={{ width: `${percentage ?? 0}%` }}
            />
          </span>
        </>
      )}
    </ProgressBar>
  );
}

function AddNumber({ call }: { call: GroupCall }) {
  const adding = useAction();
  const [number, setNumber] = useState("");
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (await adding.run(() => take5.addParticipant(call.callId, number))) setNumber("");
  };
  return (
    <Form
      onSubmit={(event) => void submit(event)}
      className="flex flex-wrap items-end gap-3 border-t border-line pt-5"
    >
      <div className="w-full sm:w-64">
        <Field
          label="Add a number"
          type="tel"
          autoComplete="off"
          placeholder="555 123 4567"
          value={number}
          onChange={setNumber}
        />
      </div>
      <Button type="submit" isPending={adding.busy} isDisabled={number.trim() === ""}>
        <UserPlus aria-hidden size={16} />
        Call this number
      </Button>
      <Problem error={adding.error} />
    </Form>
  );
}
