import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { failure, startHouse, until } from "./support/house.mjs";

const { VoiceResponse } = twilio.twiml;

describe("what is said in a call is understood", () => {
  let house;
  let names = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  /// Runs a <Gather> with `attributes` at a phone with that script, then "Nothing came."
  async function gather(attributes, script) {
    const path = `/spoken/${++names}`;
    house.web.on(path, "<Response><Say>Thank you.</Say></Response>");
    const response = new VoiceResponse();
    response.gather({ action: path, input: "speech", speechTimeout: "auto", ...attributes }).say("Speak, please.");
    response.say("Nothing came.");
    const run = await house.run(response, { script });
    await house.ended(run.sid);
    const [asked] = house.web.requests(path);
    return { ...run, params: asked?.params, texts: await run.phone.heardTexts() };
  }

  it("Gather hears which of the hints it was", async () => {
    for (const word of ["yes", "no"]) {
      const { params, texts, sid } = await gather({ hints: "yes, no" }, [{ after_speech: true, say: word }]);
      assert.deepEqual([params.SpeechResult, params.CallSid, params.Digits], [word, sid, undefined]);
      assert.ok(Number(params.Confidence) > 0.3 && Number(params.Confidence) <= 1, params.Confidence);
      assert.deepEqual(texts, ["Speak, please.", "Thank you."]);
    }
    for (const word of ["sales", "support", "billing"]) {
      const { params } = await gather({ hints: "sales, support, billing" }, [{ after_speech: true, say: word }]);
      assert.equal(params.SpeechResult, word);
    }
  });

  it("Gather hears English without hints, and tells what it hears so far", async () => {
    const path = `/partial/${++names}`;
    house.web.on(path, { status: 204 });
    const { params, sid } = await gather({ partialResultCallback: path }, [{ after_speech: true, say: "hello how are you" }]);
    assert.ok(params.SpeechResult.length > 0);
    const parts = house.web.requests(path).map((each) => each.params);
    assert.ok(parts.length > 0, "there are partial results");
    assert.deepEqual(parts.map((each) => Number(each.SequenceNumber)), parts.map((_, index) => index));
    for (const part of parts) assert.ok(part.CallSid === sid && part.UnstableSpeechResult.length > 0 && part.StableSpeechResult === "");
  });

  it("Gather falls through when nobody speaks, or asks the action when that is wanted", async () => {
    const nothing = await gather({ timeout: 1 }, []);
    assert.deepEqual([nothing.params, nothing.texts], [undefined, ["Speak, please.", "Nothing came."]]);
    const empty = await gather({ timeout: 1, actionOnEmptyResult: true }, []);
    assert.equal(empty.params.SpeechResult, "");
  });

  it("a key wins over what is said", async () => {
    const { params } = await gather({ input: "dtmf speech", numDigits: 1, hints: "yes, no" }, [{ after_speech: true, press: "7" }, { say: "yes" }]);
    assert.deepEqual([params.Digits, params.SpeechResult], ["7", undefined]);
  });

  it("a language that nobody understands is a warning", async () => {
    const { params, sid } = await gather({ language: "de-DE", timeout: 1 }, []);
    assert.equal(params, undefined);
    await house.noted(sid, 13334);
  });

  const content = (request) => ({ track: request.params.Track, ...JSON.parse(request.params.TranscriptionData) });

  it("Start of a Transcription writes both sides down until the call ends", async () => {
    const path = `/transcription/${++names}`;
    house.web.on(path, { status: 204 });
    const response = new VoiceResponse();
    response.start().transcription({ name: "mine", hints: "front desk, sales department", statusCallbackUrl: house.web.url(path) });
    response.say("Hello. How are you?");
    response.pause({ length: 4 });
    const { sid } = await house.run(response, { script: [{ after_speech: true, say: "front desk" }] });
    await house.ended(sid);
    await house.web.waitFor(path, (each) => each.TranscriptionEvent === "transcription-stopped");
    const told = house.web.requests(path);
    assert.deepEqual(told.map((each) => Number(each.params.SequenceId)), told.map((_, index) => index + 1), "in order");
    const [started] = told;
    assert.deepEqual([started.params.TranscriptionEvent, started.params.CallSid, started.params.Track, started.params.LanguageCode], ["transcription-started", sid, "both_tracks", "en-US"]);
    assert.match(started.params.TranscriptionSid, /^GT[0-9a-f]{32}$/);
    const contents = told.filter((each) => each.params.TranscriptionEvent === "transcription-content");
    assert.ok(contents.every((each) => each.params.Final === "true" && each.params.LanguageCode === "en-US"));
    const said = contents.map(content);
    assert.equal(said.filter((each) => each.track === "inbound_track").map((each) => each.transcript).join(" "), "front desk");
    assert.ok(said.some((each) => each.track === "outbound_track" && each.confidence > 0 && each.transcript.length > 0));
    assert.equal(told.at(-1).params.TranscriptionEvent, "transcription-stopped");
  });

  it("the API starts a transcription and stops it by name", async () => {
    const path = `/transcription/${++names}`;
    house.web.on(path, { status: 204 });
    const { sid } = await house.run("<Response><Pause length='30'/></Response>");
    await house.inProgress(sid);
    const transcriptions = house.client.calls(sid).transcriptions;
    const started = await transcriptions.create({ name: "notes", track: "inbound_track", statusCallbackUrl: house.web.url(path) });
    assert.deepEqual([started.status, started.name, started.callSid], ["in-progress", "notes", sid]);
    assert.equal((await failure(transcriptions.create({ name: "notes" }))).status, 400);
    assert.equal((await failure(transcriptions.create({ languageCode: "fr-FR" }))).status, 400);
    const stopped = await house.client.calls(sid).transcriptions("notes").update({ status: "stopped" });
    assert.deepEqual([stopped.status, stopped.sid], ["stopped", started.sid]);
    await house.web.waitFor(path, (each) => each.TranscriptionEvent === "transcription-stopped");
    await until(async () => (await failure(house.client.calls(sid).transcriptions("notes").update({ status: "stopped" }))).status === 404, "it to be gone");
    await house.client.calls(sid).update({ status: "completed" });
  });

  it("Stop ends the transcription of that name", async () => {
    const path = `/transcription/${++names}`;
    house.web.on(path, { status: 204 });
    const document = `<Response><Start><Transcription name="a" track="inbound_track" statusCallbackUrl="${path}"/></Start><Pause length="1"/>
      <Stop><Transcription name="a"/></Stop><Pause length="20"/></Response>`;
    const { sid } = await house.run(document);
    await house.web.waitFor(path, (each) => each.TranscriptionEvent === "transcription-stopped");
    assert.equal((await house.client.calls(sid).fetch()).status, "in-progress");
    await house.client.calls(sid).update({ status: "completed" });
  });

  it("Record writes its recording down, and the API keeps the text", async () => {
    const path = `/transcribed/${++names}`;
    house.web.on(path, { status: 204 });
    house.web.on("/recorded", "<Response><Hangup/></Response>");
    const response = new VoiceResponse();
    response.record({ action: "/recorded", timeout: 1, playBeep: false, transcribe: true, transcribeCallback: path });
    const { sid } = await house.run(response, { script: [{ after_ms: 500, say: "my name is john" }] });
    const [{ params }] = await house.web.waitFor(path, (each) => each.CallSid === sid);
    assert.deepEqual([params.TranscriptionStatus, params.TranscriptionType], ["completed", "fast"]);
    assert.match(params.TranscriptionText, /^my name/);
    const transcription = await house.client.transcriptions(params.TranscriptionSid).fetch();
    assert.deepEqual([transcription.status, transcription.transcriptionText, transcription.recordingSid], ["completed", params.TranscriptionText, params.RecordingSid]);
    const [listed] = await house.client.recordings(params.RecordingSid).transcriptions.list();
    assert.equal(listed.sid, params.TranscriptionSid);
    assert.equal((await house.client.transcriptions.list({ limit: 1 })).length, 1);
    const text = await house.raw("GET", house.path(`/Transcriptions/${params.TranscriptionSid}.txt`));
    assert.equal(text.body, params.TranscriptionText);
    const [used] = await house.client.usage.records.today.list({ category: "transcriptions" });
    assert.equal(used.count, "1");
    await house.client.transcriptions(params.TranscriptionSid).remove();
    assert.equal((await failure(house.client.transcriptions(params.TranscriptionSid).fetch())).code, 20404);
  });
});
