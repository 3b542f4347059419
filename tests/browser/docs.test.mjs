import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

describe("the API pages at /docs", () => {
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

  it("show every operation without the internet, and try one out", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/docs");
    const place = page
      .locator(".opblock-post")
      .filter({ has: page.locator("[data-path='/notifications/call']") });
    await seen(place);
    const { paths, webhooks } = await belfry.get("/openapi.json");
    const shown = await page.locator("[data-path]").evaluateAll((all) => all.map((one) => one.dataset.path));
    assert.deepEqual(new Set(shown), new Set([...Object.keys(paths), ...Object.keys(webhooks)]));

    await place.locator(".opblock-summary-control").click();
    await place.getByRole("button", { name: "Try it out" }).click();
    await place
      .locator("textarea")
      .fill(JSON.stringify({ phone_number: "+14155551234", task_title: "Read the manual" }));
    await place.getByRole("button", { name: "Execute" }).click();
    await seen(place.locator(".live-responses-table .response-col_status").filter({ hasText: /^201/ }));
    const { items } = await belfry.get("/notifications/call");
    assert.deepEqual(
      items.map(({ task_title }) => task_title),
      ["Read the manual"],
    );
    await visit.close();
  });
});
