import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeCall, FakeDevice } from "./fake-device";
import { VoiceClient } from "./voice-client";

/// A registered phone, and every status that it was told to have since.
async function registered() {
  const devices: FakeDevice[] = [];
  const statuses: string[] = [];
  const incoming: unknown[] = [];
  let tokens = 0;
  const fetchToken = vi.fn(() => Promise.resolve(`token-${++tokens}`));
  const client = new VoiceClient({
    identity: "ann",
    fetchToken,
    openDevice: (token) => {
      const made = new FakeDevice(token);
      devices.push(made);
      return Promise.resolve(made.device);
    },
    onCallStatusChange: (status) => statuses.push(status),
    onIncomingCall: (call) => incoming.push(call),
  });
  await client.start();
  const [device] = devices;
  if (!device) throw new Error("no device was opened");
  return { client, device, devices, statuses, incoming, fetchToken, now: () => client.snapshot() };
}

const codeError = (code: number, message = "said the SDK") => Object.assign(new Error(message), { code });

describe("the phone in the browser", () => {
  it("is ready once its device is registered", async () => {
    const { device, statuses, now } = await registered();
    expect(device.token).toBe("token-1");
    expect(statuses).toEqual(["ready"]);
    expect(now().isReady).toBe(true);
  });

  it("calls with the party as a parameter, is connected when that accepts, and ready when it hangs up", async () => {
    const { client, device, statuses, now } = await registered();
    const call = new FakeCall();
    device.answers.push(call);
    await client.makeCall("+14155550123");
    expect(device.asked).toEqual(["connect +14155550123"]);
    expect(now().call).toMatchObject({
      direction: "outgoing",
      from: "client:ann",
      to: "+14155550123",
      since: null,
    });
    call.emit("ringing", false);
    expect(now().call?.ringing).toBe(true);
    call.emit("accept");
    expect(now().call?.since).not.toBeNull();
    call.end("disconnect");
    expect(statuses).toEqual(["ready", "outgoing", "connected", "ready"]);
    expect(now().call).toBeNull();
  });

  it("takes a call that comes in", async () => {
    const { client, device, statuses, incoming, now } = await registered();
    const call = new FakeCall({ From: "+15550001111", To: "client:ann" });
    device.emit("incoming", call);
    expect(incoming).toEqual([call]);
    expect(now().call).toMatchObject({ direction: "incoming", from: "+15550001111", to: "client:ann" });
    client.answerCall();
    client.hangupCall();
    expect(call.asked).toEqual(["accept", "disconnect"]);
    expect(statuses).toEqual(["ready", "incoming", "connected", "ready"]);
  });

  it.each(["reject", "cancel"])("is ready again after %s of a call that came in", async (how) => {
    const { client, device, statuses } = await registered();
    const call = new FakeCall();
    device.emit("incoming", call);
    if (how === "reject") client.rejectCall();
    else call.end("cancel");
    expect(statuses).toEqual(["ready", "incoming", "ready"]);
  });

  it("stays with its call when a second one comes in", async () => {
    const { device, incoming, now } = await registered();
    const first = new FakeCall({ From: "+15550001111" });
    const second = new FakeCall({ From: "+15550002222" });
    device.emit("incoming", first);
    device.emit("incoming", second);
    expect(second.asked).toEqual(["ignore"]);
    expect(incoming).toEqual([first]);
    expect(now().call?.from).toBe("+15550001111");
  });

  it("does not take the last words of a finished call for those of the next", async () => {
    const { client, device, now } = await registered();
    const [first, second] = [new FakeCall(), new FakeCall()];
    device.answers.push(first, second);
    await client.makeCall("+1");
    first.end("disconnect");
    await client.makeCall("+2");
    first.emit("disconnect");
    first.emit("error", codeError(53405));
    expect(now().status).toBe("outgoing");
    expect(now().problem).toBeNull();
  });

  it("passes mute and digits on, digits only while both talk", async () => {
    const { client, device, now } = await registered();
    const call = new FakeCall();
    device.answers.push(call);
    await client.makeCall("+1");
    client.sendDigits("1");
    call.emit("accept");
    client.sendDigits("2#");
    client.mute(true);
    expect(call.asked).toEqual(["digits 2#", "mute true"]);
    expect(now().call?.muted).toBe(true);
  });

  it("keeps the quality warnings that hold now", async () => {
    const { client, device, now } = await registered();
    const call = new FakeCall();
    device.answers.push(call);
    await client.makeCall("+1");
    for (const name of ["high-jitter", "high-rtt", "high-jitter"]) call.emit("warning", name);
    expect(now().call?.warnings).toEqual(["high-rtt", "high-jitter"]);
    call.emit("warning-cleared", "high-rtt");
    expect(now().call?.warnings).toEqual(["high-jitter"]);
  });

  it("ends a call that the SDK closed for want of a microphone", async () => {
    const { client, device, now } = await registered();
    const call = new FakeCall();
    device.answers.push(call);
    await client.makeCall("+1");
    call.state = "closed";
    call.emit("error", codeError(31401));
    expect(now().status).toBe("ready");
    expect(now().problem?.text).toContain("microphone");
  });
});

describe("errors of the device", () => {
  it("are the status until it is registered again", async () => {
    const { device, statuses, now } = await registered();
    device.emit("error", codeError(31005));
    expect(now().problem).toEqual({ text: "Connection error", code: 31005, detail: "said the SDK" });
    device.become("unregistered");
    expect(now().isReady).toBe(false);
    device.become("registered");
    expect(statuses).toEqual(["ready", "error", "ready"]);
    expect(now().problem).toBeNull();
  });

  it("leave a running call alone and show after it", async () => {
    const { client, device, statuses, now } = await registered();
    const call = new FakeCall();
    device.answers.push(call);
    await client.makeCall("+1");
    call.emit("accept");
    device.emit("error", codeError(31005));
    call.emit("reconnecting");
    expect(now()).toMatchObject({ status: "connected", call: { reconnecting: true } });
    call.end("disconnect");
    expect(statuses).toEqual(["ready", "outgoing", "connected", "error"]);
  });

  it("come from a token that nobody gives, and a new attempt helps", async () => {
    const fetchToken = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error("Identity is required"))
      .mockResolvedValue("good");
    const openDevice = (token: string) => Promise.resolve(new FakeDevice(token).device);
    const client = new VoiceClient({ identity: "", fetchToken, openDevice });
    await client.start();
    expect(client.snapshot()).toMatchObject({ status: "error", problem: { text: "Identity is required" } });
    await client.start();
    expect(client.snapshot()).toMatchObject({ status: "ready", problem: null });
  });
});

describe("tokens", () => {
  it("are renewed before they expire, on the same device", async () => {
    const { device, devices } = await registered();
    device.emit("tokenWillExpire");
    await vi.waitFor(() => expect(device.asked).toEqual(["token token-2"]));
    expect(devices).toHaveLength(1);
  });

  it("that expired unseen are replaced once, and once only while that does not help", async () => {
    const { device, fetchToken, now } = await registered();
    device.state = "unregistered";
    device.emit("error", codeError(20104));
    await vi.waitFor(() => expect(now().status).toBe("ready"));
    expect(device.asked).toEqual(["token token-2"]);
    device.state = "registering";
    device.emit("error", codeError(20104));
    device.emit("error", codeError(20104));
    await vi.waitFor(() => expect(fetchToken).toHaveBeenCalledTimes(3));
    expect(now()).toMatchObject({ status: "error", problem: { text: "Access token expired" } });
  });
});

describe("a call that cannot be placed", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is tried three times, after 1 s and 2 s, and the last error is thrown", async () => {
    const { client, device, statuses, now } = await registered();
    device.answers.push(codeError(31005), codeError(31005), codeError(31009, "the last"));
    const placing = expect(client.makeCall("+1")).rejects.toThrow("the last");
    await vi.advanceTimersByTimeAsync(999);
    expect(device.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(device.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1999);
    expect(device.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    await placing;
    expect(device.asked).toHaveLength(3);
    expect(statuses).toEqual(["ready", "outgoing", "ready"]);
    expect(now().problem?.code).toBe(31009);
  });

  it("goes through at the second attempt", async () => {
    const { client, device, now } = await registered();
    const call = new FakeCall();
    device.answers.push(codeError(31005), call);
    const placing = client.makeCall("+1");
    await vi.advanceTimersByTimeAsync(1000);
    await placing;
    expect(now().currentCall).toBe(call);
  });

  it("is not tried again after a hang-up", async () => {
    const { client, device, statuses } = await registered();
    device.answers.push(codeError(31005), new FakeCall());
    const placing = client.makeCall("+1");
    await vi.advanceTimersByTimeAsync(10);
    client.hangupCall();
    await vi.advanceTimersByTimeAsync(5000);
    await placing;
    expect(device.asked).toHaveLength(1);
    expect(statuses).toEqual(["ready", "outgoing", "ready"]);
  });
});

it("destroys its device, and says nothing after that", async () => {
  const { client, device, statuses } = await registered();
  client.destroy();
  device.become("unregistered");
  device.emit("error", codeError(31005));
  expect(device.asked).toEqual(["destroy"]);
  expect(statuses).toEqual(["ready"]);
});
