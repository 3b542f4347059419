import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse, until } from "./support/house.mjs";
import { readWav, tonesIn } from "./support/sound.mjs";

const { VoiceResponse } = twilio.twiml;

describe("the attributes of Conference and of the verbs beside the call", { concurrency: true }, () => {
  let house;
  let names = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  /// Calls a new phone into the conference and waits until it is there.
  async function join(name, attributes = {}, script = []) {
    const events = `/events/${name}`;
    const response = new VoiceResponse();
    const callbacks = { statusCallback: house.web.on(events, ""), statusCallbackEvent: "start end join leave mute" };
    response.dial().conference({ beep: "false", waitUrl: "", ...callbacks, ...attributes }, name);
    response.say("You are out.");
    const run = await house.run(response, { script });
    await house.web.waitFor(events, (params) => params.StatusCallbackEvent === "participant-join" && params.CallSid === run.sid);
    return run;
  }
  const newName = () => `conference-${++names}`;
  const ended = (name) => house.web.waitFor(`/events/${name}`, (params) => params.StatusCallbackEvent === "conference-end");
  const soundOf = async (phone) => {
    await phone.idle();
    return phone.audio();
  };
  const loudMs = ({ channels, rate }) => {
    let ms = 0;
    for (let at = 0; at + rate / 100 <= channels[0].length; at += rate / 100)
      if (channels[0].subarray(at, at + rate / 100).some((sample) => Math.abs(sample) > 0.02)) ms += 10;
    return ms;
  };

  it("muted: heard by nobody until it is unmuted", async () => {
    const name = newName();
    const listener = await join(name);
    const speaker = await join(name, { muted: true }, [{ after_ms: 700, tone_hz: 440, ms: 800 }, { after_ms: 1200, tone_hz: 740, ms: 1000 }]);
    const [conference] = await house.client.conferences.list({ friendlyName: name, status: "in-progress" });
    const participant = house.client.conferences(conference.sid).participants(speaker.sid);
    assert.equal((await participant.fetch()).muted, true);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assert.equal((await participant.update({ muted: false })).muted, false);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await house.client.conferences(conference.sid).update({ status: "completed" });
    const { channels, rate } = await soundOf(listener.phone);
    assert.deepEqual(tonesIn(channels[0], rate, [440, 740]), [740]);
  });

  it("beep: at entry, at exit, or not", async () => {
    const heard = async (beep) => {
      const name = newName();
      const listener = await join(name);
      await until(async () => (await listener.phone.lastCall())?.call_sid, "the call");
      const other = await join(name, { beep });
      await new Promise((resolve) => setTimeout(resolve, 800));
      await other.phone.hangUp();
      await house.web.waitFor(`/events/${name}`, (params) => params.StatusCallbackEvent === "participant-leave");
      await new Promise((resolve) => setTimeout(resolve, 800));
      await listener.phone.hangUp();
      return loudMs(await soundOf(listener.phone));
    };
    const [both, enter, exit, none] = await Promise.all(["true", "onEnter", "onExit", "false"].map(heard));
    assert.equal(none, 0);
    assert.ok(enter > 40 && exit > 40, `${enter} ms, ${exit} ms`);
    assert.ok(Math.abs(both - enter - exit) <= 0.4 * (enter + exit), `${both} ms of both, ${enter} and ${exit} of one`);
  });

  it("maxParticipants: one too many is an error, 16020", async () => {
    const name = newName();
    const first = await join(name, { maxParticipants: 2 });
    await join(name, { maxParticipants: 2 });
    const response = new VoiceResponse();
    response.dial().conference({ maxParticipants: 2 }, name);
    const third = await house.run(response);
    await house.ended(third.sid);
    const codes = await house.noted(third.sid, 16020);
    assert.ok(codes.includes(16020));
    assert.match((await third.phone.heardTexts()).join(" "), /^We are sorry/);
    await first.phone.hangUp();
  });

  it("record: what all say, told to the callback with the conference's SID", async () => {
    const name = newName();
    const path = `/conference-recorded/${name}`;
    const record = { record: "record-from-start", recordingStatusCallback: house.web.on(path, ""), trim: "do-not-trim" };
    await join(name, { ...record, endConferenceOnExit: true }, [{ after_ms: 1500, tone_hz: 440, ms: 700 }, { after_ms: 2500, hang_up: true }]);
    await join(name, record, [{ after_ms: 2500, tone_hz: 740, ms: 700 }]);
    await ended(name);
    const [{ params }] = await house.web.waitFor(path);
    const [conference] = await house.client.conferences.list({ friendlyName: name });
    assert.deepEqual([params.ConferenceSid, params.RecordingStatus, params.RecordingSource], [conference.sid, "completed", "Conference"]);
    const [recording] = await house.client.conferences(conference.sid).recordings.list();
    assert.equal(recording.sid, params.RecordingSid);
    const { account_sid: user, auth_token: password } = house.keys;
    const answer = await fetch(params.RecordingUrl, { headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` } });
    const { channels, rate } = readWav(Buffer.from(await answer.arrayBuffer()));
    assert.deepEqual(tonesIn(channels[0], rate, [440, 740, 1240]), [440, 740]);
  });

  it("region, jitterBufferSize and what nobody knows do no harm", async () => {
    const name = newName();
    const { phone, sid } = await join(name, { region: "de1", jitterBufferSize: "small" });
    await phone.hangUp();
    assert.equal((await house.ended(sid)).status, "completed");
    await ended(name);
  });

  it("a wait document may not dial: 13238, and the waiting goes on", async () => {
    const name = newName();
    house.web.on("/wait-dial", "<Response><Dial>+15550001111</Dial></Response>");
    const { sid, phone } = await join(name, { waitUrl: "/wait-dial" });
    await house.noted(sid, 13238);
    assert.equal((await house.client.calls(sid).fetch()).status, "in-progress");
    await phone.hangUp();
    await ended(name);
  });

  it("Enqueue: as many as maxQueueSize, and Leave by the method that is asked for", async () => {
    const queue = `limited-${++names}`;
    const left = `/left/${queue}`;
    house.web.on(left, "<Response><Say>Out of it.</Say></Response>");
    house.web.on("/wait-long", "<Response><Pause length='60'/></Response>");
    house.web.on("/wait-leave", "<Response><Leave/></Response>");
    const entering = (attributes) => {
      const response = new VoiceResponse();
      response.enqueue({ action: left, method: "GET", ...attributes }, queue);
      return response;
    };
    const first = await house.run(entering({ waitUrl: "/wait-long", waitUrlMethod: "GET", maxQueueSize: 1 }));
    await house.web.waitFor("/wait-long");
    assert.equal(house.web.requests("/wait-long")[0].method, "GET");
    const second = await house.run(entering({ maxQueueSize: 1 }));
    const [full] = await house.web.waitFor(left);
    assert.deepEqual([full.method, full.params.QueueResult, full.params.CallSid], ["GET", "queue-full", second.sid]);
    await second.phone.heard("Out of it.");
    const other = new VoiceResponse();
    other.enqueue({ action: left, waitUrl: "/wait-leave" }, `${queue}-b`);
    const third = await house.run(other);
    const [, leaving] = await house.web.waitFor(left, 2);
    assert.deepEqual([leaving.params.QueueResult, leaving.params.CallSid], ["leave", third.sid]);
    assert.match(leaving.params.QueueTime, /^\d+$/);
    await first.phone.hangUp();
    await house.ended(first.sid);
  });
});
