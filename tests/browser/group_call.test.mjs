// A group of a SIP phone behind a trunk, a simulated phone and a browser is called together, and followed on its page.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { phoneCard, seen, Visit } from "../support/browser.mjs";
import { freePort, startCarrier } from "../support/carrier.mjs";
import { until } from "../twilio/support/house.mjs";
import { RtpParty } from "../twilio/support/rtp_party.mjs";
import { otherLevels, quartiles, readWav, toneLevels } from "../twilio/support/sound.mjs";
import { startChromium } from "../twilio/voice_sdk/sdk_page.mjs";
import { countHeard, heardSamples, listenAndWhistle } from "./support/browser_phone.mjs";

const rate = 8000;
/// Multiples of 10 Hz: a tenth of a second has whole waves of each.
const tones = { sip: 440, simulated: 740, browser: 1240, late: 940 };
const names = { sip: "Sam Sip", simulated: "Sim Ulated", browser: "Bea Browser" };
const numbers = { sip: "7775550101", simulated: "5552000001", browser: "5552000002" };
const lateNumber = "5552000009";
const e164 = (number) => `+1${number}`;
const patience = 30_000;
const greeting = "Hello! This is your Take5 call: Night watch.";

/// Everything one call needs; `stop` ends it.
class Scene {
  async start(take5 = "") {
    this.trunkPort = await freePort();
    const config = `simulator = "on"
[calls]
allowed_countries = ["*"]
[take5]
${take5}
[[trunk]]
name = "sipp"
host = "127.0.0.1:${this.trunkPort}"
[[route]]
prefix = "+1777"
trunk = "sipp"
`;
    this.belfry = await startBelfry({ https: true, config });
    this.chromium = await startChromium();
    const whistle = (hz) => ({ answer_after_ms: 50, script: [{ tone_hz: hz, ms: 120_000 }] });
    await this.belfry.setPhone(e164(numbers.simulated), whistle(tones.simulated));
    await this.belfry.setPhone(e164(lateNumber), whistle(tones.late));
    await this.belfry.setPhone(e164(numbers.browser), {});
    this.party = await RtpParty.start(tones.sip);
    this.carrier = await startCarrier("answer", { port: this.trunkPort, rtpPort: this.party.port });
    this.group = await this.newGroup();
    const options = { baseURL: this.belfry.httpsUrl, ignoreHTTPSErrors: true };
    this.visit = await Visit.start(this.chromium.browser, this.belfry, options);
    await this.visit.context.addInitScript(listenAndWhistle, tones.browser);
    this.handset = await this.visit.tab("/#/phones");
    this.phone = phoneCard(this.handset, e164(numbers.browser));
    await press(this.phone, "Use this phone in the browser");
    await seen(this.phone.getByRole("status").getByText("This browser is the phone"));
    this.page = await this.visit.tab(`/#/groups/${this.group.id}`);
    this.call = this.page.getByRole("region", { name: "Live call" });
  }

  async newGroup() {
    const users = [];
    for (const [kind, name] of Object.entries(names)) {
      const [givenName, familyName] = name.split(" ");
      const user = await this.belfry.post("/api/user", { givenName, familyName, phoneNumber: numbers[kind] });
      users.push(user.id);
    }
    return this.belfry.post("/api/group", { name: "Night watch", users, cadence: "daily", duration: 5 });
  }

  /// As the page shows them.
  participant(name) {
    return this.call.getByRole("list", { name: "Participants" }).getByRole("listitem", { name });
  }

  /// Calls the group by its page, answers in the browser, and waits until the page shows that all are connected and
  /// each hears the others.
  async callEverybody() {
    await press(this.page, "Call now");
    await press(this.phone, "Answer");
    for (const name of Object.values(names)) await seen(this.participant(name).getByText("Connected"));
    await this.hears("sip", [tones.simulated, tones.browser]);
    await this.hears("browser", [tones.simulated, tones.sip]);
  }

  simulatedPhone(number = numbers.simulated) {
    return this.belfry.get(`/sim/phones/${encodeURIComponent(e164(number))}`);
  }

  /// What was said to a simulated phone, or to the one that the browser holds, in its newest call.
  async said(number) {
    const { calls } = await this.simulatedPhone(number);
    return calls[0].heard.map(({ text }) => text).join(" ");
  }

  /// How many samples that party has heard so far.
  async countHeard(party) {
    return party === "sip" ? this.party.heard().length : countHeard(this.handset);
  }

  /// What that party has heard so far, from its sample number `from` on.
  async heardBy(party, from = 0) {
    if (party === "sip") return this.party.heard().subarray(from);
    return heardSamples(this.handset, from);
  }

  /// Waits until all of those tones sound for half a second.
  async hears(party, wanted) {
    const what = `${party} to hear ${wanted} Hz`;
    await until(async () => {
      const lastSecond = await this.heardBy(party, Math.max(0, (await this.countHeard(party)) - rate));
      const levels = toneLevels(lastSecond, rate, wanted);
      return levels.filter((row) => row.every((level) => level > -35)).length >= 5;
    }, what, patience, 200);
  }

  /// The next so many seconds that it hears.
  async listen(party, seconds) {
    const from = await this.countHeard(party);
    const enough = async () => (await this.countHeard(party)) - from >= seconds * rate;
    await until(enough, `${seconds} s of sound at ${party}`, patience, 200);
    return this.heardBy(party, from);
  }

  /// What the simulated phone has heard in its call, which is over.
  async recordingOf(number) {
    await until(async () => (await this.simulatedPhone(number)).state === "idle", `${number} to be idle`, patience);
    const { calls } = await this.simulatedPhone(number);
    const response = await fetch(this.belfry.url + calls[0].audio_url);
    const wav = readWav(Buffer.from(await response.arrayBuffer()));
    assert.equal(wav.rate % rate, 0);
    return wav;
  }

  async stop() {
    await this.visit?.context.close();
    await this.carrier?.stop();
    this.party?.stop();
    await this.chromium?.stop();
    await this.belfry?.stop();
  }
}

const press = (within, name) => within.getByRole("button", { name, exact: true }).click();

/// The tones of the others are there, the own is far below them.
function hearsExactlyTheOthers(listener, samples, sampleRate) {
  const present = ["sip", "simulated", "browser"];
  const typical = quartiles(toneLevels(samples, sampleRate, present.map((name) => tones[name])));
  const others = present.flatMap((name, index) => (name === listener ? [] : [typical[index][1]]));
  present.forEach((name, index) => {
    const [lower, , upper] = typical[index];
    const what = `${listener} hears ${name}: ${JSON.stringify(typical)}`;
    if (name === listener) assert.ok(upper < Math.min(...others) - 25, what);
    else assert.ok(lower > -35, what);
  });
}

const loudBesideTheTones = (samples) =>
  otherLevels(samples, rate, Object.values(tones)).map((level) => level > -30);

/// In how many tenths of its busiest second and a half there is something beside the tones: in ten and more when
/// somebody speaks. A stall of the machine breaks a tone for one or two.
function speechIn(samples) {
  const loud = loudBesideTheTones(samples);
  return Math.max(...loud.map((_, begin) => loud.slice(begin, begin + 15).filter(Boolean).length));
}

describe("a group call of a SIP phone, a simulated phone and a browser", () => {
  let scene;
  afterEach(() => scene?.stop());

  it("lets each hear exactly the others; its page shows who comes and goes, and removes, adds and ends", async () => {
    scene = new Scene();
    await scene.start();
    await scene.callEverybody();
    for (const party of ["sip", "browser"]) hearsExactlyTheOthers(party, await scene.listen(party, 4), rate);

    await press(scene.call, `Remove ${names.simulated}`);
    await seen(scene.participant(names.simulated).getByText("Removed"));
    const { channels, rate: wavRate } = await scene.recordingOf(numbers.simulated);
    // The last seconds but the very last, in which it is hung up.
    hearsExactlyTheOthers("simulated", channels[0].subarray(-5 * wavRate, -wavRate), wavRate);

    await scene.call.getByLabel("Add a number").fill(lateNumber);
    await press(scene.call, "Call this number");
    await seen(scene.participant("+1 555 200 0009").getByText("Connected"));
    for (const party of ["sip", "browser"]) await scene.hears(party, [tones.late]);
    const [[, gone]] = quartiles(toneLevels(await scene.listen("sip", 2), rate, [tones.simulated]));
    assert.ok(gone < -50, `who was removed is still heard at ${gone} dB`);

    await press(scene.call, "End call");
    await scene.call.waitFor({ state: "detached" });
    assert.equal(await scene.carrier.ended, 0, "sipp got its BYE");
    await seen(scene.page.getByRole("list", { name: "Past calls" }).getByText(Object.values(names).join(", ")));
    await scene.visit.close({ expected: /ScriptProcessor/ });
  });

  it("is greeted with the group's name, told of the end, and ends by itself", async () => {
    scene = new Scene();
    await scene.start("max_duration = 55\nnotice = 15");
    await scene.callEverybody();
    const joined = { sip: await scene.countHeard("sip"), browser: await scene.countHeard("browser") };
    for (const number of [numbers.simulated, numbers.browser]) assert.ok((await scene.said(number)).startsWith(greeting));
    // Before anything else: whoever is alone hears music afterwards.
    const greeted = speechIn((await scene.heardBy("sip")).subarray(0, 4 * rate));
    assert.ok(greeted >= 9, `the SIP phone was greeted in ${greeted} tenths of a second`);
    for (const party of ["sip", "browser"]) {
      const now = loudBesideTheTones(await scene.listen(party, 2)).filter(Boolean).length;
      assert.ok(now < 10, `${party} hears something beside the tones in ${now} of 20 tenths of a second`);
    }

    const notice = "This call ends in 15 seconds.";
    await scene.phone.getByText(notice).waitFor({ timeout: 2 * patience });
    await seen(scene.page.getByRole("list", { name: "Past calls" }).getByText("Its time was over."));
    assert.equal(await scene.carrier.ended, 0, "sipp got its BYE");
    for (const number of [numbers.simulated, numbers.browser])
      assert.equal(await scene.said(number), `${greeting} ${notice}`);
    for (const party of ["sip", "browser"]) {
      const spoken = speechIn(await scene.heardBy(party, joined[party]));
      assert.ok(spoken >= 9, `${party} was told of the end in ${spoken} tenths of a second`);
    }
    const [call] = (await scene.belfry.get(`/api/group/${scene.group.id}/attendance`)).calls;
    assert.deepEqual([call.status, call.reason, call.duration], ["ended", "its time was over", 55]);
    assert.deepEqual(
      call.participants.map(({ status }) => status),
      ["left", "left", "left"],
    );
    await scene.visit.close({ expected: /ScriptProcessor/ });
  });
});
