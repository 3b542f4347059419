// What the stock Voice SDK goes through in the course of a day: bad and old tokens, lost connections, two tabs.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { until } from "./support/house.mjs";
import { sdks, startScene } from "./voice_sdk/scene.mjs";
import { startMediaWire } from "./voice_sdk/media_wire.mjs";

const phoneHz = 440;

for (const sdk of sdks)
  describe(`with ${sdk}`, () => {
    let scene;
    let house;
    before(async () => {
      scene = await startScene(sdk);
      ({ house } = scene);
    });
    after(() => scene?.stop());

    const talking = async (terms = {}) => {
      const page = await scene.registered(scene.newName(), terms);
      const phone = await scene.newSinger(phoneHz);
      scene.answers(`<Response><Dial answerOnBridge="true" callerId="+15550100100"><Number>${phone.number}</Number></Dial></Response>`);
      await page.connect();
      await page.told("call accept");
      await page.hears(phoneHz);
      return { page, phone };
    };

    it("a bad token is refused without a storm of connections, and a good one helps on the same device", async () => {
      const identity = scene.newName();
      const page = await scene.tab(identity, { secret: "not the secret of this key" });
      const sockets = [];
      page.page.on("websocket", (socket) => sockets.push(socket));
      const registering = page.register();
      await page.told("device error 20101");
      await page.device("updateToken", scene.token(identity));
      await registering;
      assert.equal(await page.state(), "registered");
      assert.ok(sockets.length <= 1, `${sockets.length} new connections`);
      await page.close();
    });

    it("an expired token has its own error", async () => {
      const page = await scene.tab(scene.newName(), { ttl: -60 });
      page.register().catch(() => undefined);
      await page.told("device error 20104");
      await page.close();
    });

    it("a token is renewed during a call, before it expires, again and again", async () => {
      const identity = scene.newName();
      // The device asks 10 s before the end.
      const page = await scene.registered(identity, { ttl: 13 });
      const call = await scene.callPerson(identity, "<Response><Say>Hello.</Say><Pause length='60'/></Response>");
      await page.told("device incoming");
      await page.call("accept");
      for (let times = 1; times <= 2; ++times) {
        await page.told("device tokenWillExpire", times);
        await page.device("updateToken", scene.token(identity, { ttl: 13 }));
      }
      assert.equal((await page.about()).status, "open");
      assert.deepEqual(
        (await page.events()).filter((event) => /error|unregistered|disconnect/.test(event)),
        [],
      );
      await house.client.calls(call.sid).update({ status: "completed" });
      await page.told("call disconnect");
      await page.close();
    });

    it("a call outlives the loss of its socket", async () => {
      const { page, phone } = await talking();
      scene.wire.cut();
      await page.told("call reconnecting 53001");
      await page.told("call reconnected");
      await page.told("device registered", 2);
      await page.hears(phoneHz);
      await phone.hangUp();
      await page.told("call disconnect");
      await page.close();
    });

    it("a page that is gone is told to the other side", async () => {
      const { page, phone } = await talking();
      await page.close();
      await until(async () => (await phone.state()).state === "idle", "the phone to be hung up", 40_000);
    });

    it("a person whose page is gone is not rung", async () => {
      const identity = scene.newName();
      const page = await scene.registered(identity);
      await page.close();
      const call = await scene.callPerson(identity, "<Response/>", { timeout: 30 });
      assert.match((await house.ended(call.sid)).status, /^(no-answer|failed|busy)$/);
    });

    it("sound that stopped is found again by an ICE restart", async () => {
      const { listeners } = await house.belfry.get("/admin/api/status");
      const { address } = listeners.find(({ kind }) => kind === "webrtc-udp");
      const media = await startMediaWire(Number(address.split(":").at(-1)));
      const { page } = await talking({ mediaPort: media.port });
      media.treat = () => undefined;
      await page.told("call reconnecting 53405");
      media.treat = (datagram) => datagram;
      await page.told("call reconnected");
      await page.hears(phoneHz);
      await page.call("disconnect");
      await page.told("call disconnect");
      await page.close();
      media.stop();
    });

    it("both tabs of a person ring, and one answers", async () => {
      const identity = scene.newName();
      const tabs = [await scene.registered(identity), await scene.registered(identity)];
      const phone = await scene.phoneCalls(`<Response><Dial><Client>${identity}</Client></Dial></Response>`, {
        script: [{ tone_hz: phoneHz, ms: 60_000 }],
      });
      for (const page of tabs) await page.told("device incoming");
      await tabs[1].call("accept");
      await tabs[1].told("call accept");
      await tabs[0].told("call cancel");
      await tabs[1].hears(phoneHz);
      await phone.hangUp();
      await tabs[1].told("call disconnect");
      for (const page of tabs) await page.close();
    });

    it("one browser calls another, and each hears the other", async () => {
      const [ann, ben] = [scene.newName(), scene.newName()];
      const callee = await scene.registered(ben);
      const caller = await scene.tab(ann);
      scene.answers(`<Response><Dial answerOnBridge="true"><Client>${ben}</Client></Dial></Response>`);
      await caller.connect();
      await callee.told("device incoming");
      assert.equal((await callee.about()).from, `client:${ann}`);
      await callee.call("accept");
      await caller.told("call accept");
      // The microphone of both is the same; the muted one's is not heard, so that nobody hears himself.
      await callee.call("mute", true);
      await callee.hears(1250);
      await callee.call("mute", false);
      await caller.call("mute", true);
      await caller.hears(1250);
      await callee.call("disconnect");
      await caller.told("call disconnect");
      for (const page of [caller, callee]) await page.close();
    });
  });
