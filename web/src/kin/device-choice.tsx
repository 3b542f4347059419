import { Mic } from "lucide-react";
import { useState } from "react";
import { Button } from "../shared/components/button";
import { Choices } from "../shared/components/fields";
import type { AudioDevice } from "./audio-devices";
import type { VoiceDevice } from "./use-voice-device";

/// Which microphone and which loudspeaker; during a call too.
export function DeviceChoice({ device }: { device: VoiceDevice }) {
  const { inputs, outputs, input, output, canChooseOutput } = device.devices;
  if (inputs.length === 0) return <AskForMicrophone />;
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-1">
      <Choices
        label="Microphone"
        choices={choicesOf(inputs, input)}
        value={input}
        onChange={device.chooseInput}
      />
      {canChooseOutput && outputs.length > 0 && (
        <Choices
          label="Loudspeaker"
          choices={choicesOf(outputs, output)}
          value={output}
          onChange={device.chooseOutput}
        />
      )}
      {!canChooseOutput && (
        <p className="text-sm text-muted">
          This browser lets no page choose the loudspeaker: the sound goes where the system sends it.
        </p>
      )}
    </div>
  );
}

function choicesOf(devices: readonly AudioDevice[], chosen: string) {
  const known = devices.some(({ id }) => id === chosen);
  return known ? devices : [{ id: "", name: "What the browser takes" }, ...devices];
}

function AskForMicrophone() {
  const [refused, setRefused] = useState(false);
  const ask = async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of stream.getTracks()) track.stop();
      setRefused(false);
    } catch {
      setRefused(true);
    }
  };
  return (
    <div className="flex flex-col items-start gap-3 text-sm text-muted">
      <p>
        {refused
          ? "The browser refuses the microphone: there is none, or its use is forbidden for this page."
          : "The browser names microphones and loudspeakers once this page may use one."}
      </p>
      <Button size="small" onPress={() => void ask()}>
        <Mic aria-hidden size={15} />
        Allow the microphone
      </Button>
    </div>
  );
}
