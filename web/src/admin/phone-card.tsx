import {
  Bot,
  ChevronRight,
  Headset,
  PhoneCall,
  PhoneIncoming,
  PhoneOff,
  PhoneOutgoing,
  Send,
  SlidersHorizontal,
  Smartphone,
  User,
} from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Form, Heading } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { KeyPad } from "../shared/components/key-pad";
import { Problem } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { formatAgo, formatDuration, formatNumber } from "../shared/format";
import { useAction, useKeptFocus, useNow, type ActionState } from "../shared/hooks";
import { cleanNumber } from "../shared/phone-number";
import { links } from "../shared/router";
import { currentCall } from "../shared/state";
import type { Phone, PhoneCall as PhoneCallData } from "../shared/types";
import { describe } from "./behaviour";
import { Handset } from "./handset";
import { TextMessages } from "./text-messages";
import { WordsHeard } from "./words-heard";

interface PhoneCardProps extends HeaderProps {
  /// This browser is the phone.
  isHeld: boolean;
  /// Makes this browser the phone; not while it is another one.
  hold: (() => void) | undefined;
  putDown: () => void;
}

/// One simulated phone. It looks like what it does: quiet, ringing, or in a call.
export function PhoneCard({ phone, change, isHeld, hold, putDown }: PhoneCardProps) {
  const action = useAction();
  const call = currentCall(phone);
  const frame = {
    idle: "border border-line shadow-card",
    ringing: "border-3 border-ringing animate-glow lg:col-span-2",
    "in-call": "border-2 border-accent shadow-card lg:col-span-2",
  }[phone.state];

  const focus = useKeptFocus(phone.state, "[aria-label='Key 1']", "h2");

  return (
    <article
      {...focus}
      aria-label={phone.number}
      className={`flex min-w-0 flex-col gap-5 rounded-3xl bg-surface p-5 sm:p-6 ${frame}`}
    >
      <CardHeader phone={phone} change={change} />
      <Problem error={action.error} />
      {isHeld && <Handset phone={phone} call={call} putDown={putDown} />}
      {!isHeld && (
        <>
          {phone.state === "ringing" && <Ringing phone={phone} from={call?.from} action={action} />}
          {phone.state === "in-call" && call && (
            <InCall key={call.call_sid} phone={phone} call={call} action={action} />
          )}
          {phone.state === "idle" && <Idle phone={phone} />}
          {hold && (
            <Button className="self-start" onPress={hold}>
              <Headset aria-hidden size={17} />
              {phone.state === "ringing" ? "Pick up in this browser" : "Use this phone in the browser"}
            </Button>
          )}
        </>
      )}
      {phone.state !== "ringing" && <TextMessages phone={phone} />}
    </article>
  );
}

interface HeaderProps {
  phone: Phone;
  change: () => void;
}

function CardHeader({ phone, change }: HeaderProps) {
  const Icon =
    phone.state === "ringing"
      ? PhoneIncoming
      : phone.on_call === "person"
        ? User
        : phone.on_call
          ? Bot
          : Smartphone;
  const tile = {
    idle: "bg-sunken text-muted",
    ringing: "bg-ringing text-on-ringing",
    "in-call": "bg-accent text-on-accent",
  }[phone.state];
  return (
    <header className="flex items-center gap-4">
      <span aria-hidden className={`flex size-11 shrink-0 items-center justify-center rounded-2xl ${tile}`}>
        <Icon size={21} className={phone.state === "ringing" ? "animate-swing" : ""} />
      </span>
      <div className="min-w-0 flex-1">
        <h2 tabIndex={-1} className="truncate text-[1.0625rem] font-semibold tracking-tight tabular-nums">
          {formatNumber(phone.number)}
        </h2>
        <p className="truncate text-[0.8125rem] text-muted">{describe(phone) || "Simulated phone"}</p>
      </div>
      {phone.state === "ringing" && <Pill tone="ringing">Ringing</Pill>}
      {phone.state === "in-call" && <Pill tone="live">In call</Pill>}
      {phone.state === "idle" && (
        <Button
          tone="quiet"
          size="small"
          className="px-2"
          aria-label={`Change behaviour of ${phone.number}`}
          onPress={change}
        >
          <SlidersHorizontal aria-hidden size={17} />
        </Button>
      )}
    </header>
  );
}

interface RingingProps {
  phone: Phone;
  from: string | undefined;
  action: ActionState;
}

function Ringing({ phone, from, action }: RingingProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4 rounded-2xl bg-ringing/15 p-5">
      <p className="flex flex-col">
        <span className="text-[0.8125rem] font-medium text-ringing-ink">Incoming call</span>
        <span className="text-xl font-semibold tracking-tight tabular-nums">
          {from ? formatNumber(from) : "Unknown number"}
        </span>
      </p>
      <div className="flex flex-wrap gap-3 max-sm:w-full max-sm:*:flex-1 max-sm:*:px-3">
        <Button
          tone="bad"
          size="large"
          isDisabled={action.busy}
          onPress={() => void action.run(() => api.hangUpPhone(phone.number))}
        >
          <PhoneOff aria-hidden size={19} />
          Decline
        </Button>
        <Button
          tone="good"
          size="large"
          isDisabled={action.busy}
          onPress={() => void action.run(() => api.answer(phone.number))}
        >
          <PhoneCall aria-hidden size={19} />
          Pick up
        </Button>
      </div>
    </div>
  );
}

interface CallProps {
  phone: Phone;
  call: PhoneCallData;
  action: ActionState;
}

function InCall({ phone, call, action }: CallProps) {
  const now = useNow(1000);
  const [pressed, setPressed] = useState("");
  const other = call.from === phone.number ? call.to : call.from;

  const press = (key: string) => {
    setPressed((keys) => keys + key);
    void action.run(() => api.press(phone.number, key));
  };

  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-4 rounded-2xl bg-accent/10 px-5 py-4">
        <p className="flex flex-col">
          <span className="text-[0.8125rem] font-medium text-accent tabular-nums">
            {call.answered_at ? formatDuration((now - Date.parse(call.answered_at)) / 1000) : "Connecting"}
          </span>
          <span className="text-lg font-semibold tracking-tight tabular-nums">{formatNumber(other)}</span>
        </p>
        <Button tone="bad" size="large" onPress={() => void action.run(() => api.hangUpPhone(phone.number))}>
          <PhoneOff aria-hidden size={19} />
          Hang up
        </Button>
      </div>
      <div className="grid gap-6 md:grid-cols-[16rem_minmax(0,1fr)]">
        <KeyPad press={press} pressed={pressed} />
        <div className="flex min-w-0 flex-col gap-4">
          <WordsHeard heard={call.heard} live />
          <SayForm phone={phone} action={action} />
          <TimelineLink call={call} />
        </div>
      </div>
    </>
  );
}

function SayForm({ phone, action }: { phone: Phone; action: ActionState }) {
  const [text, setText] = useState("");
  const say = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() && (await action.run(() => api.say(phone.number, text.trim())))) setText("");
  };
  return (
    <form
      onSubmit={(event) => void say(event)}
      className="flex items-end gap-2 *:first:min-w-0 *:first:flex-1"
    >
      <Field
        label="Say into the phone"
        autoComplete="off"
        placeholder="Words to speak"
        value={text}
        onChange={setText}
      />
      <Button type="submit" tone="primary" isDisabled={!text.trim()}>
        <Send aria-hidden size={16} />
        Say
      </Button>
    </form>
  );
}

function Idle({ phone }: { phone: Phone }) {
  const [to, setTo] = useState("");
  const dialling = useAction();
  const complaints = dialling.error?.fields ?? {};
  const last = currentCall(phone);
  const dial = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (await dialling.run(() => api.callFrom(phone.number, cleanNumber(to)))) setTo("");
  };
  return (
    <>
      {last && <LastCall call={last} />}
      {phone.calls.length > 1 && <History phone={phone} />}
      {!complaints.to && <Problem error={dialling.error} />}
      <Form
        validationErrors={complaints}
        onSubmit={(event) => void dial(event)}
        className="mt-auto flex items-start gap-2 *:first:min-w-0 *:first:flex-1"
      >
        <Field
          label="Call from this phone"
          name="to"
          type="tel"
          autoComplete="off"
          placeholder="Number to call"
          value={to}
          onChange={(typed) => {
            dialling.forgive("to");
            setTo(typed);
          }}
        />
        <Button type="submit" className="mt-6.5" isDisabled={!cleanNumber(to)}>
          <PhoneOutgoing aria-hidden size={16} />
          Place call
        </Button>
      </Form>
    </>
  );
}

function LastCall({ call }: { call: PhoneCallData }) {
  const now = useNow(15_000);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <p className="text-sm text-muted">
        Last call {directionWords(call)} · {formatAgo(call.ended_at ?? call.rang_at ?? "", now)}
        {call.end_reason && call.end_reason !== "normal" && ` · ${call.end_reason}`}
      </p>
      {call.answered_at && <WordsHeard heard={call.heard} live={false} />}
      <WhatItHeard call={call} />
      <TimelineLink call={call} />
    </div>
  );
}

/// Only recordings of this server are offered; an address elsewhere would not load under the page's policy.
function WhatItHeard({ call }: { call: PhoneCallData }) {
  if (!call.audio_url?.startsWith("/") || !call.answered_at) return null;
  return (
    <figure className="flex flex-col gap-1.5">
      <figcaption className="text-[0.8125rem] font-medium text-muted">Hear what it heard</figcaption>
      {/* The words heard above are its captions. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <audio
        controls
        preload="none"
        src={call.audio_url}
        aria-label="Hear what it heard"
        className="h-10 w-full"
      />
    </figure>
  );
}

function History({ phone }: { phone: Phone }) {
  const earlier = [...phone.calls].sort((a, b) => (b.rang_at ?? "").localeCompare(a.rang_at ?? "")).slice(1);
  return (
    <Disclosure className="group rounded-xl bg-sunken">
      <Heading level={3}>
        <AriaButton
          slot="trigger"
          className="flex w-full cursor-pointer items-center gap-2 rounded-xl px-3.5 py-2.5 text-sm font-medium"
        >
          <ChevronRight
            aria-hidden
            size={15}
            className="text-muted transition-transform group-data-expanded:rotate-90"
          />
          Earlier calls
          <span className="text-muted tabular-nums">{earlier.length}</span>
        </AriaButton>
      </Heading>
      <DisclosurePanel className="overflow-hidden">
        <ul className="flex flex-col gap-5 px-3.5 pb-4">
          {earlier.map((call) => (
            <li key={call.call_sid} className="flex flex-col gap-3 border-t border-line pt-4">
              <LastCallLine call={call} />
              <WhatItHeard call={call} />
            </li>
          ))}
        </ul>
      </DisclosurePanel>
    </Disclosure>
  );
}

function LastCallLine({ call }: { call: PhoneCallData }) {
  const now = useNow(15_000);
  return (
    <div className="flex flex-col gap-1 text-sm">
      <span className="flex justify-between gap-3">
        <a href={links.call(call.call_sid)} className="rounded font-medium text-accent hover:underline">
          Call {directionWords(call)}
        </a>
        <span className="text-muted">{formatAgo(call.ended_at ?? call.rang_at ?? "", now)}</span>
      </span>
      {call.heard.length > 0 && (
        <span className="text-muted">{call.heard.map(({ text }) => text).join(" ")}</span>
      )}
    </div>
  );
}

function TimelineLink({ call }: { call: PhoneCallData }) {
  return (
    <a
      href={links.call(call.call_sid)}
      className="self-start rounded text-sm font-medium text-accent hover:underline"
    >
      Timeline of the call
    </a>
  );
}

function directionWords(call: PhoneCallData): string {
  return call.direction === "outbound" ? `to ${formatNumber(call.to)}` : `from ${formatNumber(call.from)}`;
}
