import { CircleCheck, CircleX, PhoneOutgoing } from "lucide-react";
import { useEffect, useState, type SyntheticEvent, type ReactNode } from "react";
import { Form, Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { CopyBlock } from "../shared/components/copy-block";
import { Field } from "../shared/components/fields";
import { Card, PageFrame, Problem } from "../shared/components/layout";
import { Dot, Pill } from "../shared/components/pill";
import { formatUptime } from "../shared/format";
import { useAction, useLoad, type ActionState } from "../shared/hooks";
import { cleanNumber } from "../shared/phone-number";
import { go, links } from "../shared/router";
import { dispatch, useBelfry } from "../shared/store";
import type { Listener, ServerStatus } from "../shared/types";
import { Connection, ThemeChoice } from "../shell";
import { curlCall, curlNotification, firstNumber, firstWords, isHealthy } from "./first-call";
import { trunkTone } from "./settings/trunk-terms";

const refreshMs = 5000;

export function StartPage() {
  const { connections } = useBelfry();
  const [status, setStatus] = useState<ServerStatus | null>(null);
  const { error, reload } = useLoad(async () => setStatus(await api.status()), connections);

  useEffect(() => {
    const timer = setInterval(reload, refreshMs);
    return () => clearInterval(timer);
  }, [reload]);

  return (
    <PageFrame
      title="Start"
      about="A calling cloud in one process. What runs here, and a first call in one click."
    >
      <Problem error={error} retry={reload} />
      <FirstCall status={status} />
      {status && <Running status={status} />}
      <div className="flex items-center justify-between gap-4 md:hidden">
        <Connection />
        <a href="/docs" className="text-sm text-muted underline underline-offset-4">
          HTTP API
        </a>
        <div className="w-36">
          <ThemeChoice />
        </div>
      </div>
    </PageFrame>
  );
}

function FirstCall({ status }: { status: ServerStatus | null }) {
  const [to, setTo] = useState(firstNumber);
  const placing = useAction();
  const simulated = status?.simulator ?? true;

  const place = async (event: SyntheticEvent) => {
    event.preventDefault();
    await placing.run(async () => {
      const call = await api.placeCall({ to: cleanNumber(to), say: firstWords });
      dispatch({ do: "learn-calls", calls: [call] });
      go(links.call(call.sid));
    });
  };

  return (
    <section
      aria-labelledby="first-call"
      className="overflow-hidden rounded-3xl bg-surface shadow-card ring-1 ring-line lg:grid lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]"
    >
      <Form
        validationErrors={placing.error?.fields ?? {}}
        onSubmit={(event) => void place(event)}
        className="flex flex-col gap-5 p-6 sm:p-8"
      >
        <div className="flex flex-col gap-1.5">
          <h2 id="first-call" className="text-xl font-semibold tracking-tight">
            Hear it work
          </h2>
          <p className="text-sm text-muted text-pretty">
            {simulated
              ? "Belfry calls a simulated phone, which answers after a second and listens. You see each step as it happens. No account, no carrier, no cost."
              : "The simulator is off: this call goes out over your trunks to a real phone."}
          </p>
        </div>
        <PlaceFields to={to} setTo={setTo} placing={placing} />
      </Form>
      <Commands to={cleanNumber(to) || firstNumber} />
    </section>
  );
}

function PlaceFields({
  to,
  setTo,
  placing,
}: {
  to: string;
  setTo: (to: string) => void;
  placing: ActionState;
}) {
  const complaint = placing.error?.fields.to;
  return (
    <>
      <Field
        label="Number to call"
        name="to"
        type="tel"
        autoComplete="off"
        value={to}
        onChange={(typed) => {
          placing.forgive("to");
          setTo(typed);
        }}
        isRequired
      />
      {!complaint && <Problem error={placing.error} />}
      <Button type="submit" tone="primary" size="large" isPending={placing.busy}>
        <PhoneOutgoing aria-hidden size={19} />
        Place a first call
      </Button>
    </>
  );
}

function Commands({ to }: { to: string }) {
  const origin = location.origin;
  const commands = [
    {
      id: "belfry",
      name: "Belfry",
      text: curlCall(origin, to),
      about: "Belfry's own interface: a number and a sentence.",
    },
    {
      id: "flux",
      name: "Notification",
      text: curlNotification(origin, to),
      about: "Reads a task aloud and waits for key 1.",
    },
  ];
  return (
    <div className="border-line bg-sunken/60 p-6 max-lg:border-t sm:p-8 lg:border-l">
      <Tabs className="flex flex-col gap-4">
        <TabList aria-label="The same call from a command line" className="flex gap-1">
          {commands.map(({ id, name }) => (
            <Tab
              key={id}
              id={id}
              className="cursor-pointer rounded-lg px-3 py-1.5 text-sm font-medium text-muted transition-colors hover:text-ink data-selected:bg-surface data-selected:text-ink data-selected:shadow-card data-selected:ring-1 data-selected:ring-line"
            >
              {name}
            </Tab>
          ))}
        </TabList>
        {commands.map(({ id, name, text, about }) => (
          <TabPanel key={id} id={id} className="flex flex-col gap-3">
            <CopyBlock text={text} label={`${name} command`} />
            <p className="text-[0.8125rem] text-muted">{about}</p>
          </TabPanel>
        ))}
      </Tabs>
    </div>
  );
}

function Running({ status }: { status: ServerStatus }) {
  return (
    <>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-2xl bg-line shadow-card ring-1 ring-line sm:grid-cols-4">
        <Figure name="Calls now" link={links.calls} live={status.calls.active > 0}>
          {status.calls.active}
        </Figure>
        <Figure name="Calls in all" link={links.calls}>
          {status.calls.total}
        </Figure>
        <Figure name="Simulated phones" link={links.phones}>
          {status.phones}
        </Figure>
        <Figure name="Running for">{formatUptime(status.uptime_s)}</Figure>
      </dl>
      <div className="grid gap-6 lg:grid-cols-2">
        <Card title="What is running" aside={<Pill tone="calm">Version {status.version}</Pill>}>
          <dl className="divide-y divide-line text-sm">
            {status.listeners.map(({ kind, address }) => (
              <Line key={`${kind} ${address}`} name={listenerNames[kind]}>
                <span className="font-mono text-[0.8125rem]">{address}</span>
              </Line>
            ))}
            <Line name="Simulator">{status.simulator ? "On" : "Off"}</Line>
            <Line name="Account">
              <span className="font-mono text-[0.8125rem] break-all">{status.account_sid}</span>
            </Line>
          </dl>
        </Card>
        <Card title="Health">
          <ul className="divide-y divide-line text-sm">
            {Object.entries(status.checks).map(([name, check]) => (
              <Check key={name} name={name} healthy={isHealthy(check)} />
            ))}
            {status.trunks.map(({ name, state }) => (
              <li key={name} className="flex items-center justify-between gap-4 py-2.5">
                <span className="min-w-0 wrap-anywhere">
                  Trunk <span className="font-medium">{name}</span>
                </span>
                <Pill tone={trunkTone(state)}>{state}</Pill>
              </li>
            ))}
            {status.trunks.length === 0 && (
              <li className="py-2.5 text-muted">No trunks yet: calls go to simulated phones.</li>
            )}
          </ul>
        </Card>
      </div>
    </>
  );
}

const listenerNames: Readonly<Record<Listener["kind"], string>> = {
  http: "HTTP",
  https: "HTTPS",
  "sip-udp": "SIP over UDP",
  "sip-tcp": "SIP over TCP",
  "sip-tls": "SIP over TLS",
  "webrtc-udp": "Browsers over UDP",
  "webrtc-tcp": "Browsers over TCP",
};

interface FigureProps {
  name: string;
  link?: string | undefined;
  live?: boolean;
  children: ReactNode;
}

function Figure({ name, link, live = false, children }: FigureProps) {
  return (
    <div className="relative flex flex-col-reverse justify-end gap-0.5 bg-surface px-5 py-4">
      <dt className="text-[0.8125rem] text-muted">
        {link ? (
          <a href={link} className="after:absolute after:inset-0 hover:text-ink">
            {name}
          </a>
        ) : (
          name
        )}
      </dt>
      <dd className="flex items-center gap-2 text-2xl font-semibold tracking-tight tabular-nums">
        {live && <Dot className="bg-accent" />}
        {children}
      </dd>
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-6 py-2.5 first:pt-0 last:pb-0">
      <dt className="text-muted">{name}</dt>
      <dd className="text-right">{children}</dd>
    </div>
  );
}

function Check({ name, healthy }: { name: string; healthy: boolean }) {
  const Icon = healthy ? CircleCheck : CircleX;
  return (
    <li className="flex items-center justify-between gap-4 py-2.5 first:pt-0">
      <span className="capitalize">{name.replaceAll(/[-_]/g, " ")}</span>
      <span className={`flex items-center gap-1.5 font-medium ${healthy ? "text-good" : "text-bad"}`}>
        <Icon aria-hidden size={17} />
        {healthy ? "OK" : "Not OK"}
      </span>
    </li>
  );
}
