import { CircleAlert, PhoneCall, PhoneIncoming, PhoneOff, PhoneOutgoing, RefreshCw } from "lucide-react";
import { useId, useState, type ReactNode, type SyntheticEvent } from "react";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { formatDuration } from "../shared/format";
import { useKeptFocus, useNow } from "../shared/hooks";
import { cleanNumber } from "../shared/phone-number";
import type { CallDetails } from "./live-call";
import type { VoiceDevice } from "./use-voice-device";
import { warningWords, type PhoneProblem } from "./words";

interface CallInterfaceProps {
  device: VoiceDevice;
  /// Shown while there is a call: a key pad, a mute button.
  children?: ReactNode;
}

/// KIN's `CallInterface`: a telephone that shows what its device does. Its words are those of KIN's document.
export function CallInterface({ device, children }: CallInterfaceProps) {
  const { callStatus, call, isReady, problem } = device;
  const focus = useKeptFocus(callStatus, "button, input");
  const frame = {
    idle: "border border-line shadow-card",
    ready: "border border-line shadow-card",
    error: "border-2 border-bad/60 shadow-card",
    incoming: "border-3 border-ringing animate-glow",
    outgoing: "border-2 border-accent shadow-card",
    connected: "border-2 border-accent shadow-card",
  }[callStatus];

  return (
    <section
      {...focus}
      aria-label="Phone"
      className={`flex min-w-0 flex-col gap-5 rounded-3xl bg-surface p-5 sm:p-6 ${frame}`}
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p role="status" className="text-[1.0625rem] font-semibold tracking-tight">
          Status: {callStatus}
        </p>
        <p className="text-sm text-muted">Device Ready: {isReady ? "Yes" : "No"}</p>
      </header>
      <Trouble problem={problem} restart={callStatus === "error" ? device.restart : undefined} />
      {callStatus === "idle" && !problem && (
        <p className="text-sm text-muted">The phone is being registered with the server …</p>
      )}
      {callStatus === "incoming" && call && <Incoming call={call} device={device} />}
      {callStatus === "ready" && <Dial makeCall={device.makeCall} />}
      {(callStatus === "outgoing" || callStatus === "connected") && call && (
        <Talking call={call} device={device}>
          {children}
        </Talking>
      )}
    </section>
  );
}

function Trouble({ problem, restart }: { problem: PhoneProblem | null; restart: (() => void) | undefined }) {
  if (!problem) return null;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-xl bg-bad/10 px-4 py-3 text-sm text-bad">
      <CircleAlert aria-hidden size={18} className="mt-px shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">
        <span className="font-medium">{problem.text}</span>
        {problem.detail && <span className="block text-[0.8125rem] text-muted">{problem.detail}</span>}
        {!problem.detail && problem.code !== null && <span> ({problem.code})</span>}
      </p>
      {restart && (
        <Button size="small" onPress={restart}>
          <RefreshCw aria-hidden size={14} />
          Try again
        </Button>
      )}
    </div>
  );
}

function Incoming({ call, device }: { call: CallDetails; device: VoiceDevice }) {
  const title = useId();
  return (
    <div
      role="group"
      aria-labelledby={title}
      className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4 rounded-2xl bg-ringing/15 p-5"
    >
      <div className="flex min-w-0 items-center gap-4">
        <span
          aria-hidden
          className="flex size-11 shrink-0 items-center justify-center rounded-2xl bg-ringing text-on-ringing"
        >
          <PhoneIncoming size={21} className="animate-swing" />
        </span>
        <div className="min-w-0">
          <h2 id={title} className="text-[0.8125rem] font-medium text-ringing-ink">
            Incoming Call
          </h2>
          <p role="alert" className="text-lg font-semibold tracking-tight wrap-anywhere">
            From: {call.from}
          </p>
        </div>
      </div>
      <div className="flex flex-wrap gap-3 max-sm:w-full max-sm:*:flex-1 max-sm:*:px-3">
        <Button tone="good" size="large" onPress={device.answerCall}>
          <PhoneCall aria-hidden size={19} />
          Answer
        </Button>
        <Button tone="bad" size="large" onPress={device.rejectCall}>
          <PhoneOff aria-hidden size={19} />
          Reject
        </Button>
      </div>
    </div>
  );
}

function Dial({ makeCall }: { makeCall: VoiceDevice["makeCall"] }) {
  const [to, setTo] = useState("");
  const dial = (event: SyntheticEvent) => {
    event.preventDefault();
    const party = cleanNumber(to);
    // What goes wrong is in the device's `problem`.
    if (party) makeCall(party).catch(() => undefined);
  };
  return (
    <form onSubmit={dial} className="flex items-end gap-2 *:first:min-w-0 *:first:flex-1">
      <Field
        label="Number or name"
        type="tel"
        autoComplete="off"
        placeholder="Enter phone number"
        value={to}
        onChange={setTo}
      />
      <Button type="submit" tone="primary" isDisabled={!cleanNumber(to)}>
        <PhoneOutgoing aria-hidden size={16} />
        Make Call
      </Button>
    </form>
  );
}

interface TalkingProps {
  call: CallDetails;
  device: VoiceDevice;
  children: ReactNode;
}

function Talking({ call, device, children }: TalkingProps) {
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-4 rounded-2xl bg-accent/10 px-5 py-4">
        <div className="min-w-0">
          <p className="text-[0.8125rem] font-medium text-accent tabular-nums">
            Call Status: {device.callStatus}
            <Progress call={call} />
          </p>
          <p className="text-lg font-semibold tracking-tight wrap-anywhere">To: {call.to}</p>
          <p className="text-sm text-muted wrap-anywhere">From: {call.from}</p>
        </div>
        <Button tone="bad" size="large" onPress={device.hangupCall}>
          <PhoneOff aria-hidden size={19} />
          Hangup
        </Button>
      </div>
      {(call.reconnecting || call.warnings.length > 0) && (
        <ul role="status" aria-label="Call quality" className="flex flex-col gap-1.5 text-sm">
          {call.reconnecting && <Warning>The connection was lost and is being looked for.</Warning>}
          {call.warnings.map((name) => (
            <Warning key={name}>{warningWords(name)}</Warning>
          ))}
        </ul>
      )}
      {children}
    </>
  );
}

function Progress({ call }: { call: CallDetails }) {
  const now = useNow(1000);
  if (call.since !== null) return <span> · {formatDuration((now - call.since) / 1000)}</span>;
  return call.ringing ? <span> · ringing</span> : null;
}

function Warning({ children }: { children: ReactNode }) {
  return (
    <li className="flex items-start gap-2 rounded-xl bg-ringing/15 px-3.5 py-2 text-ringing-ink">
      <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span>{children}</span>
    </li>
  );
}
