import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { fits, seen, startBrowser } from "../support/browser.mjs";

describe("every page", () => {
  let belfry;
  let browser;
  let places;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
    const call = await belfry.post("/notifications/call", {
      phone_number: "+14155551234",
      task_title: "A title of one word that does not fit: ".concat("Donaudampfschifffahrt".repeat(8)),
      task_id: "T-".concat("0123456789".repeat(8)),
    });
    await belfry.setPhone("+14155550123", { on_call: "person" });
    await belfry.setPhone("+14155550162", { on_call: "busy" });
    const { conference, campaign } = await fillOtherPages(belfry);
    const group = await addGroup(belfry);
    // Each with what it shows once it has asked the server.
    places = [
      ["/#/", (page) => page.getByText("What is running")],
      ["/#/phones", (page) => page.getByRole("article", { name: "+14155550123" })],
      ["/#/calls", (page) => page.getByRole("table", { name: "Calls" })],
      [`/#/calls/${call.call_sid}`, (page) => page.getByRole("list", { name: "Events" }).getByText("Queued")],
      ["/#/conferences", (page) => page.getByRole("list", { name: "Live conferences" })],
      [`/#/conferences/${conference.sid}`, (page) => page.getByRole("list", { name: "Participants" })],
      ["/#/messages", (page) => page.getByRole("list", { name: "Messages" })],
      ["/#/campaigns", (page) => page.getByRole("list", { name: "Campaigns" })],
      [`/#/campaigns/${campaign.id}`, (page) => page.getByRole("table", { name: "Numbers" })],
      ["/#/analytics", (page) => page.getByRole("table", { name: "By application" })],
      ["/#/settings/numbers", (page) => page.getByRole("list", { name: "Numbers" })],
      ["/#/settings/applications", (page) => page.getByRole("list", { name: "Applications" })],
      ["/#/settings/trunks", (page) => page.getByRole("list", { name: "Trunks" })],
      ["/#/settings/keys", (page) => page.getByRole("list", { name: "API keys" })],
      ["/#/groups", (page) => page.getByRole("list", { name: "Groups" })],
      ["/#/groups/people", (page) => page.getByRole("list", { name: "People" })],
      [`/#/groups/${group.id}`, (page) => page.getByRole("list", { name: "Past calls" }).getByRole("listitem")],
      ["/#/kin", (page) => page.getByText("Calls from the browser need HTTPS")],
      ["/#/notifications", (page) => page.getByText("A title of one word")],
      ["/docs", (page) => page.locator(".opblock").first()],
    ];
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  it("fits a phone's width, lies on one background by the theme, and complains of nothing", async () => {
    for (const colorScheme of ["light", "dark"]) {
      for (const viewport of [
        { width: 360, height: 740 },
        { width: 768, height: 1024 },
        { width: 1440, height: 900 },
      ]) {
        const visit = await browser.open(belfry, { colorScheme, viewport });
        const page = await visit.tab("/");
        for (const [path, content] of places) {
          await page.goto(path);
          await seen(content(page));
          await fits(page, `${path} in ${colorScheme}`);
          assert.equal(await isDark(page), colorScheme === "dark", path);
        }
        await visit.close();
      }
    }
  });

  it("keeps the colours that were chosen", async () => {
    const visit = await browser.open(belfry, { colorScheme: "light" });
    const page = await visit.tab("/");
    await page.getByRole("radio", { name: "Dark" }).click();
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await becomesDark(page, true);
    await page.reload();
    await seen(page.getByRole("heading", { level: 1, name: "Start" }));
    await becomesDark(page, true);
    await page.getByRole("radio", { name: "Light" }).click();
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    await becomesDark(page, false);
    await visit.close();
  });
});

/// Something on each page, with names that do not fit. @return a live conference and a campaign
async function fillOtherPages(belfry) {
  const long = "Donaudampfschifffahrt".repeat(3);
  const url = `https://example.com/${"voice".repeat(60)}`;
  const twiml = "<Response/>";
  await belfry.post("/admin/api/numbers", { phone_number: "+12025550170", friendly_name: long, voice_url: url });
  await belfry.post("/admin/api/applications", { friendly_name: long, voice_url: url, sms_url: url, twiml });
  await belfry.post("/admin/api/keys", { friendly_name: long.slice(0, 63) });
  await belfry.post("/admin/api/trunks", { name: "a".repeat(64), host: "127.0.0.1:9", prefixes: ["+5079"] });
  await belfry.post(`/sim/phones/${encodeURIComponent("+14155550123")}/message`, {
    to: "+12025550170",
    body: long.repeat(4),
  });
  await belfry.setPhone("+14155550124", { on_call: "answer", answer_after_ms: 0, script: [] });
  await belfry.post("/admin/api/calls", {
    to: "+14155550124",
    twiml: `<Response><Dial><Conference waitUrl="">${long}</Conference></Dial></Response>`,
  });
  const { sid } = await belfry.post("/admin/api/calls", { to: "+14155550123", say: "Hello." });
  await belfry.post(`/admin/api/calls/${sid}/hang-up`);
  const numbers = [{ number: "+14155550125", variables: { [long]: long } }];
  const campaign = await belfry.post("/admin/api/campaigns", { name: long, say: long.repeat(4), numbers });
  const deadline = performance.now() + 15_000;
  for (;;) {
    const { items } = await belfry.get("/admin/api/conferences");
    const { total } = await belfry.get("/admin/api/analytics");
    if (items.length > 0 && total.calls > 0) return { conference: items[0], campaign };
    if (performance.now() > deadline) throw new Error("the conference did not begin");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/// A group with a call that is planned, and one that was given up. @return it
async function addGroup(belfry) {
  const user = await belfry.post("/api/user", {
    givenName: "Donaudampfschifffahrt".repeat(2),
    familyName: "Donaudampfschifffahrt".repeat(2),
    phoneNumber: "5552000001",
    timezone: "America/Argentina/ComodRivadavia",
  });
  const name = "Donaudampfschifffahrt".repeat(4);
  const group = await belfry.post("/api/group", { name, users: [user.id], cadence: "daily" });
  const terms = { groupId: group.id, scheduledTime: "2026-01-02T10:00:00.000Z" };
  await belfry.post("/api/chime/call", terms);
  const { call } = await belfry.post("/api/chime/call", terms);
  await belfry.post(`/api/chime/call/${call.callId}/end`);
  return group;
}

/// By what is painted behind everything.
function isDark(page) {
  return page.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.body)
      .backgroundColor.match(/[\d.]+/g)
      .map(Number);
    return red + green + blue < 384;
  });
}

/// Colours may take a frame to follow the theme.
function becomesDark(page, wanted) {
  return page.waitForFunction((dark) => {
    const [red, green, blue] = getComputedStyle(document.body)
      .backgroundColor.match(/[\d.]+/g)
      .map(Number);
    return red + green + blue < 384 === dark;
  }, wanted);
}
