import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { phoneCard, seen, startBrowser, tabTo } from "../support/browser.mjs";

const number = "+14155550123";
const title = "Restart the database";

describe("a person acknowledges a task by phone", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
    await belfry.setPhone(number, { on_call: "person" });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  it("by mouse, in two tabs", async () => {
    const visit = await browser.open(belfry);
    const phones = await visit.tab("/#/phones");
    const phone = phoneCard(phones, number);
    await seen(phone);
    const notifications = await visit.tab("/#/notifications");
    await notifications.getByLabel("Phone number").fill(number);
    await notifications.getByLabel("Task title").fill(title);
    await notifications.getByRole("button", { name: "Call" }).click();

    const row = notifications.getByRole("listitem").filter({ hasText: title }).first();
    await seen(row.getByText("Ringing", { exact: true }).first());
    await seen(phone.getByText("Incoming call"));
    assert.match(await phones.title(), /^\(ringing\)/);
    await phone.getByRole("button", { name: "Pick up", exact: true }).click();
    await seen(row.getByText("In progress"));

    const words = phone.getByRole("list", { name: "Words heard" });
    await recordGrowth(words);
    await seen(words.getByText(`critical task: ${title}`));
    await seen(words.getByText("Press 1 to acknowledge"));
    await phone.getByRole("button", { name: "Key 1" }).click();
    await seen(words.getByText("Thank you. Task acknowledged."));
    const growth = await recordedGrowth(words);
    assert.ok(
      growth.some((text) => text.includes("Flux") && !text.includes("Press 1")),
      `words should appear as they are spoken, but were there at once: ${JSON.stringify(growth)}`,
    );

    await seen(row.getByText("Acknowledged", { exact: true }));
    await seen(row.getByText("Key 1 was pressed."));
    await seen(phone.getByText("Last call"));
    await visit.close();
  });

  it("by keyboard alone, in one tab", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/notifications");
    const { keyboard } = page;
    const task = `${title} again`;
    await tabTo(page, /^Phone number/);
    await keyboard.type(number);
    await tabTo(page, /^Task title/);
    await keyboard.type(task);
    await tabTo(page, /^Call$/);
    await keyboard.press("Enter");

    await seen(page.getByRole("link", { name: /is ringing/ }));
    await tabTo(page, /is ringing/);
    await keyboard.press("Enter");
    const phone = phoneCard(page, number);
    await seen(phone.getByText("Incoming call"));
    await tabTo(page, /^Pick up$/);
    await keyboard.press("Enter");
    await seen(phone.getByText("Press 1 to acknowledge"));
    await keyboard.press("1");
    await seen(phone.getByText("Thank you. Task acknowledged."));

    await tabTo(page, /^Notifications$/);
    await keyboard.press("Enter");
    const row = page.getByRole("listitem").filter({ hasText: task }).first();
    await seen(row.getByText("Acknowledged", { exact: true }));
    await visit.close();
  });
});

/// Keeps every text that the element has had from now on.
function recordGrowth(locator) {
  return locator.evaluate((element) => {
    element.growth = [element.textContent];
    new MutationObserver(() => element.growth.push(element.textContent)).observe(element, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
}

function recordedGrowth(locator) {
  return locator.evaluate((element) => element.growth);
}
