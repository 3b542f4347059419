import { Mic, MicOff } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import { ToggleButton } from "react-aria-components";
import { KeyPad } from "../shared/components/key-pad";
import type { LevelFeed, Levels } from "./levels";
import type { VoiceDevice } from "./use-voice-device";

/// What a person in a call can do beside hanging up: mute, press keys, see that both sides are heard.
export function CallControls({ device }: { device: VoiceDevice }) {
  const [pressed, setPressed] = useState("");
  const muted = device.call?.muted ?? false;
  const connected = device.callStatus === "connected";

  const press = (key: string) => {
    device.sendDigits(key);
    setPressed((keys) => keys + key);
  };

  return (
    <div className={`grid gap-6 ${connected ? "sm:grid-cols-[15rem_minmax(0,1fr)]" : ""}`}>
      {connected && <KeyPad press={press} pressed={pressed} />}
      <div className="flex min-w-0 flex-col gap-5">
        <ToggleButton
          isSelected={muted}
          onChange={device.mute}
          className="inline-flex h-10 cursor-pointer items-center justify-center gap-2 self-start rounded-xl bg-surface px-4 text-sm font-medium ring-1 ring-line transition-colors ring-inset hover:bg-sunken data-selected:bg-bad data-selected:text-on-bad data-selected:ring-0"
        >
          {muted ? <MicOff aria-hidden size={17} /> : <Mic aria-hidden size={17} />}
          Mute
        </ToggleButton>
        <LevelMeter name="Microphone" feed={device.levels} of="input" />
        <LevelMeter name="Other side" feed={device.levels} of="output" />
      </div>
    </div>
  );
}

interface LevelMeterProps {
  name: string;
  feed: LevelFeed;
  of: keyof Levels;
}

const steps = 20;

export function LevelMeter({ name, feed, of }: LevelMeterProps) {
  // In steps, so that it is drawn anew only when one would see it.
  const step = useSyncExternalStore(feed.subscribe, () => Math.round(Math.min(1, feed.read()[of]) * steps));
  const percent = (step / steps) * 100;
  return (
    <div className="flex flex-col gap-1.5">
      <span aria-hidden className="text-[0.8125rem] font-medium text-muted">
        {name}
      </span>
      <div
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-2 overflow-hidden rounded-full bg-sunken ring-1 ring-line"
      >
        <div className="h-full rounded-full bg-good" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
