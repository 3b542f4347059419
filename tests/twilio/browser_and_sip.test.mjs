// Pages with the stock Voice SDK and telephones behind SIP trunks, which sipp signals for: each hears the other.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { freePort, startCarrier } from "../support/carrier.mjs";
import { until } from "./support/house.mjs";
import { RtpParty } from "./support/rtp_party.mjs";
import { quartiles, toneLevels, tonesIn } from "./support/sound.mjs";
import { sdks, startScene } from "./voice_sdk/scene.mjs";

const micHz = 1250;
/// No part of the ringing that a caller hears (440 and 480 Hz).
const sipHz = 660;
const behindTrunk = "+50760014567";

describe("a page and a SIP trunk", () => {
  let scene;
  let house;
  let sipPort;
  let trunkPort;
  let callerId;
  const phones = [];
  before(async () => {
    trunkPort = await freePort();
    // The number of the trunk is of no numbering plan.
    const config = `simulator = "on"
[calls]
allowed_countries = ["*"]
[[trunk]]
name = "sipp"
host = "127.0.0.1:${trunkPort}"
[[route]]
prefix = "+507"
trunk = "sipp"
`;
    scene = await startScene(sdks[0], { config });
    ({ house } = scene);
    const { listeners } = await house.belfry.get("/admin/api/status");
    callerId = await house.newNumber("<Response/>");
    sipPort = Number(listeners.find(({ kind }) => kind === "sip-udp").address.split(":").at(-1));
  });
  after(() => scene?.stop());
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop();
  });

  /// A phone of that tone for one call, at the trunk's address.
  async function sipPhone(hz, scenario, terms = {}) {
    const party = await RtpParty.start(hz);
    phones.push(party);
    const carrier = await startCarrier(scenario, { port: trunkPort, rtpPort: party.port, ...terms });
    phones.push(carrier);
    return { party, ended: carrier.ended };
  }

  /// Waits until half a second of the microphone's bursts has been heard.
  const hearsTheMicrophone = (party) =>
    until(() => tonesIn(party.heard(), 8000, [micHz], { ms: 500 }).length > 0, "the page's microphone at the SIP side", 30_000, 200);

  it("hear each other when the page calls", async () => {
    const phone = await sipPhone(sipHz, "answer");
    const page = await scene.tab(scene.newName());
    scene.answers(`<Response><Dial answerOnBridge="true" callerId="${callerId}"><Number>${behindTrunk}</Number></Dial></Response>`);
    await page.connect({ To: behindTrunk });
    await page.told("call accept");
    await page.hears(sipHz);
    await hearsTheMicrophone(phone.party);
    await page.call("disconnect");
    await page.told("call disconnect");
    assert.equal(await phone.ended, 0, "sipp got its BYE");
    assert.deepEqual(tonesIn(phone.party.heard(), 8000, [micHz, sipHz]), [micHz], "and not itself");
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

  it("hear each other when the page is called", async () => {
    const identity = scene.newName();
    const page = await scene.registered(identity);
    const number = await house.newNumber(`<Response><Dial><Client>${identity}</Client></Dial></Response>`);
    const phone = await sipPhone(sipHz, "call", { to: { port: sipPort, user: number } });
    await page.told("device incoming");
    assert.equal((await page.about()).from, "+6591234567");
    await page.call("accept");
    await page.told("call accept");
    await page.hears(sipHz);
    await hearsTheMicrophone(phone.party);
    await page.call("disconnect");
    await page.told("call disconnect");
    assert.equal(await phone.ended, 0, "sipp got its BYE");
    assert.deepEqual(tonesIn(phone.party.heard(), 8000, [micHz, sipHz]), [micHz], "and not itself");
    assert.deepEqual(page.complaints, []);
    await page.close();
  });

  it("hear, in a conference with a simulated phone, exactly the other two", async () => {
    const tones = { page: 1240, sipp: 440, simulated: 740 };
    const room = '<Response><Dial><Conference beep="false" waitUrl="">matrix</Conference></Dial></Response>';
    const joining = { from: callerId, url: house.web.on("/joining", room) };
    const page = await scene.tab(scene.newName(), { toneHz: tones.page });
    scene.answers(room);
    await page.connect();
    await page.told("call accept");
    const phone = await sipPhone(tones.sipp, "answer");
    await house.client.calls.create({ to: behindTrunk, ...joining });
    const simulated = await scene.newSinger(tones.simulated);
    await house.client.calls.create({ to: simulated.number, ...joining });
    const conference = await until(async () => {
      const [found] = await house.client.conferences.list({ friendlyName: "matrix", status: "in-progress" });
      const present = found ? await house.client.conferences(found.sid).participants.list() : [];
      return present.length === 3 && found;
    }, "all three in the conference", 30_000, 150);
    await page.hears(tones.sipp, tones.simulated);

    const begin = phone.party.packets.length;
    const levels = { page: await page.levels(Object.values(tones), 100) };
    levels.sipp = toneLevels(phone.party.heard(begin), 8000, Object.values(tones));
    await house.client.conferences(conference.sid).update({ status: "completed" });
    await simulated.idle();
    const { channels, rate } = await simulated.audio();
    // The last seconds but the very last, in which the others leave one by one.
    levels.simulated = toneLevels(channels[0].subarray(-5 * rate, -rate), rate, Object.values(tones));
    await page.told("call disconnect");
    await page.close();

    for (const [listener, rows] of Object.entries(levels)) {
      const typical = quartiles(rows);
      const others = Object.keys(tones).flatMap((name, tone) => (name === listener ? [] : [typical[tone][1]]));
      Object.keys(tones).forEach((name, tone) => {
        const [lower, , upper] = typical[tone];
        const what = `${listener} hears ${name}: ${JSON.stringify(typical)}`;
        if (name === listener) assert.ok(upper < Math.min(...others) - 25, what);
        else assert.ok(lower > -35, what);
      });
    }
  });
});
