import type { Device } from "@twilio/voice-sdk";

type AudioHelper = NonNullable<Device["audio"]>;

export interface AudioDevice {
  id: string;
  name: string;
}

/// Microphones and loudspeakers, and which of them are in use; an empty id: whatever the browser takes by itself.
export interface AudioDevices {
  inputs: readonly AudioDevice[];
  outputs: readonly AudioDevice[];
  input: string;
  output: string;
  /// A microphone was chosen: its level is known outside of calls too.
  listening: boolean;
  /// Not every browser lets a page choose where its sound goes.
  canChooseOutput: boolean;
}

export const noAudioDevices: AudioDevices = {
  inputs: [],
  outputs: [],
  input: "",
  output: "",
  listening: false,
  canChooseOutput: false,
};

export function audioDevicesOf(audio: AudioHelper): AudioDevices {
  const [output] = audio.speakerDevices.get();
  return {
    inputs: named(audio.availableInputDevices),
    outputs: named(audio.availableOutputDevices),
    input: audio.inputDevice?.deviceId ?? usual(audio.availableInputDevices),
    output: output?.deviceId ?? usual(audio.availableOutputDevices),
    listening: audio.inputDevice !== null,
    canChooseOutput: audio.isOutputSelectionSupported,
  };
}

/// Calls and the ring tone go to the same loudspeaker.
export async function playTo(audio: AudioHelper, id: string): Promise<void> {
  await audio.speakerDevices.set(id);
  await audio.ringtoneDevices.set(id);
}

/// Some browsers list what they take by themselves under this id.
function usual(devices: ReadonlyMap<string, MediaDeviceInfo>): string {
  return devices.has("default") ? "default" : "";
}

/// Before anybody has allowed the microphone, browsers tell neither names nor ids.
function named(devices: ReadonlyMap<string, MediaDeviceInfo>): AudioDevice[] {
  return [...devices.values()]
    .filter(({ deviceId }) => deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, name: label || "Unnamed device" }));
}
