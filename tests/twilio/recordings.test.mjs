import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse, until } from "./support/house.mjs";
import { readWav, sineWav, tonesIn } from "./support/sound.mjs";

const FROM = "+15005550006";
const done = (recording) => ["completed", "absent", "failed"].includes(recording.status);

describe("recordings", () => {
  let house;
  let numbers = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  const newPhone = (behaviour = {}) => house.phone(`+1500555${String(7000 + ++numbers)}`).behave({ answer_after_ms: 50, ...behaviour });
  const place = (phone, terms) => house.client.calls.create({ to: phone.number, from: FROM, ...terms });
  const finished = (sid) =>
    until(async () => {
      const recording = await house.client.recordings(sid).fetch();
      return done(recording) && recording;
    }, `recording ${sid} to be finished`);
  async function media(sid, suffix = ".wav", headers = {}) {
    const authorization = `Basic ${Buffer.from(`${house.keys.account_sid}:${house.keys.auth_token}`).toString("base64")}`;
    const response = await fetch(house.belfry.url + house.path(`/Recordings/${sid}${suffix}`), { headers: { authorization, ...headers } });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  it("keep what a caller says to <Record>, and tell its action", async () => {
    house.web.on("/record", `<Response><Record timeout="2" maxLength="20" action="/recorded" recordingStatusCallback="/record-status" recordingStatusCallbackEvent="in-progress completed"/></Response>`);
    house.web.on("/recorded", "<Response><Hangup/></Response>");
    const phone = await newPhone({ script: [{ after_ms: 1200, tone_hz: 440, ms: 2000 }] });
    const call = await place(phone, { url: house.web.url("/record") });
    const [{ params }] = await house.web.waitFor("/recorded");
    assert.match(params.RecordingSid, /^RE[0-9a-f]{32}$/);
    assert.equal(params.RecordingUrl, `${house.belfry.url}${house.path(`/Recordings/${params.RecordingSid}`)}`);
    assert.equal(params.RecordingDuration, "2");
    assert.equal(params.CallSid, call.sid);
    assert.equal(params.Digits, undefined);

    // Ready at once, by the URL that was told.
    const { status, headers, bytes } = await media(params.RecordingSid, "");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "audio/x-wav");
    const sound = readWav(bytes);
    assert.ok(Math.abs(sound.seconds - 2.08) < 0.1, `${sound.seconds} s: silence is trimmed`);
    assert.deepEqual(tonesIn(sound.channels[0], sound.rate, [440, 700]), [440]);

    const told = (await house.web.waitFor("/record-status", 2)).map((request) => request.params);
    assert.deepEqual(told.map((each) => each.RecordingStatus), ["in-progress", "completed"]);
    assert.deepEqual(
      [told[1].AccountSid, told[1].CallSid, told[1].RecordingSid, told[1].RecordingDuration, told[1].RecordingChannels, told[1].RecordingSource, told[1].RecordingTrack],
      [house.keys.account_sid, call.sid, params.RecordingSid, "2", "1", "RecordVerb", "inbound"],
    );
    const recording = await house.client.recordings(params.RecordingSid).fetch();
    assert.equal(recording.status, "completed");
    assert.equal(recording.duration, "2");
    assert.equal(recording.callSid, call.sid);
    assert.equal(recording.source, "RecordVerb");
    assert.equal(recording.channels, 1);
    assert.equal(recording.errorCode, null);
    assert.equal(recording.mediaUrl, params.RecordingUrl);
    assert.ok(recording.startTime instanceof Date && recording.startTime.getTime() > 0);
    assert.deepEqual(await house.client.recordings(params.RecordingSid).transcriptions.list(), []);
    await house.ended(call.sid);
  });

  it("of a caller who hangs up are told with Digits=hangup", async () => {
    house.web.on("/message", `<Response><Record playBeep="false" action="/left"/></Response>`);
    house.web.on("/left", "<Response><Say>nobody hears this</Say></Response>");
    const phone = await newPhone({ script: [{ after_ms: 800, tone_hz: 440, ms: 1500 }, { hang_up: true }] });
    const call = await place(phone, { url: house.web.url("/message"), statusCallback: house.web.url("/message-ended") });
    const [{ params }] = await house.web.waitFor("/left");
    assert.deepEqual([params.Digits, params.CallSid, params.CallStatus], ["hangup", call.sid, "completed"]);
    assert.equal(tonesIn(readWav((await media(params.RecordingSid)).bytes).channels[0], 8000, [440]).length, 1);
    await house.web.waitFor("/message-ended");
  });

  it("of a whole call have what the party says on the left and what it hears on the right", async () => {
    house.web.on("/tone", { type: "audio/wav", body: sineWav(700, 3) });
    const phone = await newPhone({ script: [{ after_ms: 300, tone_hz: 440, ms: 2000 }] });
    const call = await place(phone, {
      url: house.web.url("/tone"), record: true, recordingChannels: "dual", trim: "do-not-trim",
      recordingStatusCallback: house.web.url("/whole"), statusCallback: house.web.url("/whole-ended"),
    });
    const [{ params }] = await house.web.waitFor("/whole");
    const [{ params: end }] = await house.web.waitFor("/whole-ended");
    assert.equal(end.RecordingSid, params.RecordingSid);
    assert.equal(end.RecordingUrl, params.RecordingUrl);
    assert.ok(Math.abs(Number(end.RecordingDuration) - Number(params.RecordingDuration)) <= 1);
    assert.equal(params.RecordingSource, "OutboundAPI");
    const [only] = await house.client.calls(call.sid).recordings.list();
    assert.equal(only.sid, params.RecordingSid);
    assert.equal(only.track, "both");
    const { channels, rate, seconds } = readWav((await media(only.sid)).bytes);
    assert.equal(channels.length, 2);
    assert.ok(Math.abs(seconds - (Number(end.CallDuration) + 0.5)) < 1.1, `${seconds} s`);
    assert.deepEqual(tonesIn(channels[0], rate, [440, 700]), [440]);
    assert.deepEqual(tonesIn(channels[1], rate, [440, 700]), [700]);
    const mixed = readWav((await media(only.sid, ".wav?RequestedChannels=1")).bytes);
    assert.equal(mixed.channels.length, 1);
    assert.deepEqual(tonesIn(mixed.channels[0], rate, [440, 700]), [440, 700]);

    const mp3 = await media(only.sid, ".mp3?Download=true");
    assert.equal(mp3.headers.get("content-type"), "audio/mpeg");
    assert.match(mp3.headers.get("content-disposition"), /attachment; filename="RE/);
    assert.ok(mp3.bytes.length > 1000 && (mp3.bytes[0] === 0xff || mp3.bytes.toString("latin1", 0, 3) === "ID3"));
    const whole = (await media(only.sid)).bytes;
    const part = await media(only.sid, ".wav", { range: "bytes=1000-1999" });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get("content-range"), `bytes 1000-1999/${whole.length}`);
    assert.ok(part.bytes.equals(whole.subarray(1000, 2000)));
    assert.equal((await media(only.sid, ".wav", { range: "bytes=99999999-" })).status, 416);
    const head = await house.raw("HEAD", house.path(`/Recordings/${only.sid}.wav`));
    assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(whole.length)]);
  });

  it("of a live call are started, paused, resumed, stopped and deleted through the API", async () => {
    house.web.on("/wait", `<Response><Pause length="60"/></Response>`);
    const phone = await newPhone({ script: [{ after_ms: 10, tone_hz: 440, ms: 30000 }] });
    const call = await place(phone, { url: house.web.url("/wait") });
    await house.inProgress(call.sid);
    const recordings = house.client.calls(call.sid).recordings;
    const started = await recordings.create({ recordingStatusCallback: house.web.url("/api-status"), recordingStatusCallbackEvent: ["in-progress", "completed"], trim: "do-not-trim" });
    assert.deepEqual([started.status, started.duration, started.source, started.channels], ["in-progress", null, "StartCallRecordingAPI", 1]);
    assert.equal((await failure(recordings.create({ trim: "do-not-trim" }))).code, 16108);
    const second = await recordings.create({ recordingChannels: "dual", recordingTrack: "inbound" });
    assert.equal((await recordings("Twilio.CURRENT").fetch()).sid, second.sid);
    assert.equal((await recordings("Twilio.CURRENT").update({ status: "stopped" })).status, "stopped");
    const current = recordings("Twilio.CURRENT");
    assert.equal((await current.update({ status: "paused", pauseBehavior: "skip" })).status, "paused");
    assert.equal((await failure(current.update({ status: "paused" }))).code, 21220);
    assert.equal((await recordings(started.sid).fetch()).status, "paused");
    assert.equal((await current.update({ status: "in-progress" })).status, "in-progress");
    assert.equal((await failure(house.client.recordings(started.sid).remove())).code, 20009);
    assert.equal((await failure(current.update({ status: "nonsense" }))).status, 400);
    assert.equal((await media(started.sid)).status, 200, "it can be heard while it runs");
    assert.equal((await current.update({ status: "stopped" })).status, "stopped");
    assert.equal((await finished(started.sid)).status, "completed");
    const told = (await house.web.waitFor("/api-status", 2)).map((request) => request.params);
    assert.deepEqual(told.map((each) => each.RecordingStatus), ["in-progress", "completed"]);
    assert.equal((await failure(current.fetch())).code, 20404);

    const listed = (await house.client.recordings.list({ callSid: call.sid })).map((each) => each.sid);
    assert.deepEqual(listed, [second.sid, started.sid], "newest first");
    await finished(second.sid);
    assert.equal(await house.client.recordings(second.sid).remove(), true);
    assert.equal((await failure(house.client.recordings(second.sid).fetch())).code, 20404);
    assert.equal((await media(second.sid)).status, 404);
    assert.deepEqual((await recordings.list()).map((each) => each.sid), [started.sid]);
    await house.client.calls(call.sid).update({ status: "completed" });
    await house.ended(call.sid);
    assert.equal((await failure(recordings.create())).code, 21220, "not of a call that is over");
    assert.equal((await failure(house.client.calls(`CA${"0".repeat(32)}`).recordings.create())).code, 20404);
  });

  it("run in the background between <Start> and <Stop>", async () => {
    house.web.on("/background", `<Response><Start><Recording channels="dual" recordingStatusCallback="/background-status"/></Start><Pause length="2"/><Stop><Recording/></Stop><Pause length="1"/></Response>`);
    const call = await place(await newPhone(), { url: house.web.url("/background") });
    const [{ params }] = await house.web.waitFor("/background-status");
    assert.deepEqual([params.RecordingStatus, params.RecordingSource, params.RecordingDuration, params.RecordingChannels], ["completed", "StartCallRecordingTwiML", "2", "2"]);
    await house.ended(call.sid);
  });

  it("count in the usage as long as they are kept", async () => {
    const stored = async (span) => (await house.client.usage.records[span].list({ category: "recordingstorage" }))[0];
    const before = await stored("today");
    const call = await place(await newPhone({ script: [{ after_ms: 1000, hang_up: true }] }), { record: true, recordingTrack: "both", trim: "do-not-trim", twiml: "<Response><Pause length='20'/></Response>" });
    await house.ended(call.sid);
    const [recording] = await until(async () => {
      const list = await house.client.calls(call.sid).recordings.list();
      return list[0] && done(list[0]) && list;
    }, "its recording");
    const kept = await until(async () => {
      const now = await stored("today");
      return Number(now.count) === Number(before.count) + 1 && now;
    }, "one more that is kept");
    assert.deepEqual([Number(kept.usage), kept.usageUnit, kept.countUnit], [Number(before.usage) + 1, "minutes", "recordings"]);
    const [thisMonth, yesterday] = [await stored("thisMonth"), await stored("yesterday")];
    assert.deepEqual([thisMonth.count, yesterday.count], [kept.count, "0"]);
    await house.client.recordings(recording.sid).remove();
    const gone = await stored("today");
    assert.deepEqual([gone.count, gone.usage], [before.count, before.usage]);
  });

  it("of silence alone are absent, and <Record> goes on to the next verb", async () => {
    house.web.on("/silent", `<Response><Record timeout="1" action="/never" recordingStatusCallback="/silent-status" recordingStatusCallbackEvent="absent"/><Redirect>/next</Redirect></Response>`);
    house.web.on("/next", "<Response/>");
    const call = await place(await newPhone(), { url: house.web.url("/silent") });
    await house.web.waitFor("/next");
    const [{ params }] = await house.web.waitFor("/silent-status");
    assert.deepEqual([params.RecordingStatus, params.ErrorCode], ["absent", "16102"]);
    assert.equal(house.web.requests("/never").length, 0);
    await house.ended(call.sid);
  });

  it("and transcriptions that do not exist are 404/20404; nobody fetches without credentials", async () => {
    const nothing = `RE${"0".repeat(32)}`;
    for (const attempt of [
      () => house.client.recordings(nothing).fetch(),
      () => house.client.recordings(nothing).remove(),
      () => house.client.transcriptions(`TR${"0".repeat(32)}`).fetch(),
    ])
      assert.equal((await failure(attempt())).code, 20404);
    assert.deepEqual(await house.client.transcriptions.list(), []);
    const [any] = await house.client.recordings.list({ limit: 1 });
    assert.equal((await house.raw("GET", house.path(`/Recordings/${any.sid}.wav`), { user: null })).status, 401);
  });

  it("signed every callback rightly", () => assert.deepEqual(house.web.refused, []));
});
