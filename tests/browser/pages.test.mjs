import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

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
    // Each with what it shows once it has asked the server.
    places = [
      ["/#/", (page) => page.getByText("What is running")],
      ["/#/phones", (page) => page.getByRole("article", { name: "+14155550123" })],
      ["/#/calls", (page) => page.getByRole("table", { name: "Calls" })],
      [`/#/calls/${call.call_sid}`, (page) => page.getByRole("list", { name: "Events" }).getByText("Queued")],
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
    assert.equal(await isDark(page), true);
    await page.reload();
    await seen(page.getByRole("heading", { level: 1, name: "Start" }));
    assert.equal(await isDark(page), true);
    await page.getByRole("radio", { name: "Light" }).click();
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    assert.equal(await isDark(page), false);
    await visit.close();
  });
});

async function fits(page, where) {
  const { content, room } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  assert.ok(content <= room, `${where} is ${content} px wide on ${room} px`);
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
