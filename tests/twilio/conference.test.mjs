import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import twilio from "twilio";
import { failure, startHouse, until } from "./support/house.mjs";
import { sineWav, tonesIn } from "./support/sound.mjs";

const from = "+15550100100";
const tones = [440, 740, 1240];
const music = 1850;

/// A document that enters a conference: silent while it waits, without beeps, told of everything.
function joining(house, name, attributes = {}, dial = {}) {
  const response = new twilio.twiml.VoiceResponse();
  response.dial({ action: house.web.url("/after"), ...dial }).conference(
    {
      beep: "false",
      waitUrl: "",
      statusCallback: house.web.url(`/events/${name}`),
      statusCallbackEvent: "start end join leave mute hold modify speaker announcement",
      ...attributes,
    },
    name,
  );
  return response.toString();
}

describe("conferences", () => {
  let house;
  let names = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());
  afterEach(async () => {
    for (const { sid } of await house.client.conferences.list({ status: "in-progress" }))
      await house.client.conferences(sid).update({ status: "completed" });
    house.web.on("/after", new twilio.twiml.VoiceResponse().toString());
  });

  const newName = () => `room-${++names}`;

  /// Calls `number` into a conference and waits until it is there.
  async function call(number, name, attributes = {}, dial = {}) {
    const twiml = joining(house, name, attributes, dial);
    const placed = await house.client.calls.create({ to: number, from, twiml });
    await until(() => joined(name).includes(placed.sid), `${number} to join ${name}`);
    return placed.sid;
  }
  const events = (name) => house.web.requests(`/events/${name}`).map((request) => request.params);
  const eventWords = (name) => events(name).map((event) => event.StatusCallbackEvent).filter((word) => !word.includes("speech"));
  const joined = (name) => events(name).filter((event) => event.StatusCallbackEvent === "participant-join").map((event) => event.CallSid);
  const ended = (name) => until(() => events(name).find((event) => event.StatusCallbackEvent === "conference-end"), `${name} to end`);
  const told = (name, word) => until(() => events(name).find((event) => event.StatusCallbackEvent === word), `${word} of ${name}`);
  /// The newest of that name. What the client lists cannot be acted on, so it is asked for by its SID.
  async function live(name) {
    const [newest] = await house.client.conferences.list({ friendlyName: name });
    return house.client.conferences(newest.sid);
  }
  const statusOf = async (name) => (await (await live(name)).fetch()).status;
  /// A phone that answers at once and says its tone from `after_ms` on.
  const sounding = (number, hz, script = {}) =>
    house.phone(number).behave({ answer_after_ms: 50, script: [{ after_ms: 1500, tone_hz: hz, ms: 2500, ...script }] });
  const quiet = (number) => house.phone(number).behave({ answer_after_ms: 50, script: [] });
  async function tonesHeardBy(number) {
    const { channels, rate } = await house.phone(number).audio();
    return tonesIn(channels[0], rate, [...tones, music]);
  }

  it("lets three hear exactly the other two", async () => {
    const name = newName();
    const numbers = ["+15550003001", "+15550003002", "+15550003003"];
    for (const [i, number] of numbers.entries()) await sounding(number, tones[i]);
    await Promise.all(numbers.map((number) => call(number, name)));
    await new Promise((resolve) => setTimeout(resolve, 4500));
    await (await live(name)).update({ status: "completed" });
    for (const number of numbers) await house.phone(number).idle();
    for (const [i, number] of numbers.entries())
      assert.deepEqual(await tonesHeardBy(number), tones.filter((hz) => hz !== tones[i]), number);
  });

  it("tells of its whole life in order, numbered, signed", async () => {
    const name = newName();
    await quiet("+15550003011");
    await quiet("+15550003012");
    const first = await call("+15550003011", name, { participantLabel: "guest" });
    assert.equal(await statusOf(name), "init");
    const second = await call("+15550003012", name);
    await told(name, "conference-start");
    const conference = await live(name);
    const record = await conference.fetch();
    assert.equal(record.status, "in-progress");
    const present = await conference.participants.list();
    assert.deepEqual(present.map((each) => each.callSid), [second, first], "newest first");
    await house.phone("+15550003011").hangUp();
    await house.client.calls(second).update({ status: "completed" });
    const end = await ended(name);
    assert.deepEqual(eventWords(name), ["participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave", "conference-end"]);
    assert.deepEqual(events(name).map((event) => Number(event.SequenceNumber)), events(name).map((_, i) => i + 1));
    for (const event of events(name)) {
      assert.equal(event.ConferenceSid, record.sid);
      assert.equal(event.FriendlyName, name);
      assert.equal(event.AccountSid, house.keys.account_sid);
      assert.ok(Date.parse(event.Timestamp) > 0);
    }
    const [join] = events(name);
    assert.deepEqual(
      [join.CallSid, join.ParticipantLabel, join.Muted, join.Hold, join.Coaching, join.StartConferenceOnEnter, join.EndConferenceOnExit],
      [first, "guest", "false", "false", "false", "true", "false"],
    );
    assert.equal(end.ReasonConferenceEnded, "last-participant-left");
    const over = await conference.fetch();
    assert.deepEqual([over.status, over.reasonConferenceEnded, over.callSidEndingConference], ["completed", "last-participant-left", second]);
    assert.equal(house.web.refused.length, 0);
  });

  it("starts with its moderator and ends with him", async () => {
    const name = newName();
    for (const number of ["+15550003021", "+15550003022", "+15550003023"]) await quiet(number);
    house.web.on("/after", "<Response><Say>The host has gone.</Say></Response>");
    await call("+15550003021", name, { startConferenceOnEnter: "false" });
    await call("+15550003022", name, { startConferenceOnEnter: "false" });
    assert.equal(await statusOf(name), "init");
    const host = await call("+15550003023", name, { startConferenceOnEnter: "true", endConferenceOnExit: "true" });
    await told(name, "conference-start");
    await house.phone("+15550003023").hangUp();
    const end = await ended(name);
    assert.equal(end.ReasonConferenceEnded, "participant-with-end-conference-on-exit-left");
    assert.equal(end.CallSidEndingConference, host);
    await house.phone("+15550003021").heard("The host has gone.");
    await house.phone("+15550003022").heard("The host has gone.");
    const actions = await house.web.waitFor("/after", 2);
    assert.ok(actions.every((action) => action.params.DialCallStatus === "answered"));
  });

  it("takes a participant out, who goes on behind Dial", async () => {
    const name = newName();
    await quiet("+15550003031");
    await quiet("+15550003032");
    house.web.on("/after", "<Response><Say>You were removed.</Say></Response>");
    const first = await call("+15550003031", name);
    await call("+15550003032", name, { participantLabel: "other one" });
    const conference = await live(name);
    assert.equal(await conference.participants(first).remove(), true);
    await house.phone("+15550003031").heard("You were removed.");
    assert.equal((await told(name, "participant-leave")).ReasonParticipantLeft, "participant_updated_via_api");
    assert.equal((await failure(conference.participants(first).fetch())).status, 404);
    assert.equal(await conference.participants("other one").remove(), true);
    assert.equal((await ended(name)).ReasonConferenceEnded, "last-participant-kicked");
    assert.deepEqual((await failure(conference.participants(first).update({ muted: true }))).code, 16022);
  });

  it("mutes and holds, and only the held one hears the hold music", async () => {
    const name = newName();
    const numbers = ["+15550003041", "+15550003042", "+15550003043"];
    const sids = [];
    for (const [i, number] of numbers.entries()) await house.phone(number).behave({ answer_after_ms: 50, script: [{ after_ms: 2500, tone_hz: tones[i], ms: 3500 }] });
    house.web.on("/hold.wav", { type: "audio/wav", body: sineWav(music, 1) });
    for (const number of numbers) sids.push(await call(number, name, { participantLabel: number }));
    const conference = await live(name);
    const held = await conference.participants(numbers[0]).update({ hold: true, holdUrl: house.web.url("/hold.wav"), holdMethod: "GET" });
    assert.deepEqual([held.hold, held.muted, held.label, held.callSid], [true, false, numbers[0], sids[0]]);
    const muted = await conference.participants(sids[1]).update({ muted: true });
    assert.equal(muted.muted, true);
    assert.deepEqual((await conference.participants.list({ muted: true })).map((each) => each.callSid), [sids[1]]);
    assert.deepEqual((await conference.participants.list({ hold: true })).map((each) => each.callSid), [sids[0]]);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    await conference.participants(sids[0]).update({ hold: false });
    await told(name, "participant-unhold");
    await conference.update({ status: "completed" });
    for (const number of numbers) await house.phone(number).idle();
    assert.deepEqual(await tonesHeardBy(numbers[0]), [music]);
    assert.deepEqual(await tonesHeardBy(numbers[1]), [tones[2]]);
    assert.deepEqual(await tonesHeardBy(numbers[2]), []);
    assert.deepEqual(
      eventWords(name).filter((word) => /mute|hold/.test(word)),
      ["participant-hold", "participant-mute", "participant-unhold"],
    );
  });

  it("lets a coach be heard by the agent alone", async () => {
    const name = newName();
    const [caller, agent, coach] = ["+15550003051", "+15550003052", "+15550003053"];
    for (const [i, number] of [caller, agent, coach].entries()) await sounding(number, tones[i]);
    await call(caller, name);
    const agentSid = await call(agent, name);
    const coachSid = await call(coach, name, { coach: agentSid });
    const conference = await live(name);
    const record = await conference.participants(coachSid).fetch();
    assert.deepEqual([record.coaching, record.callSidToCoach], [true, agentSid]);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    await conference.update({ status: "completed" });
    for (const number of [caller, agent, coach]) await house.phone(number).idle();
    assert.deepEqual(await tonesHeardBy(caller), [tones[1]]);
    assert.deepEqual(await tonesHeardBy(agent), [tones[0], tones[2]]);
    assert.deepEqual(await tonesHeardBy(coach), [tones[0], tones[1]]);
  });

  it("announces to all and to one", async () => {
    const name = newName();
    await quiet("+15550003061");
    await quiet("+15550003062");
    house.web.on("/news", "<Response><Say>Five minutes left.</Say></Response>");
    house.web.on("/aside", "<Response><Say>For you alone.</Say></Response>");
    house.web.on("/broken", { status: 500 });
    const first = await call("+15550003061", name);
    await call("+15550003062", name);
    const conference = await live(name);
    await conference.update({ announceUrl: house.web.url("/news") });
    await house.phone("+15550003061").heard("Five minutes left.");
    await house.phone("+15550003062").heard("Five minutes left.");
    assert.equal((await told(name, "announcement-end")).CallSid, undefined);
    await conference.participants(first).update({ announceUrl: house.web.url("/aside"), announceMethod: "GET" });
    await house.phone("+15550003061").heard("For you alone.");
    await until(() => events(name).some((event) => event.StatusCallbackEvent === "announcement-end" && event.CallSid === first), "its end");
    assert.ok(!(await house.phone("+15550003062").heardTexts()).includes("For you alone."));
    await conference.participants(first).update({ announceUrl: house.web.url("/broken") });
    const failed = await told(name, "announcement-fail");
    assert.equal(failed.AnnounceUrl, house.web.url("/broken"));
    assert.ok(failed.ReasonAnnouncementFailed);
  });

  it("plays the wait document to those who wait, and music without one", async () => {
    const name = newName();
    await quiet("+15550003071");
    house.web.on("/wait", "<Response><Say>Please wait.</Say></Response>");
    await call("+15550003071", name, { waitUrl: house.web.url("/wait") });
    await house.phone("+15550003071").heard("Please wait.");
    const [asked] = house.web.requests("/wait");
    assert.equal(asked.params.FriendlyName, name);
    assert.match(asked.params.ConferenceSid, /^CF[0-9a-f]{32}$/);
    await house.phone("+15550003071").hangUp();
    await ended(name);

    await quiet("+15550003072");
    const other = newName();
    await call("+15550003072", other, { waitUrl: undefined });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await house.phone("+15550003072").hangUp();
    await ended(other);
    const { channels } = await house.phone("+15550003072").audio();
    const loud = channels[0].filter((sample) => Math.abs(sample) > 0.02).length;
    assert.ok(loud > channels[0].length / 4, "there is music");
  });

  it("calls participants in, by name and by SID", async () => {
    const name = newName();
    await quiet("+15550003081");
    await quiet("+15550003082");
    await house.phone("+15550003083").behave({ on_call: "busy", answer_after_ms: 50 });
    const callbacks = {
      conferenceStatusCallback: house.web.url(`/events/${name}`),
      conferenceStatusCallbackEvent: ["start", "end", "join", "leave"],
    };
    const first = await house.client.conferences(name).participants.create({
      ...{ from, to: "+15550003081", label: "customer", waitUrl: "", beep: "false" },
      ...{ endConferenceOnExit: true, ...callbacks },
    });
    assert.equal(first.status, "queued");
    assert.equal(first.label, "customer");
    assert.equal(first.endConferenceOnExit, true);
    assert.match(first.conferenceSid, /^CF[0-9a-f]{32}$/);
    const room = house.client.conferences(first.conferenceSid);
    await until(async () => (await room.participants("customer").fetch()).status === "connected", "the customer");
    const second = await room.participants.create({ from, to: "+15550003082", muted: true });
    await until(async () => (await room.participants(second.callSid).fetch()).status === "connected", "the second");
    assert.equal((await house.client.calls(second.callSid).fetch()).direction, "outbound-api");
    const third = await room.participants.create({ from, to: "+15550003083" });
    await until(async () => (await room.participants(third.callSid).fetch()).status === "failed", "the third to be busy");
    const left = await told(name, "participant-leave");
    assert.deepEqual([left.CallSid, left.ReasonParticipantLeft, left.ParticipantCallStatus], [third.callSid, "participant_add_failed", "busy"]);
    await house.phone("+15550003081").hangUp();
    await ended(name);
    await house.ended(second.callSid);
  });

  it("refuses what cannot be, with Twilio's codes", async () => {
    const name = newName();
    await quiet("+15550003091");
    const sid = await call("+15550003091", name, { participantLabel: "taken" });
    const conference = await live(name);
    const room = conference.participants;
    const to = "+15550003092";
    const nobody = `CA${"0".repeat(32)}`;
    const none = `CF${"0".repeat(32)}`;
    const codes = async (promise) => {
      const error = await failure(promise);
      return [error.status, error.code];
    };
    assert.deepEqual(await codes(house.client.conferences(none).fetch()), [404, 20404]);
    assert.deepEqual(await codes(house.client.conferences(none).participants.create({ from, to })), [400, 16003]);
    // The client itself would not send these.
    const incomplete = (form) => house.raw("POST", house.path(`/Conferences/${name}/Participants.json`), { form });
    assert.equal((await incomplete({ To: to })).body.code, 21213);
    assert.equal((await incomplete({ From: from })).body.code, 21201);
    assert.deepEqual(await codes(room.create({ from, to, label: "taken" })), [400, 16026]);
    assert.deepEqual(await codes(room.create({ from, to, label: "a/b" })), [400, 16024]);
    assert.deepEqual(await codes(room.create({ from, to, coaching: true })), [400, 16027]);
    assert.deepEqual(await codes(room.create({ from, to, coaching: true, callSidToCoach: nobody })), [400, 13240]);
    assert.deepEqual(await codes(room.create({ from, to, beep: "sometimes" })), [400, 20001]);
    assert.deepEqual(await codes(room.create({ from, to, maxParticipants: 251 })), [400, 20001]);
    assert.deepEqual(await codes(conference.participants(nobody).fetch()), [404, 20404]);
    assert.deepEqual(await codes(conference.participants(sid).update({ coaching: true })), [400, 16027]);
    assert.deepEqual(await codes(conference.participants(sid).update({ coaching: true, callSidToCoach: sid })), [400, 16028]);
    assert.deepEqual(await codes(conference.participants(sid).update({ announceUrl: "nonsense" })), [400, 21205]);
    await quiet("+15550003093");
    const second = await call("+15550003093", name);
    assert.deepEqual(await codes(room.create({ from, to, maxParticipants: 2 })), [400, 16020]);
    await conference.update({ status: "completed" });
    assert.equal((await ended(name)).ReasonConferenceEnded, "conference-ended-via-api");
    assert.deepEqual(await codes(room.create({ from, to })), [400, 16022]);
    assert.deepEqual(await codes(conference.update({ announceUrl: house.web.url("/news") })), [400, 16022]);
    assert.equal((await conference.update({ status: "completed" })).status, "completed", "it is what was asked for");
    await house.ended(second);
  });

  it("lists by name, status and day, page by page", async () => {
    await quiet("+15550003101");
    const name = newName();
    for (let i = 0; i < 3; ++i) {
      await call("+15550003101", name);
      await house.phone("+15550003101").hangUp();
      await until(async () => (await house.client.conferences.list({ friendlyName: name, status: "completed" })).length === i + 1, "its end");
    }
    const all = await house.client.conferences.list({ friendlyName: name });
    assert.equal(new Set(all.map((each) => each.sid)).size, 3);
    const paged = await house.client.conferences.list({ friendlyName: name, pageSize: 1 });
    assert.deepEqual(paged.map((each) => each.sid), all.map((each) => each.sid));
    const today = new Date();
    assert.equal((await house.client.conferences.list({ friendlyName: name, dateCreated: today })).length, 3);
    assert.equal((await house.client.conferences.list({ friendlyName: name, dateCreatedBefore: new Date(0) })).length, 0);
    assert.equal((await house.client.conferences.list({ friendlyName: name, dateUpdatedAfter: new Date(today.getTime() - 86_400_000) })).length, 3);
    assert.equal((await house.client.conferences.list({ friendlyName: name, status: "in-progress" })).length, 0);
  });
});
