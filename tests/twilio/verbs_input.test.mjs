import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse } from "./support/house.mjs";
import { readWav, tonesIn } from "./support/sound.mjs";

const { VoiceResponse } = twilio.twiml;
const LONG = "This prompt is long, and it goes on and on for many words, so that nobody would wait for its end before pressing a key.";

describe("what a party gives to a document", { concurrency: true }, () => {
  let house;
  let actions = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  /// Runs a <Gather> with `attributes` at a phone with that script, then "Nothing came."
  async function gather(attributes, script, { prompt = "Keys, please.", say = {}, thanksAfterMs = 0 } = {}) {
    const path = `/gathered/${++actions}`;
    house.web.on(path, async () => {
      await new Promise((resolve) => setTimeout(resolve, thanksAfterMs));
      return "<Response><Say>Thank you.</Say></Response>";
    });
    const response = new VoiceResponse();
    const verb = response.gather({ action: path, ...attributes });
    if (prompt) verb.say(say, prompt);
    response.say("Nothing came.");
    const run = await house.run(response, { script });
    await house.ended(run.sid);
    const [asked, ...more] = house.web.requests(path);
    assert.deepEqual(more, []);
    return { ...run, asked, texts: await run.phone.heardTexts() };
  }

  it("are as many digits as it wants", async () => {
    const { asked, texts, sid } = await gather({ numDigits: 4 }, [{ after_speech: true, press: "12345" }]);
    assert.deepEqual([asked.method, asked.params.Digits, asked.params.FinishedOnKey, asked.params.CallSid], ["POST", "1234", "", sid]);
    assert.deepEqual(texts, ["Keys, please.", "Thank you."]);
  });

  it("are digits up to the finishing key, which is not one of them", async () => {
    const usual = await gather({}, [{ after_speech: true, press: "98#" }]);
    assert.deepEqual([usual.asked.params.Digits, usual.asked.params.FinishedOnKey], ["98", "#"]);
    const star = await gather({ finishOnKey: "*", method: "GET" }, [{ after_speech: true, press: "1#2*" }]);
    assert.deepEqual([star.asked.method, star.asked.params.Digits, star.asked.params.FinishedOnKey], ["GET", "1#2", "*"]);
  });

  it("are all keys until the time-out when no key finishes", async () => {
    const { asked } = await gather({ finishOnKey: "", timeout: 1 }, [{ after_speech: true, press: "1*#" }]);
    assert.deepEqual([asked.params.Digits, asked.params.FinishedOnKey], ["1*#", ""]);
  });

  it("may be nothing: then the next verb follows, or the action when it is asked for", async () => {
    const nothing = await gather({ timeout: 1 }, []);
    assert.deepEqual([nothing.asked, nothing.texts], [undefined, ["Keys, please.", "Nothing came."]]);
    const alone = await gather({ timeout: 3 }, [{ after_speech: true, press: "#" }]);
    assert.deepEqual([alone.asked, alone.texts], [undefined, ["Keys, please.", "Nothing came."]]);
    const empty = await gather({ timeout: 1, actionOnEmptyResult: true }, []);
    assert.deepEqual([empty.asked.params.Digits, empty.texts], ["", ["Keys, please.", "Thank you."]]);
    const finished = await gather({ actionOnEmptyResult: true }, [{ after_speech: true, press: "#" }]);
    assert.deepEqual([finished.asked.params.Digits, finished.asked.params.FinishedOnKey], ["", "#"]);
  });

  it("waits so many seconds after the prompt, and again after each key", async () => {
    const { asked, sid } = await gather({ timeout: 2 }, [{ after_speech: true, press: "1" }, { after_ms: 1500, press: "2" }, { after_ms: 1500, press: "3" }]);
    assert.equal(asked.params.Digits, "123");
    const { phone } = await gather({ timeout: 2 }, []);
    const [prompt, nothing] = (await phone.lastCall()).heard;
    assert.ok(nothing.at_ms - prompt.at_ms >= 2000, `${nothing.at_ms - prompt.at_ms} ms`);
    assert.ok(sid);
  });

  it("stops the prompt within 200 ms of the first key", async () => {
    const { phone, asked } = await gather({ numDigits: 1 }, [{ after_ms: 1500, press: "7" }], { prompt: LONG, thanksAfterMs: 600 });
    assert.equal(asked.params.Digits, "7");
    const { heard } = await phone.lastCall();
    const thanks = heard.find((each) => each.text === "Thank you.").at_ms;
    const { channels, rate } = await phone.audio();
    const loudest = (fromMs, toMs) => channels[0].subarray((rate * fromMs) / 1000, (rate * toMs) / 1000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    assert.ok(loudest(500, 1500) > 0.1, "the prompt");
    assert.ok(loudest(thanks - 400, thanks - 50) < 0.02, "nothing is left of it while the action is asked");
  });

  it("asks its own document again when it has no action", async () => {
    const { phone, path, sid } = await house.run(
      (request) => (request.body.Digits ? `<Response><Say>You pressed ${request.body.Digits}.</Say></Response>` : "<Response><Gather numDigits='1'><Say>Press.</Say></Gather></Response>"),
      { script: [{ after_speech: true, press: "5" }] },
    );
    await house.ended(sid);
    assert.equal(house.web.requests(path).length, 2);
    assert.deepEqual(await phone.heardTexts(), ["Press.", "You pressed 5."]);
  });

  it("is silence in a language that nobody understands; keys work all the same", async () => {
    const speech = await gather({ input: "speech", timeout: 1, hints: "yes, no", language: "de-DE", speechTimeout: "auto" }, [{ after_speech: true, say: "yes" }]);
    assert.deepEqual([speech.asked, speech.texts.at(-1)], [undefined, "Nothing came."]);
    const both = await gather({ input: "dtmf speech", language: "de-DE", numDigits: 1 }, [{ after_speech: true, press: "1" }]);
    assert.equal(both.asked.params.Digits, "1");
  });

  it("has warnings for values that cannot be, and works with its defaults", async () => {
    const document = `<Response><Gather numDigits="many" timeout="-1" finishOnKey="##" action="/default"><Say>Now.</Say><Dial>+15550001111</Dial></Gather></Response>`;
    house.web.on("/default", "<Response/>");
    const { sid } = await house.run(document, { script: [{ after_speech: true, press: "42#" }] });
    const [{ params }] = await house.web.waitFor("/default", (each) => each.CallSid === sid);
    assert.equal(params.Digits, "42");
    await house.ended(sid);
    const codes = await house.noted(sid, 13320);
    for (const code of [13313, 13314, 13320]) assert.ok(codes.includes(code), `${code} in ${codes}`);
    assert.ok(codes.includes(13310) || codes.includes(13311), `finishOnKey in ${codes}`);
  });

  it("is not asked for after the party hung up", async () => {
    const { asked } = await gather({ numDigits: 3, timeout: 10 }, [{ after_speech: true, press: "1" }, { after_ms: 300, hang_up: true }]);
    assert.equal(asked, undefined);
  });

  // --- <Record> ---

  /// Runs a <Record> with `attributes` at a phone with that script.
  async function record(attributes, script) {
    const path = `/recorded/${++actions}`;
    house.web.on(path, "<Response><Say>Thank you.</Say></Response>");
    const response = new VoiceResponse();
    response.record({ action: path, trim: "do-not-trim", ...attributes });
    response.say("Nothing came.");
    const run = await house.run(response, { script });
    await house.ended(run.sid);
    const [asked] = await house.web.waitFor(path);
    const sound = asked && readWav(await fetchRecording(asked.params.RecordingUrl));
    return { ...run, asked, sound };
  }
  async function fetchRecording(url) {
    const { account_sid: user, auth_token: password } = house.keys;
    const response = await fetch(url, { headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` } });
    assert.equal(response.status, 200);
    return Buffer.from(await response.arrayBuffer());
  }

  it("is recorded up to its greatest length", async () => {
    const { asked, sound } = await record({ maxLength: 2, playBeep: false }, [{ after_ms: 200, tone_hz: 440, ms: 5000 }]);
    assert.equal(asked.params.RecordingDuration, "2");
    assert.equal(asked.params.Digits, undefined);
    assert.ok(Math.abs(sound.seconds - 2) < 0.1, `${sound.seconds} s`);
  });

  it("is recorded up to a key, after a beep that only the party hears", async () => {
    const { asked, sound, phone } = await record({ finishOnKey: "5", timeout: 10 }, [{ after_ms: 2000, tone_hz: 440, ms: 800 }, { after_ms: 100, press: "15" }]);
    assert.equal(asked.params.Digits, "5");
    assert.deepEqual(tonesIn(sound.channels[0], sound.rate, [440, 1000]), [440]);
    const heard = await phone.audio();
    const loud = heard.channels[0].filter((sample) => Math.abs(sample) > 0.02).length / heard.rate;
    assert.ok(loud > 0.1 && loud < 2, `a beep of ${loud} s and the thanks`);
    assert.match((await phone.heardTexts()).join(), /Thank you/);
  });

  it("is recorded until it is silent for so long", async () => {
    const { asked, sound } = await record({ timeout: 1, playBeep: false }, [{ after_ms: 300, tone_hz: 440, ms: 1000 }]);
    assert.ok(asked, "the action");
    assert.ok(sound.seconds > 1.8 && sound.seconds < 3.2, `${sound.seconds} s`);
  });

  it("is written down as blank when it holds no word", async () => {
    house.web.on("/transcribed", { status: 204 });
    const { asked, sid } = await record({ maxLength: 3, playBeep: false, transcribe: true, transcribeCallback: "/transcribed" }, [{ after_ms: 200, tone_hz: 440, ms: 900 }, { hang_up: true }]);
    assert.equal(asked.params.Digits, "hangup");
    const [{ params }] = await house.web.waitFor("/transcribed", (each) => each.CallSid === sid);
    assert.deepEqual([params.TranscriptionStatus, params.RecordingSid, params.CallSid], ["completed", asked.params.RecordingSid, sid]);
    assert.equal(params.TranscriptionText, "(blank)");
    assert.match(params.TranscriptionSid, /^TR[0-9a-f]{32}$/);
  });
});
