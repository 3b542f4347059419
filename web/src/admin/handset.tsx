import { CircleAlert, PhoneCall, PhoneOff, PhoneOutgoing, RefreshCw } from "lucide-react";
import { useCallback, useState, type SyntheticEvent } from "react";
import { CallControls } from "../kin/call-controls";
import { useVoiceDevice, type VoiceDevice } from "../kin/use-voice-device";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { formatDuration, formatNumber } from "../shared/format";
import { useNow } from "../shared/hooks";
import { cleanNumber } from "../shared/phone-number";
import type { Phone, PhoneCall as PhoneCallData } from "../shared/types";
import { WordsHeard } from "./words-heard";

interface HandsetProps {
  phone: Phone;
  call: PhoneCallData | undefined;
  putDown: () => void;
}

async function fetchToken(number: string): Promise<string> {
  return (await api.phoneToken(number)).token;
}

/// A simulated phone that is held in this browser, as long as this is on screen: it rings here, and whoever is in
/// front of the page talks as the phone.
export function Handset({ phone, call, putDown }: HandsetProps) {
  const device = useVoiceDevice({ identity: phone.number, fetchToken });
  const { callStatus } = device;
  return (
    <section aria-label="This browser is the phone" className="flex min-w-0 flex-col gap-5">
      {!device.call && <Readiness device={device} putDown={putDown} />}
      <Trouble device={device} />
      {callStatus === "incoming" && device.call && (
        <Incoming from={device.call.from} isRinging={phone.state === "ringing"} device={device} />
      )}
      {(callStatus === "outgoing" || callStatus === "connected") && (
        <Talking number={phone.number} device={device} call={phone.state === "in-call" ? call : undefined} />
      )}
      {callStatus === "ready" && phone.state === "idle" && <Dial device={device} />}
    </section>
  );
}

function Readiness({ device, putDown }: { device: VoiceDevice; putDown: () => void }) {
  const words =
    device.callStatus === "ready"
      ? "This browser is the phone: it rings here."
      : device.callStatus === "error"
        ? "This browser is not the phone at the moment."
        : "Getting ready …";
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-2xl bg-sunken px-4 py-3">
      <p role="status" className="text-sm font-medium">
        {words}
      </p>
      <Button size="small" onPress={putDown}>
        Put down
      </Button>
    </div>
  );
}

function Trouble({ device: { problem, callStatus, restart } }: { device: VoiceDevice }) {
  if (!problem) return null;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-xl bg-bad/10 px-4 py-3 text-sm text-bad">
      <CircleAlert aria-hidden size={18} className="mt-px shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">
        <span className="font-medium">{problem.text}</span>
        {problem.detail && <span className="block text-[0.8125rem] text-muted">{problem.detail}</span>}
      </p>
      {callStatus === "error" && (
        <Button size="small" onPress={restart}>
          <RefreshCw aria-hidden size={14} />
          Try again
        </Button>
      )}
    </div>
  );
}

interface IncomingProps {
  from: string;
  /// Else the call goes on already, without this browser.
  isRinging: boolean;
  device: VoiceDevice;
}

function Incoming({ from, isRinging, device }: IncomingProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4 rounded-2xl bg-ringing/15 p-5">
      <p role="alert" className="flex min-w-0 flex-col">
        <span className="text-[0.8125rem] font-medium text-ringing-ink">
          {isRinging ? "Incoming call" : "The phone is in a call with"}
        </span>
        <span className="text-xl font-semibold tracking-tight wrap-anywhere tabular-nums">
          {formatNumber(from)}
        </span>
      </p>
      <div className="flex flex-wrap gap-3 max-sm:w-full max-sm:*:flex-1 max-sm:*:px-3">
        <Button tone="bad" size="large" onPress={device.rejectCall}>
          <PhoneOff aria-hidden size={19} />
          {isRinging ? "Decline" : "Not now"}
        </Button>
        <Button tone="good" size="large" onPress={device.answerCall}>
          <PhoneCall aria-hidden size={19} />
          {isRinging ? "Answer" : "Join"}
        </Button>
      </div>
    </div>
  );
}

interface TalkingProps {
  number: string;
  device: VoiceDevice;
  call: PhoneCallData | undefined;
}

function Talking({ number, device, call }: TalkingProps) {
  const now = useNow(1000);
  const details = device.call;
  if (!details) return null;
  const other = details.direction === "outgoing" ? details.to : details.from;
  const progress =
    details.since !== null
      ? formatDuration((now - details.since) / 1000)
      : details.ringing
        ? "Ringing"
        : "Connecting";
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-4 rounded-2xl bg-accent/10 px-5 py-4">
        <p className="flex min-w-0 flex-col">
          <span className="text-[0.8125rem] font-medium text-accent tabular-nums">
            {details.reconnecting ? "The connection was lost and is being looked for" : progress}
          </span>
          <span className="text-lg font-semibold tracking-tight wrap-anywhere tabular-nums">
            {formatNumber(other)}
          </span>
        </p>
        <Button tone="bad" size="large" onPress={device.hangupCall}>
          <PhoneOff aria-hidden size={19} />
          Hang up
        </Button>
      </div>
      {/* The phone presses the key: so it is heard once, whatever the browser's sound connection makes of keys. */}
      <CallControls device={{ ...device, sendDigits: (keys) => void api.press(number, keys) }} />
      {call && <WordsHeard heard={call.heard} live />}
    </>
  );
}

function Dial({ device: { makeCall } }: { device: VoiceDevice }) {
  const [to, setTo] = useState("");
  const dial = useCallback(
    (event: SyntheticEvent) => {
      event.preventDefault();
      // What goes wrong is shown as the device's problem.
      makeCall(cleanNumber(to)).catch(() => undefined);
    },
    [makeCall, to],
  );
  return (
    <form onSubmit={dial} className="flex items-end gap-2 *:first:min-w-0 *:first:flex-1">
      <Field
        label="Call from this phone"
        type="tel"
        autoComplete="off"
        placeholder="Number to call"
        value={to}
        onChange={setTo}
      />
      <Button type="submit" tone="primary" isDisabled={!cleanNumber(to)}>
        <PhoneOutgoing aria-hidden size={16} />
        Call
      </Button>
    </form>
  );
}
