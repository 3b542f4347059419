import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse } from "./support/house.mjs";
import { tonesIn } from "./support/sound.mjs";

const from = "+15550100100";
const caller = "+15550003001";

describe("Dial", () => {
  let house;
  let numbers = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  const newNumber = () => `+155500031${String(++numbers).padStart(2, "0")}`;
  const quick = (number, script = []) => house.phone(number).behave({ answer_after_ms: 50, script });

  /// Calls the caller with a document that dials; what the action is told.
  async function dial(attributes, nouns, script = []) {
    const name = `/done-${++numbers}`;
    await quick(caller, script);
    await house.phone(caller).idle();
    house.web.on(name, "<Response><Say>It is over.</Say></Response>");
    const response = new twilio.twiml.VoiceResponse();
    nouns(response.dial({ action: house.web.url(name), ...attributes }));
    const call = await house.client.calls.create({ to: caller, from, twiml: response.toString() });
    return { call, done: async () => (await house.web.waitFor(name))[0].params };
  }
  const childOf = async (call) => (await house.client.calls.list({ parentCallSid: call.sid })).at(0);

  it("joins two phones and reports the steps of the noun", async () => {
    const called = newNumber();
    await quick(called, [{ after_ms: 800, tone_hz: 740, ms: 1500 }, { after_ms: 800, hang_up: true }]);
    house.web.on("/steps", "");
    const { call, done } = await dial(
      { callerId: "+15550100177" },
      (verb) =>
        verb.number(
          { statusCallback: house.web.url("/steps"), statusCallbackEvent: "initiated ringing answered completed" },
          called,
        ),
      [{ after_ms: 1500, tone_hz: 440, ms: 1500 }],
    );
    const result = await done();
    const child = await childOf(call);
    assert.equal(result.DialCallStatus, "completed");
    assert.equal(result.DialBridged, "true");
    assert.equal(result.DialCallSid, child.sid);
    assert.ok(Number(result.DialCallDuration) >= 2);
    assert.deepEqual([child.direction, child.from, child.to], ["outbound-dial", "+15550100177", called]);
    const steps = await house.web.waitFor("/steps", 4);
    assert.deepEqual(steps.map((step) => step.params.CallStatus), ["initiated", "ringing", "in-progress", "completed"]);
    assert.deepEqual(steps.map((step) => step.params.SequenceNumber), ["0", "1", "2", "3"]);
    for (const { params } of steps) assert.deepEqual([params.CallSid, params.ParentCallSid], [child.sid, call.sid]);
    await house.phone(caller).heard("It is over.");
    await house.ended(call.sid);
    for (const [number, hz] of [[caller, 740], [called, 440]]) {
      const { channels, rate } = await house.phone(number).audio();
      assert.ok(tonesIn(channels[0], rate, [hz]).includes(hz), `${number} hears the other`);
    }
    assert.equal(house.web.refused.length, 0);
  });

  it("tells why nobody answered", async () => {
    for (const [behaviour, status] of [
      [{ on_call: "busy" }, "busy"],
      [{ on_call: "no-answer" }, "no-answer"],
      [{ on_call: "unreachable" }, "failed"],
    ]) {
      const called = newNumber();
      await house.phone(called).behave(behaviour);
      const { call, done } = await dial({ timeout: 5 }, (verb) => verb.number(called));
      const result = await done();
      assert.equal(result.DialCallStatus, status);
      assert.equal(result.DialBridged, "false");
      assert.equal(result.DialCallDuration, undefined);
      await house.ended(call.sid);
    }
  });

  it("rings all at once and cancels the others", async () => {
    const [slow, fast] = [newNumber(), newNumber()];
    await house.phone(slow).behave({ on_call: "person" });
    await house.phone(fast).behave({ answer_after_ms: 400, script: [{ after_ms: 500, hang_up: true }] });
    const { call, done } = await dial({}, (verb) => {
      verb.number(slow);
      verb.number(fast);
    });
    const result = await done();
    const children = await house.client.calls.list({ parentCallSid: call.sid });
    const statuses = Object.fromEntries(children.map((child) => [child.to, child.status]));
    assert.deepEqual(statuses, { [slow]: "canceled", [fast]: "completed" });
    assert.equal(result.DialCallSid, children.find((child) => child.to === fast).sid);
    await house.ended(call.sid);
  });

  it("whispers to the called, who may refuse", async () => {
    const called = newNumber();
    house.web.on(
      "/whisper",
      `<Response><Gather numDigits="1" timeout="2" action="/accept"><Say>Press one.</Say></Gather><Hangup/></Response>`,
    );
    house.web.on("/accept", "<Response><Say>Connecting.</Say></Response>");
    await quick(called, [{ after_speech: true, press: "1" }, { after_ms: 3000, hang_up: true }]);
    const accepted = await dial({}, (verb) => verb.number({ url: house.web.url("/whisper") }, called));
    assert.equal((await accepted.done()).DialBridged, "true");
    const [pressed] = await house.web.waitFor("/accept");
    assert.equal(pressed.params.Digits, "1");
    assert.equal(pressed.params.ParentCallSid, accepted.call.sid);
    assert.match((await house.phone(called).heardTexts()).join(" "), /Press one\. ?.*Connecting\./);
    await house.ended(accepted.call.sid);

    await quick(called);
    const refused = await dial({}, (verb) => verb.number({ url: house.web.url("/whisper") }, called));
    const result = await refused.done();
    assert.deepEqual([result.DialCallStatus, result.DialBridged], ["completed", "false"]);
    await house.ended(refused.call.sid);
  });

  it("ends at a star of the caller", async () => {
    const called = newNumber();
    await quick(called);
    const { call, done } = await dial({ hangupOnStar: true }, (verb) => verb.number(called), [
      { after_ms: 1500, press: "*" },
    ]);
    assert.equal((await done()).DialCallStatus, "answered");
    await house.phone(caller).heard("It is over.");
    await house.ended(call.sid);
  });

  it("asks the action also when the caller hangs up", async () => {
    const called = newNumber();
    await quick(called);
    const { call, done } = await dial({}, (verb) => verb.number(called), [{ after_ms: 2000, hang_up: true }]);
    const result = await done();
    assert.deepEqual([result.CallStatus, result.DialCallStatus], ["completed", "completed"]);
    assert.equal((await house.ended((await childOf(call)).sid)).status, "completed");
  });

  it("does not find devices of a client that has none", async () => {
    const { call, done } = await dial({}, (verb) => verb.client("nobody"));
    assert.equal((await done()).DialCallStatus, "no-answer");
    await house.ended(call.sid);
  });

  it("redirects both sides of a call by requests", async () => {
    const called = newNumber();
    await quick(called);
    const { call } = await dial({}, (verb) => verb.number(called));
    await house.phone(called).inCall();
    const child = await childOf(call);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await house.client.calls(child.sid).update({ twiml: "<Response><Say>You are alone.</Say></Response>" });
    await house.phone(called).heard("You are alone.");
    await house.phone(caller).heard("It is over.");
    await house.ended(call.sid);
  });
});

describe("answering machines", () => {
  let house;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  it("are told from people before the document is asked for", async () => {
    house.web.on("/person", "<Response><Say>Hello person.</Say></Response>");
    await house.phone("+15550003901").behave({ answer_after_ms: 50, script: [{ after_ms: 500, say: "Hello?" }] });
    const call = await house.client.calls.create({
      to: "+15550003901",
      from,
      url: house.web.url("/person"),
      machineDetection: "Enable",
    });
    const [asked] = await house.web.waitFor("/person");
    assert.equal(asked.params.AnsweredBy, "human");
    assert.match(asked.params.MachineDetectionDuration, /^\d+$/);
    assert.equal((await house.ended(call.sid)).answeredBy, "human");
  });

  it("take their message after the beep", async () => {
    house.web.on("/message", "<Response><Say>Please call back.</Say></Response>");
    await house.phone("+15550003902").behave({ on_call: "voicemail", answer_after_ms: 50 });
    const call = await house.client.calls.create({
      to: "+15550003902",
      from,
      url: house.web.url("/message"),
      machineDetection: "DetectMessageEnd",
    });
    const [asked] = await house.web.waitFor("/message");
    assert.equal(asked.params.AnsweredBy, "machine_end_beep");
    await house.phone("+15550003902").heard("Please call back.");
    await house.ended(call.sid);
  });

  it("are reported while the call goes on", async () => {
    house.web.on("/amd", "");
    await house.phone("+15550003903").behave({ on_call: "voicemail", answer_after_ms: 50 });
    const call = await house.client.calls.create({
      to: "+15550003903",
      from,
      twiml: "<Response><Pause length='8'/></Response>",
      machineDetection: "Enable",
      asyncAmd: "true",
      asyncAmdStatusCallback: house.web.url("/amd"),
    });
    const [told] = await house.web.waitFor("/amd");
    assert.deepEqual([told.params.CallSid, told.params.AnsweredBy], [call.sid, "machine_start"]);
    assert.equal((await house.client.calls(call.sid).fetch()).status, "in-progress");
    await house.client.calls(call.sid).update({ status: "completed" });
  });

  it("are not looked for where digits are sent", async () => {
    await house.phone("+15550003904").behave({ answer_after_ms: 50, script: [] });
    const call = await house.client.calls.create({
      to: "+15550003904",
      from,
      twiml: "<Response><Say>Extension reached.</Say></Response>",
      sendDigits: "w12#",
      machineDetection: "Enable",
    });
    await house.phone("+15550003904").heard("Extension reached.");
    assert.equal((await house.phone("+15550003904").lastCall()).digits_heard, "12#");
    assert.equal((await house.ended(call.sid)).answeredBy, null);
  });
});
