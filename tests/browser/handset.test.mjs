import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { patience, phoneCard, seen, startBrowser, Visit } from "../support/browser.mjs";
import { readWav, tonesIn } from "../twilio/support/sound.mjs";
import { startChromium } from "../twilio/voice_sdk/sdk_page.mjs";

const number = "+14155550123";
const other = "+14155550124";
const phoneHz = 440;
const micHz = 1250;
const https = { ignoreHTTPSErrors: true };

/// In the page, before anything else: whether a frequency is the loudest in what its call hears now, and how many
/// packets it has sent.
function listenToCalls() {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function (...terms) {
    window.packetsSent = async () => {
      const reports = [...(await this.getStats()).values()].filter(({ type }) => type === "outbound-rtp");
      return reports.reduce((sum, { packetsSent }) => sum + packetsSent, 0);
    };
    this.addEventListener("track", ({ streams: [stream] }) => {
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 4096 });
      context.createMediaStreamSource(stream).connect(analyser);
      window.hears = (hz) => {
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        const loudest = bins.indexOf(Math.max(...bins));
        return bins[loudest] > -60 && Math.abs((loudest * context.sampleRate) / analyser.fftSize - hz) < 25;
      };
    });
    return setRemoteDescription.apply(this, terms);
  };
}

describe("a simulated phone that is held in the browser", () => {
  let belfry;
  let chromium;
  const open = [];
  before(async () => {
    belfry = await startBelfry({ https: true });
    chromium = await startChromium({ micHz });
  });
  beforeEach(async () => {
    await belfry.ask("DELETE", "/sim");
    await belfry.setPhone(number, {});
  });
  // What is held by a window that a failed test has left would ring in the next one too.
  afterEach(async () => {
    for (const visit of open.splice(0)) await visit.context.close();
  });
  after(async () => {
    await chromium?.stop();
    await belfry?.stop();
  });

  const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
  const isTheState = (phone, state) => seen(phone.getByRole("status").getByText(state));
  const ready = "This browser is the phone: it rings here.";
  /// The Phones page of somebody who holds the phone.
  const hold = async (options = {}) => {
    const visit = await Visit.start(chromium.browser, belfry, { baseURL: belfry.httpsUrl, ...https, ...options });
    open.push(visit);
    await visit.context.addInitScript(listenToCalls);
    const page = await visit.tab("/#/phones");
    const phone = phoneCard(page, number);
    await press(phone, "Use this phone in the browser");
    await isTheState(phone, ready);
    return { visit, page, phone };
  };
  const acts = (who, act, body = {}) => belfry.post(`/sim/phones/${encodeURIComponent(who)}/${act}`, body);
  const isAt = async (who) => belfry.get(`/sim/phones/${encodeURIComponent(who)}`);
  const until = async (holds, what) => {
    const end = Date.now() + patience;
    while (!(await holds())) {
      assert.ok(Date.now() < end, `waited for: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const hears = (page, hz) => page.waitForFunction((wanted) => window.hears?.(wanted), hz, { polling: 50 });
  /// What a phone heard in the call that has just ended.
  const heardBy = async (who) => {
    await until(async () => (await isAt(who)).state === "idle", `${who} is idle`);
    const { calls } = await isAt(who);
    const response = await fetch(belfry.url + calls[0].audio_url);
    assert.equal(response.status, 200);
    const { channels, rate } = readWav(Buffer.from(await response.arrayBuffer()));
    return tonesIn(channels[0], rate, [phoneHz, micHz]);
  };
  const digitsOf = async (sid) => {
    const { items } = await belfry.get(`/admin/api/calls/${sid}/events`);
    return items.filter(({ type }) => type === "digit.received").map(({ data }) => data.digit);
  };

  it("says over plain HTTP where it can be had", async () => {
    const browser = await startBrowser();
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/phones");
    await press(phoneCard(page, number), "Use this phone in the browser");
    const link = page.getByRole("dialog").getByRole("link");
    assert.equal(await link.getAttribute("href"), `${belfry.httpsUrl}/#/phones`);
    await visit.close();
    await browser.stop();
  });

  it("rings there; both hear each other, and hanging up ends it for both", async () => {
    await belfry.setPhone(other, { script: [{ tone_hz: phoneHz, ms: 60_000 }] });
    const { visit, page, phone } = await hold();
    await acts(other, "call", { to: number });
    await seen(phone.getByRole("alert").getByText("Incoming call"));
    await press(phone, "Answer");
    await hears(page, phoneHz);
    await until(async () => (await isAt(number)).state === "in-call", "the phone is in the call");
    // Five seconds: the browser's noise suppression lets the microphone's bursts through after a while.
    await until(async () => (await page.evaluate(() => window.packetsSent())) > 250, "250 packets are sent");
    await press(phone, "Hang up");
    await isTheState(phone, ready);
    assert.deepEqual(await heardBy(other), [micHz]);
    assert.deepEqual(await heardBy(number), [phoneHz]);
    await visit.close();
  });

  it("takes keys, once each, and is hung up by the caller", async () => {
    const { visit, page, phone } = await hold();
    const twiml = '<Response><Gather numDigits="2" timeout="30"><Say>Your code.</Say></Gather></Response>';
    const { sid } = await belfry.post("/admin/api/calls", { to: number, twiml });
    await press(phone, "Answer");
    await seen(phone.getByText("Your code."));
    await press(phone, "Key 4");
    await page.keyboard.press("2");
    await until(async () => (await digitsOf(sid)).join("") === "42", "both keys were heard");
    await belfry.post(`/admin/api/calls/${sid}/hang-up`);
    await isTheState(phone, ready);
    assert.equal((await digitsOf(sid)).join(""), "42");
    await visit.close();
  });

  it("is declined there, and stops ringing when somebody else picks up", async () => {
    const { visit, phone } = await hold();
    await acts(other, "call", { to: number });
    await press(phone, "Decline");
    await until(async () => (await isAt(number)).calls[0]?.end_reason === "the phone declined", "it is declined");
    await isTheState(phone, ready);
    await acts(other, "call", { to: number });
    await seen(phone.getByRole("button", { name: "Answer" }));
    await acts(number, "answer");
    await phone.getByRole("button", { name: "Answer" }).waitFor({ state: "hidden" });
    assert.equal((await isAt(number)).state, "in-call");
    await visit.close();
  });

  it("calls from there", async () => {
    await belfry.setPhone(other, { on_call: "person", script: [{ tone_hz: phoneHz, ms: 60_000 }] });
    const { visit, page, phone } = await hold();
    await phone.getByLabel("Call from this phone").fill(other);
    await press(phone, "Call");
    await until(async () => (await isAt(other)).state === "ringing", "the other phone rings");
    assert.equal((await isAt(other)).calls[0].from, number);
    await acts(other, "answer");
    await hears(page, phoneHz);
    await acts(other, "hang-up");
    await isTheState(phone, ready);
    await visit.close();
  });

  it("is put down, and then answers by itself again", async () => {
    const { visit, phone } = await hold();
    await press(phone, "Put down");
    await seen(phone.getByRole("button", { name: "Use this phone in the browser" }));
    await acts(other, "call", { to: number });
    await until(async () => (await isAt(number)).state === "in-call", "it answers by itself");
    await visit.close();
  });
});
