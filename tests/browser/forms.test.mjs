import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { phoneCard, seen, startBrowser } from "../support/browser.mjs";

/// Chromium itself reports each refused request on the console.
const refusals = /status of 422/;

describe("a form that the server refuses", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  it("shows at each field of a notification what is wrong with it, until it is corrected", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/notifications");
    const number = page.getByLabel("Phone number");
    const title = page.getByLabel("Task title");
    await number.fill("4155551234");
    await page.getByRole("button", { name: "Call" }).click();
    await describedBy(number, /^Phone number must be E\.164/);
    await describedBy(title, /^Should have at least 1 character/);

    // A complaint goes with the first letter typed, that of another field stays.
    await number.fill("+14155551234");
    await describedBy(title, /^Should have/);
    assert.equal(await page.locator("[aria-invalid=true]").count(), 1);
    await title.fill("Submit quarterly report");
    await page.getByRole("button", { name: "Call" }).click();
    await seen(page.getByRole("listitem").filter({ hasText: "Submit quarterly report" }).first());
    await page.waitForFunction(() => document.querySelectorAll("[aria-invalid=true]").length === 0);
    await visit.close({ expected: refusals });
  });

  it("shows on the Start page what is wrong with the number to call", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/");
    const number = page.getByLabel("Number to call");
    await number.fill("nobody");
    await page.getByRole("button", { name: "Place a first call" }).click();
    await describedBy(number, /^Neither a telephone number/);
    await visit.close({ expected: refusals });
  });

  it("shows at a phone that it cannot call what is no number", async () => {
    await belfry.setPhone("+14155550123", { on_call: "person" });
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/phones");
    const phone = phoneCard(page, "+14155550123");
    await phone.getByLabel("Call from this phone").fill("nobody");
    await phone.getByRole("button", { name: "Place call" }).click();
    await describedBy(phone.getByLabel("Call from this phone"), /^Neither a telephone number/);
    await visit.close({ expected: refusals });
  });
});

/// The field is marked as wrong and says why, for the eye and for a screen reader.
async function describedBy(field, words) {
  await field.and(field.page().locator("[aria-invalid=true]")).waitFor();
  const ids = (await field.getAttribute("aria-describedby")) ?? "";
  const complaints = ids
    .split(" ")
    .filter(Boolean)
    .map((id) => `[id="${id}"]`)
    .join(",");
  await seen(field.page().locator(complaints).filter({ hasText: words }));
}
