import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse, until } from "./support/house.mjs";
import { readWav, tonesIn } from "./support/sound.mjs";

const { VoiceResponse } = twilio.twiml;

describe("the attributes of Dial and its nouns", { concurrency: true }, () => {
  let house;
  let actions = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  /// A document that dials `nouns(verb)` and says "It is over." behind it; `done` gives what the action was told.
  function dialing(attributes, nouns) {
    const path = `/dialed/${++actions}`;
    house.web.on(path, "<Response><Say>It is over.</Say></Response>");
    const response = new VoiceResponse();
    nouns(response.dial({ action: path, ...attributes }));
    return { response, done: async () => (await house.web.waitFor(path))[0].params };
  }
  async function dial(attributes, nouns, script = []) {
    const { response, done } = dialing(attributes, nouns);
    const run = await house.run(response, { script });
    const params = await done();
    await house.ended(run.sid);
    return { ...run, params, children: await house.client.calls.list({ parentCallSid: run.sid }) };
  }
  const untilHungUp = (ms, script = []) => ({ script: [...script, { after_ms: ms, hang_up: true }] });

  it("sequential: one after the other, until one answers", async () => {
    const busy = await house.newPhone({ on_call: "busy" });
    const silent = await house.newPhone({ on_call: "no-answer" });
    const third = await house.newPhone(untilHungUp(500));
    const fourth = await house.newPhone();
    const { params, children } = await dial({ sequential: true, timeout: 5 }, (verb) => {
      for (const phone of [busy, silent, third, fourth]) verb.number(phone.number);
    });
    const statuses = Object.fromEntries(children.map((child) => [child.to, child.status]));
    assert.deepEqual(statuses, { [busy.number]: "busy", [silent.number]: "no-answer", [third.number]: "completed" });
    const answered = children.find((child) => child.to === third.number);
    assert.deepEqual([params.DialCallStatus, params.DialCallSid], ["completed", answered.sid]);
    assert.ok(answered.dateCreated >= children.find((child) => child.to === silent.number).endTime);
    assert.deepEqual((await fourth.state()).calls, []);
  });

  it("answerOnBridge: the caller rings until somebody answers", async () => {
    const called = await house.newPhone({ on_call: "person" });
    const { response, done } = dialing({ answerOnBridge: true }, (verb) => verb.number(called.number));
    const number = await house.newNumber(response);
    const caller = await house.newPhone();
    await caller.call(number);
    await called.ringing();
    const { sid } = await house.callTo(number);
    assert.equal((await house.client.calls(sid).fetch()).status, "ringing");
    await called.answer();
    await house.inProgress(sid);
    await called.hangUp();
    assert.equal((await done()).DialCallStatus, "completed");
    await house.ended(sid);

    const nobody = await house.newPhone({ on_call: "busy" });
    const silent = new VoiceResponse();
    silent.dial({ answerOnBridge: true }).number(nobody.number);
    const other = await house.newNumber(silent);
    await caller.call(other);
    const ended = await house.ended((await house.callTo(other)).sid);
    assert.equal(ended.startTime, null, "never answered");
  });

  it("without it the caller is answered at once", async () => {
    const called = await house.newPhone({ on_call: "person" });
    const number = await house.newNumber(dialing({}, (verb) => verb.number(called.number)).response);
    const caller = await house.newPhone();
    await caller.call(number);
    await called.ringing();
    const { sid } = await house.callTo(number);
    await house.inProgress(sid);
    await caller.hangUp();
    const [child] = await house.client.calls.list({ parentCallSid: sid });
    assert.equal((await house.ended(child.sid)).status, "canceled");
  });

  it("timeLimit: the called goes, the caller goes on", async () => {
    const called = await house.newPhone();
    const { params, phone, children } = await dial({ timeLimit: 1 }, (verb) => verb.number(called.number));
    assert.deepEqual([params.DialCallStatus, params.DialCallDuration, params.DialBridged], ["completed", "1", "true"]);
    assert.deepEqual(await phone.heardTexts(), ["It is over."]);
    assert.deepEqual(children.map((child) => [child.status, child.duration]), [["completed", "1"]]);
  });

  it("ringTone: as it rings in that country", async () => {
    const candidates = [400, 425, 440, 450, 480];
    const heard = async (attributes) => {
      const called = await house.newPhone({ on_call: "no-answer" });
      const { phone } = await dial({ timeout: 5, ...attributes }, (verb) => verb.number(called.number));
      const { channels, rate } = await phone.audio();
      // Tones that lie so close are told apart in a longer piece: half a second from the first ring on.
      const begin = channels[0].findIndex((sample) => Math.abs(sample) > 0.02);
      return tonesInHalfASecond(channels[0].subarray(begin, begin + rate / 2), rate, candidates);
    };
    const [usual, german] = await Promise.all([heard({}), heard({ ringTone: "de" })]);
    assert.deepEqual(usual, [440, 480]);
    assert.deepEqual(german, [425]);
  });

  it("record: both on their channels, told to the callback and to the action", async () => {
    const path = `/dial-recorded/${++actions}`;
    const called = await house.newPhone(untilHungUp(700, [{ after_ms: 500, tone_hz: 740, ms: 1500 }]));
    const { params, sid } = await dial(
      { record: "record-from-answer-dual", recordingStatusCallback: house.web.on(path, ""), recordingStatusCallbackEvent: "in-progress completed" },
      (verb) => verb.number(called.number),
      [{ after_ms: 1000, tone_hz: 440, ms: 1500 }],
    );
    assert.match(params.RecordingUrl, /\/Recordings\/RE[0-9a-f]{32}$/);
    const told = (await house.web.waitFor(path, 2)).map((request) => request.params);
    assert.deepEqual(told.map((each) => each.RecordingStatus), ["in-progress", "completed"]);
    assert.deepEqual([told[1].RecordingSource, told[1].RecordingChannels, told[1].CallSid], ["DialVerb", "2", sid]);
    assert.equal(told[1].RecordingUrl, params.RecordingUrl);
    const { account_sid: user, auth_token: password } = house.keys;
    const answer = await fetch(params.RecordingUrl, { headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` } });
    const { channels, rate } = readWav(Buffer.from(await answer.arrayBuffer()));
    assert.deepEqual(channels.map((samples) => tonesIn(samples, rate, [440, 740])), [[440], [740]]);
  });

  it("sendDigits, then the whisper by GET, and by default only the end is told", async () => {
    const status = `/noun-status/${++actions}`;
    const whisper = `/noun-whisper/${actions}`;
    house.web.on(whisper, "<Response><Say>A call for you.</Say></Response>");
    const called = await house.newPhone(untilHungUp(4000));
    const { phone, children } = await dial({}, (verb) =>
      verb.number({ sendDigits: "w12#", url: whisper, method: "GET", statusCallback: house.web.on(status, ""), statusCallbackMethod: "GET" }, called.number),
    );
    assert.equal((await called.lastCall()).digits_heard, "12#");
    assert.deepEqual(await called.heardTexts(), ["A call for you."]);
    assert.ok(!(await phone.heardTexts()).includes("A call for you."));
    const [asked] = house.web.requests(whisper);
    assert.deepEqual([asked.method, asked.params.CallSid, asked.params.Direction], ["GET", children[0].sid, "outbound-dial"]);
    const told = await house.web.waitFor(status);
    assert.deepEqual(told.map((each) => [each.method, each.params.CallStatus]), [["GET", "completed"]]);
    assert.match(told[0].params.CallDuration, /^\d+$/);
  });

  it("machineDetection of a number is told while the two are joined", async () => {
    const path = `/noun-amd/${++actions}`;
    const called = await house.newPhone({ on_call: "voicemail" });
    const { response } = dialing({}, (verb) =>
      verb.number({ machineDetection: "Enable", amdStatusCallback: house.web.on(path, "") }, called.number),
    );
    const { sid, phone } = await house.run(response);
    const [{ params }] = await house.web.waitFor(path);
    const [child] = await house.client.calls.list({ parentCallSid: sid });
    assert.deepEqual([params.CallSid, params.AnsweredBy], [child.sid, "machine_start"]);
    assert.match(params.MachineDetectionDuration, /^\d+$/);
    await phone.hangUp();
    assert.equal((await house.ended(child.sid)).answeredBy, "machine_start");
  });

  it("goes on with the next verb when it has no action", async () => {
    const called = await house.newPhone(untilHungUp(300));
    const { sid, phone } = await house.run(`<Response><Dial callerId="nobody">${called.number}</Dial><Say>The next verb.</Say></Response>`);
    await house.ended(sid);
    assert.deepEqual(await phone.heardTexts(), ["The next verb."]);
    assert.equal((await called.lastCall()).from, "+15550100100", "the caller's own number");
    await house.noted(sid, 13214);
  });

  it("warns of what it cannot do and goes on", async () => {
    const called = await house.newPhone(untilHungUp(100));
    const document = `<Response><Dial timeout="forever" timeLimit="0" record="perhaps" hangupOnStar="2"><Number>${called.number}</Number><Conference>room</Conference><WhatsApp>x</WhatsApp></Dial><Say>Later.</Say></Response>`;
    const { sid, phone } = await house.run(document);
    await house.ended(sid);
    assert.deepEqual((await phone.heardTexts()).at(-1), "Later.");
    const codes = await house.noted(sid, 13000);
    for (const code of [13000, 13212, 13213, 13215, 13216, 13217]) assert.ok(codes.includes(code), `${code} in ${codes}`);
  });

  it("the parent's end by request ends the called", async () => {
    const called = await house.newPhone();
    const { sid } = await house.run(dialing({}, (verb) => verb.number(called.number)).response);
    await called.inCall();
    await house.client.calls(sid).update({ status: "completed" });
    await house.ended(sid);
    const [child] = await house.client.calls.list({ parentCallSid: sid });
    assert.equal((await house.ended(child.sid)).status, "completed");
    await called.idle();
  });

  it("of two that answer at the same moment one is joined", async () => {
    const phones = await Promise.all([house.newPhone({ answer_after_ms: 300 }), house.newPhone({ answer_after_ms: 300 })]);
    const { sid, phone } = await house.run(dialing({}, (verb) => phones.forEach((each) => verb.number(each.number))).response);
    const children = await until(async () => {
      const found = await house.client.calls.list({ parentCallSid: sid });
      return found.length === 2 && found.every((child) => !["queued", "initiated", "ringing"].includes(child.status)) && found;
    }, "both to be decided", 15_000, 150);
    assert.deepEqual(children.filter((child) => child.status === "in-progress").length, 1, "one is joined");
    await phone.hangUp();
    await house.ended(sid);
  });
});

/// Those of `candidates` (Hz) in half a second: 2 Hz apart are told apart.
function tonesInHalfASecond(samples, rate, candidates) {
  const level = (hz) => {
    let [re, im] = [0, 0];
    samples.forEach((sample, i) => {
      re += sample * Math.cos((2 * Math.PI * hz * i) / rate);
      im += sample * Math.sin((2 * Math.PI * hz * i) / rate);
    });
    return Math.hypot(re, im) / samples.length;
  };
  const levels = candidates.map(level);
  return candidates.filter((_, i) => levels[i] > Math.max(...levels) / 3);
}
