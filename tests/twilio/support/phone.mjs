import { until } from "./house.mjs";
import { readWav } from "./sound.mjs";

/// A simulated phone (docs/simulator.md).
export class Phone {
  constructor(belfry, number) {
    this.belfry = belfry;
    this.number = number;
    this.path = `/sim/phones/${encodeURIComponent(number)}`;
  }

  async behave(behaviour) {
    await this.belfry.ask("PUT", this.path, behaviour);
    return this;
  }
  state() {
    return this.belfry.get(this.path);
  }
  answer() {
    return this.belfry.post(`${this.path}/answer`);
  }
  press(digits) {
    return this.belfry.post(`${this.path}/press`, { digits });
  }
  say(text) {
    return this.belfry.post(`${this.path}/say`, { text });
  }
  hangUp() {
    return this.belfry.post(`${this.path}/hang-up`);
  }
  call(to) {
    return this.belfry.post(`${this.path}/call`, { to });
  }
  message(to, body) {
    return this.belfry.post(`${this.path}/message`, { to, body });
  }

  /// The state of the phone when `condition` holds for it.
  when(condition, what = `phone ${this.number}`) {
    return until(async () => {
      const state = await this.state();
      return condition(state) && state;
    }, what);
  }
  ringing() {
    return this.when((phone) => phone.state === "ringing", `${this.number} to ring`);
  }
  inCall() {
    return this.when((phone) => phone.state === "in-call", `${this.number} to be in a call`);
  }
  idle() {
    return this.when((phone) => phone.state === "idle", `${this.number} to be idle`);
  }

  /// The newest call: { call_sid, direction, from, to, heard: [{ at_ms, text }], digits_heard, … }
  async lastCall() {
    const { calls } = await this.state();
    return calls.at(-1);
  }
  /// What was spoken to it in its newest call, in order.
  async heardTexts() {
    return ((await this.lastCall())?.heard ?? []).map((words) => words.text);
  }
  heard(text) {
    return until(async () => (await this.heardTexts()).find((each) => each.includes(text)), `${this.number} to hear "${text}"`);
  }
  /// The audio that it heard in its newest call, from the moment of the answer.
  async audio() {
    const { audio_url: url } = await this.lastCall();
    const response = await fetch(new URL(url, this.belfry.url));
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return readWav(Buffer.from(await response.arrayBuffer()));
  }
}
