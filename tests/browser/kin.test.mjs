import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { fits, seen, startBrowser, tabTo } from "../support/browser.mjs";

const number = "+14155550123";

describe("KIN's telephone in the browser", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry({ https: true });
    browser = await startBrowser({ calls: true });
  });
  beforeEach(() => belfry.ask("DELETE", "/sim"));
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  /// A window of its own for a person, whose telephone is ready.
  const person = async (name, options = {}) => {
    const visit = await browser.open(belfry, { baseURL: belfry.httpsUrl, ignoreHTTPSErrors: true, ...options });
    await visit.context.addInitScript((identity) => {
      if (location.protocol === "https:") localStorage.setItem("belfry-kin-identity", identity);
    }, name);
    const page = await visit.tab("/#/kin");
    await status(page, "ready");
    return { visit, page };
  };
  /// What the SDK writes to the console when a call is over before its sound has begun, and when somebody is busy.
  const ofTheSdk = /Error attaching stream to element|BusyHere \(31486\)/;
  const leave = (visit) => visit.close({ expected: ofTheSdk });
  const status = (page, word) => seen(page.getByText(`Status: ${word}`, { exact: true }));
  const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
  const call = async (page, party) => {
    await page.getByPlaceholder("Enter phone number").fill(party);
    await press(page, "Make Call");
  };
  /// Waits until something is heard on that side of the call.
  const sounds = (page, side) =>
    page.waitForFunction(
      (name) => Number(document.querySelector(`[role=meter][aria-label="${name}"]`)?.ariaValueNow) > 0,
      side,
      { polling: 50 },
    );

  it("says over plain HTTP where it can be had", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/kin");
    await seen(page.getByText("Calls from the browser need HTTPS"));
    const link = page.getByRole("main").getByRole("link");
    assert.equal(await link.getAttribute("href"), `${belfry.httpsUrl}/#/kin`);
    await visit.close();
  });

  it("is idle until it is registered, then ready", async () => {
    const visit = await browser.open(belfry, { baseURL: belfry.httpsUrl, ignoreHTTPSErrors: true });
    let admit;
    const admitted = new Promise((resolve) => (admit = resolve));
    await visit.context.route("**/api/voice/token", async (route) => {
      await admitted;
      await route.continue();
    });
    const page = await visit.tab("/#/kin");
    await status(page, "idle");
    await seen(page.getByText("Device Ready: No"));
    admit();
    await status(page, "ready");
    await seen(page.getByText("Device Ready: Yes"));
    assert.ok(await page.getByRole("button", { name: "Make Call" }).isDisabled());
    await visit.close();
  });

  it("calls a phone, which hears its keys and hangs up", async () => {
    await belfry.setPhone(number, { on_call: "person", script: [{ tone_hz: 440, ms: 60_000 }] });
    const { visit, page } = await person("ann");
    await call(page, "+1 (415) 555-0123");
    await status(page, "outgoing");
    await seen(page.getByText(`To: ${number}`));
    await seen(page.getByText("From: client:ann"));
    await phoneIs("ringing");
    await belfry.post(`/sim/phones/${encodeURIComponent(number)}/answer`);
    await status(page, "connected");
    await seen(page.getByText(/^Call Status: connected/));
    await sounds(page, "Other side");
    await sounds(page, "Microphone");
    await page.getByRole("button", { name: "Key 5" }).click();
    await page.keyboard.press("#");
    await seen(page.getByRole("status", { name: "Keys pressed" }).getByText("5#"));
    await phoneIs(undefined, (phone) => phone.calls.at(-1).digits_heard === "5#");
    await belfry.post(`/sim/phones/${encodeURIComponent(number)}/hang-up`);
    await status(page, "ready");
    const recent = page.getByRole("list", { name: "Recent calls" }).getByRole("listitem").first();
    await seen(recent.getByText("+1 415 555 0123"));
    await seen(recent.getByText("Completed"));
    await leave(visit);
  });

  it("hangs up before and after the phone answers", async () => {
    await belfry.setPhone(number, { on_call: "person" });
    const { visit, page } = await person("ann");
    await call(page, number);
    await phoneIs("ringing");
    await press(page, "Hangup");
    await status(page, "ready");
    await phoneIs("idle");
    await call(page, number);
    await phoneIs("ringing");
    await belfry.post(`/sim/phones/${encodeURIComponent(number)}/answer`);
    await status(page, "connected");
    await press(page, "Hangup");
    await status(page, "ready");
    await phoneIs("idle");
    await leave(visit);
  });

  it("is ready again when the phone is busy", async () => {
    await belfry.setPhone(number, { on_call: "busy" });
    const { visit, page } = await person("ann");
    await call(page, number);
    await status(page, "ready");
    const recent = page.getByRole("list", { name: "Recent calls" }).getByRole("listitem").first();
    await seen(recent.getByText("+1 415 555 0123"));
    await seen(recent.getByText("Busy"));
    await seen(page.getByRole("alert").getByText("The other side is busy"));
    await leave(visit);
  });

  it("is called by another browser, answers, mutes and is hung up", async () => {
    const ann = await person("ann");
    const ben = await person("ben");
    await call(ann.page, "client:ben");
    await status(ben.page, "incoming");
    await seen(ben.page.getByRole("group", { name: "Incoming Call" }).getByText("From: client:ann"));
    await press(ben.page, "Answer");
    await status(ben.page, "connected");
    await status(ann.page, "connected");
    await sounds(ann.page, "Other side");
    await sounds(ben.page, "Other side");
    await press(ben.page, "Mute");
    assert.equal(await ben.page.getByRole("button", { name: "Mute" }).getAttribute("aria-pressed"), "true");
    await press(ann.page, "Hangup");
    await status(ann.page, "ready");
    await status(ben.page, "ready");
    await leave(ann.visit);
    await leave(ben.visit);
  });

  it("rejects a call, and the caller is ready again", async () => {
    const ann = await person("ann");
    const ben = await person("ben");
    await call(ann.page, "ben");
    await status(ben.page, "incoming");
    await press(ben.page, "Reject");
    await status(ben.page, "ready");
    await status(ann.page, "ready");
    await leave(ann.visit);
    await leave(ben.visit);
  });

  it("stops ringing when the caller gives up", async () => {
    const ann = await person("ann");
    const ben = await person("ben");
    await call(ann.page, "client:ben");
    await status(ben.page, "incoming");
    await press(ann.page, "Hangup");
    await status(ben.page, "ready");
    await status(ann.page, "ready");
    await leave(ann.visit);
    await leave(ben.visit);
  });

  it("has an error with a bad token, and is ready with a good one", async () => {
    const visit = await browser.open(belfry, { baseURL: belfry.httpsUrl, ignoreHTTPSErrors: true });
    let spoilt = true;
    await visit.context.route("**/api/voice/token", async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      if (spoilt) answer.token = `${answer.token.slice(0, -8)}AAAAAAAA`;
      await route.fulfill({ response, json: answer });
    });
    const page = await visit.tab("/#/kin");
    await status(page, "error");
    await seen(page.getByRole("alert").getByText("Invalid access token"));
    spoilt = false;
    await press(page, "Try again");
    await status(page, "ready");
    await visit.close({ expected: /\[TwilioVoice\]/ });
  });

  it("is another telephone under another name", async () => {
    const { visit, page } = await person("ann");
    await page.getByLabel("Name", { exact: true }).fill("carla");
    await press(page, "Use this name");
    await seen(page.getByText("client:carla"));
    await status(page, "ready");
    const ben = await person("ben");
    await call(ben.page, "client:carla");
    await status(page, "incoming");
    await press(page, "Reject");
    await leave(ben.visit);
    await leave(visit);
  });

  it("works from the keyboard on a phone's screen, in the dark", async () => {
    await belfry.setPhone(number, { on_call: "answer", answer_after_ms: 50 });
    const { visit, page } = await person("ann", { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    await fits(page, "ready");
    await tabTo(page, /Number or name/);
    await page.keyboard.type(number);
    await page.keyboard.press("Enter");
    await status(page, "connected");
    await fits(page, "connected");
    await tabTo(page, /^Hangup$/);
    await page.keyboard.press("Enter");
    await status(page, "ready");
    await leave(visit);
  });

  /// Waits until the simulated phone has that state, or is as `condition` wants.
  async function phoneIs(state, condition = (phone) => phone.state === state) {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const phone = await belfry.get(`/sim/phones/${encodeURIComponent(number)}`);
      if (condition(phone)) return;
      assert.ok(performance.now() < deadline, `the phone is ${JSON.stringify(phone)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
