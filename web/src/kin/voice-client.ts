import type { Call, Device } from "@twilio/voice-sdk";
import { audioDevicesOf, noAudioDevices, playTo, type AudioDevices } from "./audio-devices";
import { afterEvent, noFacts, statusOf, type CallStatus, type PhoneEvent } from "./call-status";
import { LevelFeed } from "./levels";
import { follow, incomingDetails, outgoingDetails, type CallDetails } from "./live-call";
import { withRetries } from "./retry";
import { expiredCodes, problemOf, type PhoneProblem } from "./words";

export interface VoiceSnapshot {
  status: CallStatus;
  /// Calls can be made and arrive.
  isReady: boolean;
  /// The SDK's call; null also while an outgoing one is only being set up.
  currentCall: Call | null;
  call: CallDetails | null;
  problem: PhoneProblem | null;
  devices: AudioDevices;
}

export interface VoiceClientTerms {
  identity: string;
  fetchToken: (identity: string) => Promise<string>;
  openDevice: (token: string) => Promise<Device>;
  onCallStatusChange?: (status: CallStatus) => void;
  onIncomingCall?: (call: Call) => void;
}

export const idleSnapshot: VoiceSnapshot = {
  status: "idle",
  isReady: false,
  currentCall: null,
  call: null,
  problem: null,
  devices: noAudioDevices,
};

/// A person's telephone in the browser: the Voice SDK's device from its token to its end, and the one call that it
/// may have. Knows nothing of how it is shown.
export class VoiceClient {
  readonly levels = new LevelFeed();
  readonly #terms: VoiceClientTerms;
  readonly #subscribers = new Set<() => void>();
  #snapshot = idleSnapshot;
  #facts = noFacts;
  #device: Device | null = null;
  #destroyed = false;
  /// Counts calls, so that what a finished one still says is not taken for the next one's.
  #calls = 0;

  constructor(terms: VoiceClientTerms) {
    this.#terms = terms;
  }

  subscribe = (notify: () => void): (() => void) => {
    this.#subscribers.add(notify);
    return () => this.#subscribers.delete(notify);
  };
  snapshot = (): VoiceSnapshot => this.#snapshot;

  /// Gets a token and registers; what fails is in the snapshot. Also the way out of the state `error`.
  async start(): Promise<void> {
    try {
      const token = await this.#terms.fetchToken(this.#terms.identity);
      if (this.#destroyed) return;
      if (this.#device) this.#device.updateToken(token);
      else await this.#open(token);
      await this.#register();
    } catch (error) {
      // Without a word: the server has ended the registration.
      this.#fail(error ?? new Error("The server does not take this phone"));
    }
  }

  destroy(): void {
    this.#destroyed = true;
    this.#device?.destroy();
    this.#device = null;
    this.#subscribers.clear();
  }

  /// @throws what the last of three attempts threw
  async makeCall(to: string): Promise<void> {
    const device = this.#device;
    if (!device || this.#snapshot.status !== "ready") return;
    const number = ++this.#calls;
    const isCurrent = () => !this.#destroyed && this.#calls === number;
    this.#change({ call: outgoingDetails(`client:${this.#terms.identity}`, to), problem: null });
    this.#happen("call-placed");
    try {
      const call = await withRetries(() => device.connect({ params: { To: to } }), isCurrent);
      if (!call) return;
      if (isCurrent()) this.#follow(call, number);
      else call.disconnect();
    } catch (error) {
      if (isCurrent()) this.#endCall(problemOf(error));
      throw error;
    }
  }

  answerCall(): void {
    if (this.#snapshot.status === "incoming") this.#snapshot.currentCall?.accept();
  }

  rejectCall(): void {
    if (this.#snapshot.status === "incoming") this.#snapshot.currentCall?.reject();
  }

  hangupCall(): void {
    const { currentCall, call } = this.#snapshot;
    if (currentCall) currentCall.disconnect();
    // Between two attempts there is no call of the SDK yet.
    else if (call) this.#endCall(null);
  }

  mute(muted: boolean): void {
    this.#snapshot.currentCall?.mute(muted);
  }

  /// @param digits 0-9, * and #; w: half a second of silence
  sendDigits(digits: string): void {
    if (this.#snapshot.status === "connected") this.#snapshot.currentCall?.sendDigits(digits);
  }

  async chooseInput(id: string): Promise<void> {
    await this.#withAudio((audio) => audio.setInputDevice(id));
  }

  async chooseOutput(id: string): Promise<void> {
    await this.#withAudio((audio) => playTo(audio, id));
  }

  async #withAudio(choose: (audio: NonNullable<Device["audio"]>) => Promise<void>): Promise<void> {
    const audio = this.#device?.audio;
    if (!audio) return;
    try {
      await choose(audio);
      this.#change({ devices: audioDevicesOf(audio), problem: null });
    } catch (error) {
      this.#change({ devices: audioDevicesOf(audio), problem: problemOf(error) });
    }
  }

  async #open(token: string): Promise<void> {
    const device = await this.#terms.openDevice(token);
    if (this.#destroyed) {
      device.destroy();
      return;
    }
    this.#device = device;
    device.on("registered", () => {
      this.#happen("registered");
      if (!this.#snapshot.call) this.#change({ problem: null });
    });
    device.on("unregistered", () => this.#happen("unregistered"));
    device.on("error", (error: unknown, call?: Call) => {
      // What is said of one call does not concern the device.
      if (call) this.#change({ problem: problemOf(error) });
      else this.#fail(error);
    });
    device.on("tokenWillExpire", () => void this.#renew());
    device.on("incoming", (call: Call) => this.#arrive(call));
    this.#listenToAudio(device);
  }

  #listenToAudio(device: Device): void {
    const { audio } = device;
    if (!audio) return;
    const learn = () => this.#change({ devices: audioDevicesOf(audio) });
    audio.on("deviceChange", learn);
    audio.on("inputVolume", (input: number) => {
      if (!this.#snapshot.call) this.levels.set({ input });
    });
    learn();
  }

  async #register(): Promise<void> {
    const device = this.#device;
    if (!device) return;
    const state: string = device.state;
    if (state === "unregistered") await device.register();
    // A device that still is registered does not say so again.
    else if (state === "registered") this.#happen("registered");
  }

  /// The new token goes over the same connection; calls go on.
  async #renew(): Promise<void> {
    try {
      const token = await this.#terms.fetchToken(this.#terms.identity);
      if (!this.#destroyed) this.#device?.updateToken(token);
    } catch (error) {
      // The old token is good for some seconds more; its end will be an error of the device.
      this.#change({ problem: problemOf(error) });
    }
  }

  #fail(error: unknown): void {
    if (this.#destroyed) return;
    const problem = problemOf(error);
    // A machine that slept past the token's end: the same error again means that a new one does not help.
    const isFirst = this.#snapshot.problem?.code !== problem.code;
    this.#change({ problem });
    this.#happen("device-error");
    if (isFirst && problem.code !== null && expiredCodes.includes(problem.code)) void this.start();
  }

  #arrive(call: Call): void {
    // Who is in a call, or is rung by another, hears nothing of it; the caller's ringing ends by itself.
    if (this.#snapshot.call) {
      call.ignore();
      return;
    }
    const number = ++this.#calls;
    this.#change({ call: incomingDetails(call), problem: null });
    this.#follow(call, number);
    this.#happen("call-arrived");
    this.#terms.onIncomingCall?.(call);
  }

  #follow(call: Call, number: number): void {
    const isCurrent = () => !this.#destroyed && this.#calls === number && this.#snapshot.call !== null;
    this.#change({ currentCall: call });
    follow(call, {
      changed: (change) => {
        const { call: details } = this.#snapshot;
        if (isCurrent() && details) this.#change({ call: { ...details, ...change } });
      },
      accepted: () => {
        const { call: details } = this.#snapshot;
        if (!isCurrent() || !details) return;
        this.#change({ call: { ...details, since: Date.now() } });
        this.#happen("call-accepted");
      },
      ended: () => {
        if (isCurrent()) this.#endCall(this.#snapshot.problem);
      },
      failed: (problem) => {
        if (isCurrent()) this.#change({ problem });
      },
      volume: (input, output) => {
        if (isCurrent()) this.levels.set({ input, output });
      },
    });
  }

  #endCall(problem: PhoneProblem | null): void {
    ++this.#calls;
    this.levels.silence();
    this.#change({ call: null, currentCall: null, problem });
    this.#happen("call-ended");
  }

  #happen(event: PhoneEvent): void {
    if (this.#destroyed) return;
    this.#facts = afterEvent(this.#facts, event);
    const before = this.#snapshot.status;
    const status = statusOf(this.#facts);
    this.#change({ status, isReady: this.#facts.registered });
    if (status !== before) this.#terms.onCallStatusChange?.(status);
  }

  #change(change: Partial<VoiceSnapshot>): void {
    if (this.#destroyed) return;
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const notify of this.#subscribers) notify();
  }
}
