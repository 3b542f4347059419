import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse } from "./support/house.mjs";
import { amplitude, sineWav, tonesIn } from "./support/sound.mjs";

const { VoiceResponse } = twilio.twiml;

/// Milliseconds in which `hz` sounds.
function toneMs({ channels, rate }, hz) {
  const length = rate / 100;
  let ms = 0;
  for (let at = 0; at + length <= channels[0].length; at += length)
    if (amplitude(channels[0].subarray(at, at + length), rate, hz) > 0.1) ms += 10;
  return ms;
}

describe("what a document lets its party hear", { concurrency: true }, () => {
  let house;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  it("is said in order, as often as it is asked for, whatever the voice", async () => {
    const response = new VoiceResponse();
    response.say({ loop: 2 }, "Again and again.");
    response.say({ voice: "Polly.Hans", language: "de-DE" }, "Guten Tag.");
    response.say({ voice: "man" }, "  A man\n   speaks & says <hello>. ");
    response.say({ voice: "No.Such-Voice" }, "Somebody speaks.");
    response.say("");
    const { phone, sid } = await house.run(response);
    assert.equal((await house.ended(sid)).status, "completed");
    const texts = (await phone.heardTexts()).join(" ");
    assert.equal(texts, "Again and again. Again and again. Guten Tag. A man speaks & says <hello>. Somebody speaks.");
    assert.deepEqual(await house.noted(sid, 13511).then(() => house.noted(sid, 13520)), [13511, 13520]);
  });

  it("has SSML's pauses and other words", async () => {
    const response = new VoiceResponse();
    const say = response.say("The first sentence.");
    say.break({ time: "2s" });
    say.sub({ alias: "World Wide Web" }, "WWW");
    say.prosody({ rate: "slow", volume: "loud" }, "is slow.");
    const { phone, sid } = await house.run(response);
    await house.ended(sid);
    const { heard } = await phone.lastCall();
    const text = heard.map((each) => each.text).join(" ");
    assert.match(text, /The first sentence\..*World Wide Web.*is slow\./);
    assert.doesNotMatch(text, /WWW|<|prosody/);
    const { channels, rate } = await phone.audio();
    let pause = 0;
    let longest = 0;
    let begun = false;
    for (let at = 0; at + rate / 50 <= channels[0].length; at += rate / 50) {
      const loud = channels[0].subarray(at, at + rate / 50).some((sample) => Math.abs(sample) > 0.02);
      begun ||= loud;
      pause = loud || !begun ? 0 : pause + 20;
      if (channels[0].length - at > rate * 0.5) longest = Math.max(longest, pause);
    }
    assert.ok(longest >= 1900 && longest < 3000, `a pause of ${longest} ms`);
  });

  it("is played from a relative address, twice, after keys", async () => {
    house.web.file("/documents/tone.wav", "audio/wav", sineWav(440, 1));
    const response = new VoiceResponse();
    response.play({ digits: "1w2W3#" });
    response.play({ loop: 2 }, "tone.wav");
    const { phone, sid } = await house.run(response);
    await house.ended(sid);
    assert.equal((await phone.lastCall()).digits_heard, "123#");
    const ms = toneMs(await phone.audio(), 440);
    assert.ok(Math.abs(ms - 2000) <= 60, `${ms} ms of tone in two times one second`);
    const [asked] = house.web.requests("/documents/tone.wav");
    assert.deepEqual([asked.method, asked.params], ["GET", {}]);
  });

  it("stops the document when it is no sound, and the fall-back says why it was asked", async () => {
    house.web.file("/no-sound", "application/json", "{}");
    house.web.on("/instead", "<Response><Say>Instead of it.</Say></Response>");
    const document = "<Response><Play>/no-sound</Play><Say>Never said.</Say></Response>";
    const { phone, sid } = await house.run(document, {}, { fallbackUrl: house.web.url("/instead") });
    await house.ended(sid);
    assert.deepEqual(await phone.heardTexts(), ["Instead of it."]);
    const [asked] = house.web.requests("/instead");
    assert.deepEqual([asked.params.ErrorCode, asked.params.ErrorUrl, asked.params.CallSid], ["13420", house.web.url("/no-sound"), sid]);
    assert.ok((await house.noted(sid, 13420)).includes(13420));
  });

  it("is silence for as long as a pause lasts", async () => {
    const { phone, sid } = await house.run("<Response><Say>One.</Say><Pause length='2'/><Say>Two.</Say><Pause length='soon'/><Say>Three.</Say></Response>");
    await house.ended(sid);
    const at = Object.fromEntries((await phone.lastCall()).heard.map((each) => [each.text, each.at_ms]));
    assert.ok(at["Two."] - at["One."] >= 2000, "two seconds");
    assert.ok(at["Three."] - at["Two."] >= 1000 && at["Three."] - at["Two."] < 2600, "one second is the default");
    await house.noted(sid, 13910);
  });

  it("goes on by redirects: with GET and a query, relative, and to itself", async () => {
    house.web.on("/documents/second", (request) => {
      const first = house.web.requests("/documents/second").length === 1;
      return first ? `<Response><Redirect method="get"></Redirect></Response>` : `<Response><Say>${request.query.word}.</Say></Response>`;
    });
    const { phone, sid } = await house.run("<Response><Redirect method='GET'>second?word=gr%C3%BCn&amp;a=1</Redirect><Say>Dead.</Say></Response>");
    await house.ended(sid);
    assert.deepEqual(await phone.heardTexts(), ["grün."]);
    const asked = house.web.requests("/documents/second");
    assert.equal(asked.length, 2);
    for (const { method, params } of asked) assert.deepEqual([method, params.word, params.a, params.CallSid], ["GET", "grün", "1", sid]);
  });

  it("is not harmed by verbs, attributes and values that nobody knows", async () => {
    const document = `<Response><!-- hello --><Dance/><Say loud="yes" loop="many">Said.</Say><say>Small.</say><Pay/><Hangup/></Response>`;
    const { phone, sid } = await house.run(document);
    assert.equal((await house.ended(sid)).status, "completed");
    assert.deepEqual(await phone.heardTexts(), ["Said."]);
    const codes = await house.noted(sid, 13510);
    assert.ok(codes.filter((code) => code === 12200).length >= 2, String(codes));
  });

  it("is its own voice with <Echo>", async () => {
    const { phone, sid } = await house.run("<Response><Echo/></Response>", {
      script: [{ after_ms: 500, tone_hz: 740, ms: 1000 }, { after_ms: 700, hang_up: true }],
    });
    await house.ended(sid);
    const { channels, rate } = await phone.audio();
    assert.deepEqual(tonesIn(channels[0], rate, [440, 740]), [740]);
  });

  it("may be a message beside the call", async () => {
    house.web.on("/sent", "<Response><Say>It is sent.</Say></Response>");
    const response = new VoiceResponse();
    response.addChild("Sms", { action: house.web.url("/sent") }).addText("Your code is 1234");
    const { phone, sid } = await house.run(response);
    await house.ended(sid);
    const [asked] = house.web.requests("/sent");
    assert.match(asked.params.SmsSid, /^SM[0-9a-f]{32}$/);
    assert.ok(asked.params.SmsStatus);
    assert.deepEqual(await phone.heardTexts(), ["It is sent."]);
    const message = await house.client.messages(asked.params.SmsSid).fetch();
    assert.deepEqual([message.body, message.to, message.from], ["Your code is 1234", phone.number, "+15550100100"]);
  });
});

describe("a call that comes in", { concurrency: true }, () => {
  let house;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  const callIn = async (document) => {
    const number = await house.newNumber(document);
    const phone = await house.newPhone();
    await phone.call(number);
    const { sid } = await house.callTo(number);
    return { phone, call: await house.ended(sid) };
  };

  it("is rejected in two ways, unanswered", async () => {
    for (const [reason, status] of [["busy", "busy"], ["rejected", "no-answer"]]) {
      const response = new VoiceResponse();
      response.reject({ reason });
      const { call } = await callIn(response);
      assert.deepEqual([call.status, call.startTime, call.duration], [status, null, "0"]);
    }
  });

  it("is hung up on after its answer", async () => {
    const { call } = await callIn("<Response><Hangup/></Response>");
    assert.equal(call.status, "completed");
    assert.ok(call.startTime);
  });

  it("rings on during a pause that comes first", async () => {
    const number = await house.newNumber("<Response><Pause length='2'/><Say>Good morning.</Say></Response>");
    const phone = await house.newPhone();
    await phone.call(number);
    const { sid } = await house.callTo(number);
    const call = await house.ended(sid);
    assert.ok(call.startTime - call.dateCreated >= 1000, "two seconds, told in whole ones");
    assert.deepEqual(await phone.heardTexts(), ["Good morning."]);
  });

  it("is told of once, at its end", async () => {
    house.web.on("/told", { status: 204 });
    const number = await house.newNumber("<Response><Say>Hello.</Say></Response>", { statusCallback: house.web.url("/told") });
    const phone = await house.newPhone();
    await phone.call(number);
    const { params } = (await house.web.waitFor("/told"))[0];
    assert.deepEqual([params.CallStatus, params.Direction, params.To, params.From], ["completed", "inbound", number, phone.number]);
    for (const name of ["CallDuration", "Duration", "Timestamp", "CallbackSource", "SequenceNumber"]) assert.ok(params[name] !== undefined, name);
    assert.equal(house.web.requests("/told").length, 1);
  });
});
