// Pages with the stock Voice SDK, in Chromium, against the server. Of its options only `chunderw` is set.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { until } from "./support/house.mjs";
import { levelDb, tonesIn } from "./support/sound.mjs";
import { sdks, startScene } from "./voice_sdk/scene.mjs";

const micHz = 1250;
const phoneHz = 440;
/// A <Pause> alone would not answer the call.
const answered = "<Response><Say>Hello.</Say><Pause length='60'/></Response>";
/// The two tones of key 5 (ITU-T Q.23).
const key5 = [770, 1336];

/// The longest time without a sound (s), and the samples before and after it.
function longestSilence(samples, rate) {
  const step = Math.round(rate * 0.02);
  let best = { from: 0, to: 0 };
  for (let from = 0, at = 0; at + step <= samples.length; at += step) {
    if (levelDb(samples.subarray(at, at + step)) > -55) from = at + step;
    else if (at + step - from > best.to - best.from) best = { from, to: at + step };
  }
  return { silence: (best.to - best.from) / rate, before: samples.subarray(0, best.from), after: samples.subarray(best.to) };
}

for (const sdk of sdks)
  describe(`a page with ${sdk}`, () => {
    let scene;
    let house;
    const open = [];
    before(async () => {
      scene = await startScene(sdk);
      ({ house } = scene);
    });
    after(async () => {
      for (const page of open) assert.deepEqual(page.complaints, [], "nothing was thrown in the page");
      await scene?.stop();
    });

    const tab = async (identity, terms) => {
      const page = await scene.tab(identity, terms);
      open.push(page);
      return page;
    };
    const registered = async (identity, terms) => {
      const page = await tab(identity, terms);
      await page.register();
      return page;
    };
    /// A person's page in a call with a phone that sings, both connected.
    const talking = async (hz = phoneHz) => {
      const page = await tab(scene.newName());
      const phone = await scene.newSinger(hz);
      scene.answers(`<Response><Dial answerOnBridge="true" callerId="+15550100100"><Number>${phone.number}</Number></Dial></Response>`);
      await page.connect({ To: phone.number });
      await page.told("call accept");
      await page.hears(hz);
      return { page, phone };
    };
    /// What the phone heard of the call that has just ended.
    const heardBy = async (phone) => {
      await phone.idle();
      const { channels, rate } = await phone.audio();
      return { samples: channels[0], rate };
    };
    /// Waits until half a second of the microphone's tone has gone out. How much of it passes the browser's echo
    /// canceller, and when the microphone begins, is the browser's business.
    const spoken = async (page) => {
      const before = await page.statistics();
      await until(async () => (await page.statistics()).spoken - before.spoken > 0.15, "the microphone", 30_000);
      await passed(page, 25);
    };
    /// Waits until the page has sent and received so many packets (of 20 ms) more.
    const passed = async (page, packets) => {
      const before = await page.statistics();
      await until(async () => {
        const now = await page.statistics();
        return now.sent - before.sent >= packets && now.received - before.received >= packets;
      }, `${packets} packets each way`);
    };

    it("registers, and takes it back", async () => {
      const page = await tab("ann");
      await page.register();
      assert.deepEqual(await page.events(), ["device registering", "device registered"]);
      assert.equal(await page.page.evaluate(() => window.phone.device.identity), "ann");
      await page.device("unregister");
      await page.told("device unregistered");
      await page.close();
    });

    it("calls a phone, and both hear each other; hanging up ends it for both", async () => {
      const { page, phone } = await talking();
      const { sid, status } = await page.about();
      assert.match(sid, /^CA[0-9a-f]{32}$/);
      assert.equal(status, "open");
      const [{ params }] = house.web.requests("/voice").slice(-1);
      assert.equal(params.To, phone.number);
      assert.match(params.From, /^client:person\.\d+@example$/);
      assert.equal(params.CallSid, sid);
      await passed(page, 40);
      await spoken(page);
      await page.call("disconnect");
      await page.told("call disconnect");
      const { samples, rate } = await heardBy(phone);
      assert.deepEqual(tonesIn(samples, rate, [micHz, phoneHz]), [micHz]);
      assert.equal((await house.ended(sid)).status, "completed");
      const events = await page.events();
      assert.deepEqual(events.filter((event) => event.startsWith("call")).slice(-2), ["call accept", "call disconnect"]);
      assert.ok(!events.some((event) => event.includes("error")), events.join());
      await page.close();
    });

    it("is told when the phone hangs up", async () => {
      const { page, phone } = await talking();
      await phone.hangUp();
      await page.told("call disconnect");
      await page.close();
    });

    it("sends its own parameters to the application's webhook", async () => {
      const page = await tab(scene.newName());
      scene.answers(answered);
      const params = { To: "", room: "blue & green", empty: "", "Ключ": "значение" };
      await page.connect(params);
      await page.told("call accept");
      const [{ params: received }] = house.web.requests("/voice").slice(-1);
      for (const [name, value] of Object.entries(params)) assert.equal(received[name], value, name);
      await page.call("disconnect");
      await page.told("call disconnect");
      await page.close();
    });

    it("hears a phone's number ring before it is answered", async () => {
      const page = await tab(scene.newName());
      const phone = await house.newPhone({ on_call: "person" });
      scene.answers(`<Response><Dial answerOnBridge="true" callerId="+15550100100"><Number>${phone.number}</Number></Dial></Response>`);
      await page.connect();
      await phone.ringing();
      await page.page.waitForFunction(() => window.phone.events.some((event) => event.startsWith("call ringing")));
      assert.ok(!(await page.events()).includes("call accept"));
      await phone.answer();
      await page.told("call accept");
      await page.call("disconnect");
      await phone.idle();
      await page.close();
    });

    it("is called with parameters, answers, and the caller is heard", async () => {
      const identity = scene.newName();
      const page = await registered(identity);
      const phone = await scene.phoneCalls(
        `<Response><Dial><Client><Identity>${identity}</Identity>` +
          '<Parameter name="case" value="no. 7 &amp; 8"/></Client></Dial></Response>',
        { script: [{ tone_hz: phoneHz, ms: 60_000 }] },
      );
      await page.told("device incoming");
      const about = await page.about();
      assert.equal(about.direction, "INCOMING");
      assert.equal(about.from, phone.number);
      assert.equal(about.to, `client:${identity}`);
      assert.deepEqual(about.custom, { case: "no. 7 & 8" });
      await page.call("accept");
      await page.told("call accept");
      await page.hears(phoneHz);
      await spoken(page);
      await phone.hangUp();
      await page.told("call disconnect");
      const { samples, rate } = await heardBy(phone);
      assert.deepEqual(tonesIn(samples, rate, [micHz]), [micHz]);
      await page.close();
    });

    it("is called by REST and hung up by REST", async () => {
      const identity = scene.newName();
      const page = await registered(identity);
      const call = await scene.callPerson(identity, answered);
      await page.told("device incoming");
      await page.call("accept");
      await house.inProgress(call.sid);
      assert.equal((await page.about()).sid, call.sid);
      await house.client.calls(call.sid).update({ status: "completed" });
      await page.told("call disconnect");
      await page.close();
    });

    it("rejects a call", async () => {
      const identity = scene.newName();
      const page = await registered(identity);
      const done = `/rejected/${identity}`;
      house.web.on(done, "<Response/>");
      await scene.phoneCalls(`<Response><Dial action="${done}"><Client>${identity}</Client></Dial></Response>`);
      await page.told("device incoming");
      await page.call("reject");
      await page.told("call reject");
      const [{ params }] = await house.web.waitFor(done);
      assert.equal(params.DialCallStatus, "busy");
      await page.close();
    });

    it("is told that the caller has given up", async () => {
      const identity = scene.newName();
      const page = await registered(identity);
      const call = await scene.callPerson(identity, "<Response/>");
      await page.told("device incoming");
      await house.client.calls(call.sid).update({ status: "canceled" });
      await page.told("call cancel");
      assert.equal((await house.ended(call.sid)).status, "canceled");
      await page.close();
    });

    it("that is busy, or ignores the call, has not answered", async () => {
      const identity = scene.newName();
      const page = await registered(identity);
      scene.answers(answered);
      const ignored = await scene.callPerson(identity, "<Response/>", { timeout: 5 });
      await page.told("device incoming");
      await page.call("ignore");
      assert.equal((await house.ended(ignored.sid)).status, "no-answer");
      await page.connect();
      await page.told("call accept");
      const told = await page.forget();
      assert.ok(told.length > 0);
      const busy = await scene.callPerson(identity, "<Response/>", { timeout: 5 });
      assert.match((await house.ended(busy.sid)).status, /^(busy|no-answer)$/);
      assert.ok(!(await page.events()).includes("device incoming"));
      await page.call("disconnect");
      await page.close();
    });

    it("presses keys, which a <Gather> takes and a phone hears", async () => {
      const page = await tab(scene.newName());
      const gathered = `/gathered/${scene.names}`;
      house.web.on(gathered, answered);
      scene.answers(`<Response><Gather numDigits="4" timeout="20" action="${gathered}"/></Response>`);
      await page.connect();
      await page.told("call accept");
      await page.call("sendDigits", "12w#0");
      const [{ params }] = await house.web.waitFor(gathered);
      // `#` ends a <Gather> by itself.
      assert.equal(params.Digits, "12");
      await page.call("disconnect");
      await page.close();

      const { page: other, phone } = await talking();
      await other.call("sendDigits", "7*#0");
      await until(async () => (await phone.lastCall()).digits_heard === "7*#0", "the phone to hear 7*#0");
      await other.call("disconnect");
      await other.close();
    });

    it("hears the keys that a phone presses", async () => {
      const page = await tab(scene.newName());
      const phone = await house.newPhone();
      scene.answers(`<Response><Dial answerOnBridge="true" callerId="+15550100100"><Number>${phone.number}</Number></Dial></Response>`);
      await page.connect();
      await page.told("call accept");
      await phone.inCall();
      const heard = page.hears(...key5);
      await phone.press("5555");
      await heard;
      await page.call("disconnect");
      await page.close();
    });

    it("is silent while it is muted", async () => {
      const { page, phone } = await talking();
      await spoken(page);
      await page.call("mute", true);
      await page.told("call mute");
      assert.equal((await page.about()).muted, true);
      await passed(page, 100);
      await page.call("mute", false);
      await page.told("call unmute");
      await spoken(page);
      await page.call("disconnect");
      const { samples, rate } = await heardBy(phone);
      const { silence, before, after: later } = longestSilence(samples, rate);
      // The microphone itself pauses for a quarter of a second at a time.
      assert.ok(silence > 1.2, `${silence} s of silence`);
      assert.deepEqual(tonesIn(before, rate, [micHz]), [micHz], "heard before");
      assert.deepEqual(tonesIn(later, rate, [micHz]), [micHz], "heard again");
      await page.close();
    });

    it("exchanges messages with the application", async () => {
      const page = await tab(scene.newName());
      scene.answers(answered);
      await page.connect();
      await page.told("call accept");
      const { sid } = await page.about();
      await house.inProgress(sid);
      const callback = house.web.on(`/messages/${sid}`, { status: 204 });
      await house.client.calls(sid).userDefinedMessageSubscriptions.create({ callback });
      await page.call("sendMessage", { content: { seat: 7 }, messageType: "user-defined-message" });
      await page.told("call messageSent");
      const [{ params }] = await house.web.waitFor(`/messages/${sid}`);
      assert.equal(params.CallSid, sid);
      assert.deepEqual(JSON.parse(params.Content), { seat: 7 });
      await house.client.calls(sid).userDefinedMessages.create({ content: JSON.stringify({ answer: "yes ✓" }) });
      await page.told("call messageReceived");
      const [message] = await page.messages();
      assert.deepEqual(message.content, { answer: "yes ✓" });
      assert.equal(message.messageType, "user-defined-message");
      await page.call("disconnect");
      await page.close();
    });

    it("makes eight calls one after the other", async () => {
      const page = await registered(scene.newName());
      const phone = await scene.newSinger(phoneHz);
      scene.answers(`<Response><Dial answerOnBridge="true" callerId="+15550100100"><Number>${phone.number}</Number></Dial></Response>`);
      for (let times = 1; times <= 8; ++times) {
        await page.connect();
        await page.told("call accept", times);
        await page.hears(phoneHz);
        await page.call("disconnect");
        await page.told("call disconnect", times);
      }
      await page.close();
    });
  });
