import type { Call, Device } from "@twilio/voice-sdk";

/// Stands in for the Voice SDK in tests: tells what the SDK would tell and notes what it was asked for.
class Emitter {
  readonly #listeners = new Map<string, ((...values: unknown[]) => void)[]>();

  on(event: string, listener: (...values: unknown[]) => void): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }
  emit(event: string, ...values: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...values);
  }
}

export class FakeCall extends Emitter {
  readonly asked: string[] = [];
  state = "pending";

  constructor(readonly parameters: Record<string, string> = {}) {
    super();
  }
  status = () => this.state;
  accept = () => {
    this.asked.push("accept");
    this.state = "open";
    this.emit("accept");
  };
  reject = () => this.end("reject");
  disconnect = () => this.end("disconnect");
  ignore = () => void this.asked.push("ignore");
  mute = (muted: boolean) => {
    this.asked.push(`mute ${String(muted)}`);
    this.emit("mute", muted);
  };
  sendDigits = (digits: string) => void this.asked.push(`digits ${digits}`);
  end(how: string) {
    this.asked.push(how);
    this.state = "closed";
    this.emit(how);
  }
  /// As the SDK's own type.
  get call(): Call {
    return this as unknown as Call;
  }
}

export class FakeDevice extends Emitter {
  readonly asked: string[] = [];
  readonly audio = null;
  state = "unregistered";
  /// What `connect` answers, one after the other.
  readonly answers: (FakeCall | Error)[] = [];

  constructor(readonly token: string) {
    super();
  }
  register = () => {
    this.become("registered");
    return Promise.resolve();
  };
  become(state: string) {
    this.state = state;
    this.emit(state);
  }
  updateToken = (token: string) => void this.asked.push(`token ${token}`);
  connect = (options: { params: { To: string } }) => {
    this.asked.push(`connect ${options.params.To}`);
    const answer = this.answers.shift() ?? new Error("nothing was prepared");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  destroy = () => void this.asked.push("destroy");
  /// As the SDK's own type.
  get device(): Device {
    return this as unknown as Device;
  }
}
