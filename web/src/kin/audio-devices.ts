import type { Device } from "@twilio/voice-sdk";

type AudioHelper = NonNullable<Device["audio"]>;

export interface AudioDevice {
  id: string;
  name: string;
}

/// Microphones and loudspeakers, and which of them are in use; empty ids: whatever the browser takes by itself.
export interface AudioDevices {
  inputs: readonly AudioDevice[];
  outputs: readonly AudioDevice[];
  input: string;
  output: string;
  /// Not every browser lets a page choose where its sound goes.
  canChooseOutput: boolean;
}

export const noAudioDevices: AudioDevices = {
  inputs: [],
  outputs: [],
  input: "",
  output: "",
  canChooseOutput: false,
};

export function audioDevicesOf(audio: AudioHelper): AudioDevices {
  const [output] = audio.speakerDevices.get();
  return {
    inputs: named(audio.availableInputDevices),
    outputs: named(audio.availableOutputDevices),
    input: audio.inputDevice?.deviceId ?? "",
    output: output?.deviceId ?? "",
    canChooseOutput: audio.isOutputSelectionSupported,
  };
}

/// Calls and the ring tone go to the same loudspeaker.
export async function playTo(audio: AudioHelper, id: string): Promise<void> {
  await audio.speakerDevices.set(id);
  await audio.ringtoneDevices.set(id);
}

/// Before anybody has allowed the microphone, browsers tell neither names nor ids.
function named(devices: ReadonlyMap<string, MediaDeviceInfo>): AudioDevice[] {
  return [...devices.values()]
    .filter(({ deviceId }) => deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, name: label || "Unnamed device" }));
}
