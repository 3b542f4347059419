import { BellRing, Check, PhoneOutgoing, X } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { Card, Empty, PageFrame, Problem } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { formatAgo, formatNumber } from "../shared/format";
import { useAction, useLoad, useNow } from "../shared/hooks";
import { cleanNumber } from "../shared/phone-number";
import { links } from "../shared/router";
import { selectNotifications } from "../shared/state";
import { dispatch, useBelfry } from "../shared/store";
import type { Notification } from "../shared/types";
import { outcomeOf, stepsDone, steps } from "./outcome";

export function NotificationsPage() {
  const state = useBelfry();
  const { error, loading, reload } = useLoad(
    async () => dispatch({ do: "replace-notifications", notifications: (await api.notifications()).items }),
    state.connections,
  );
  const notifications = selectNotifications(state);

  return (
    <PageFrame
      title="Notifications"
      about="Flux calls a person about a critical task, reads its title aloud and waits for key 1."
    >
      <div className="grid items-start gap-6 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <NotifyForm placed={reload} />
        <div className="flex min-w-0 flex-col gap-4">
          <Problem error={error} retry={reload} />
          {notifications.length > 0 && (
            <ul aria-label="Notifications" className="flex flex-col gap-3">
              {notifications.map((notification) => (
                <Row key={notification.call_sid} notification={notification} />
              ))}
            </ul>
          )}
          {notifications.length === 0 && !loading && !error && (
            <Empty icon={<BellRing size={22} />} title="Nobody has been called yet">
              Place a call on this page; its state will be shown here while it happens.
            </Empty>
          )}
        </div>
      </div>
    </PageFrame>
  );
}

function NotifyForm({ placed }: { placed: () => void }) {
  const placing = useAction();
  const [number, setNumber] = useState("");
  const [title, setTitle] = useState("");
  const [task, setTask] = useState("");

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const done = await placing.run(() =>
      api.notify({
        phone_number: cleanNumber(number),
        task_title: title,
        ...(task.trim() && { task_id: task.trim() }),
      }),
    );
    if (!done) return;
    setTitle("");
    setTask("");
    placed();
  };

  const typed = (field: string, set: (text: string) => void) => (text: string) => {
    placing.forgive(field);
    set(text);
  };

  // Whether a number is good is the server's decision; its words appear at the field.
  const fields = placing.error?.fields ?? {};
  const general = placing.error && Object.keys(fields).length === 0 ? placing.error : null;
  return (
    <Card title="New notification" className="lg:sticky lg:top-8">
      <Form
        validationErrors={fields}
        onSubmit={(event) => void submit(event)}
        className="flex flex-col gap-4"
      >
        <Field
          label="Phone number"
          name="phone_number"
          type="tel"
          autoComplete="off"
          placeholder="+14155551234"
          value={number}
          onChange={typed("phone_number", setNumber)}
        />
        <Field
          label="Task title"
          name="task_title"
          lines={3}
          placeholder="Submit quarterly report"
          value={title}
          onChange={typed("task_title", setTitle)}
        />
        <Field
          label="Task id"
          name="task_id"
          autoComplete="off"
          hint="May be left out."
          value={task}
          onChange={typed("task_id", setTask)}
        />
        <Problem error={general} />
        <Button type="submit" tone="primary" isPending={placing.busy}>
          <PhoneOutgoing aria-hidden size={17} />
          Call
        </Button>
      </Form>
    </Card>
  );
}

function Row({ notification }: { notification: Notification }) {
  const now = useNow(15_000);
  const { word, reason, tone } = outcomeOf(notification);
  const { to, task_title, task_id, call_sid, initiated_at, processed_at } = notification;
  return (
    <li className="animate-appear rounded-2xl bg-surface p-5 shadow-card ring-1 ring-line">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="font-semibold break-words">{task_title}</p>
          <p className="mt-0.5 text-sm break-words text-muted">
            <span className="whitespace-nowrap tabular-nums">{formatNumber(to)}</span>
            {task_id && <> · {task_id}</>} ·{" "}
            <span className="whitespace-nowrap">{formatAgo(initiated_at, now)}</span>
          </p>
        </div>
        <span aria-live="polite" className="flex">
          <Pill tone={tone}>
            {tone === "good" && <Check aria-hidden size={14} strokeWidth={2.6} />}
            {tone === "bad" && <X aria-hidden size={14} strokeWidth={2.6} />}
            {word}
          </Pill>
        </span>
      </div>
      <Progress notification={notification} />
      <div className="mt-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm">
        <span className="text-muted">
          {reason}
          {notification.acknowledged && processed_at && `Key ${notification.digits ?? "1"} was pressed.`}
        </span>
        <a href={links.call(call_sid)} className="rounded font-medium text-accent hover:underline">
          Timeline of the call
        </a>
      </div>
    </li>
  );
}

/// How far the call came, in four steps; the pill says the same in words.
function Progress({ notification }: { notification: Notification }) {
  const done = stepsDone(notification);
  const { tone } = outcomeOf(notification);
  const colour = {
    good: "bg-good",
    bad: "bg-bad/60",
    ringing: "bg-ringing",
    live: "bg-accent",
    waiting: "bg-strong-line",
  }[tone];
  return (
    <div aria-hidden className="mt-4 grid grid-cols-4 gap-1.5">
      {steps.map((step, index) => (
        <div key={step} className="flex flex-col gap-1.5">
          <span
            className={`h-1 rounded-full transition-colors duration-500 ${index < done ? colour : "bg-line"}`}
          />
          <span className={`text-xs ${index < done ? "font-medium" : "text-muted"}`}>{step}</span>
        </div>
      ))}
    </div>
  );
}
