import type { Device } from "@twilio/voice-sdk";

const dtmfSounds = Object.fromEntries([
  ...Array.from({ length: 10 }, (_, digit) => [`dtmf${digit}`, `/sounds/dtmf-${digit}.wav`]),
  ["dtmfs", "/sounds/dtmf-star.wav"],
  ["dtmfh", "/sounds/dtmf-hash.wav"],
]) as Record<string, string>;

/// The stock Voice SDK, pointed at `host`. It is fetched when the first phone is opened, not with every page.
export async function openDevice(token: string, host: string): Promise<Device> {
  const sdk = await import("@twilio/voice-sdk");
  if (!sdk.Device.isSupported) throw new Error("This browser cannot make calls: it has no WebRTC.");
  const options = {
    edge: "ashburn",
    sounds: {
      incoming: "/sounds/incoming.wav",
      outgoing: "/sounds/outgoing.wav",
      disconnect: "/sounds/disconnect.wav",
      ...dtmfSounds,
    },
    codecPreferences: [sdk.Call.Codec.Opus, sdk.Call.Codec.PCMU],
    enableImprovedSignalingErrorPrecision: true,
    // Not in the SDK's public type: where its signalling goes …
    chunderw: host,
    // … and no telemetry to a host that is not ours.
    publishEvents: false,
  };
  return new sdk.Device(token, options as Device.Options);
}
