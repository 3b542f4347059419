import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

describe("the Start page", () => {
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

  it("places a first call and shows its timeline grow until the call is completed", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/");
    await page.getByRole("button", { name: "Place a first call" }).click();

    const timeline = page.getByRole("region", { name: "Timeline" });
    await seen(timeline.getByText("Live"));
    const events = timeline.getByRole("list", { name: "Events" });
    await events.getByRole("listitem").first().waitFor();
    const atFirst = (await events.innerText()).length;
    await seen(page.getByRole("status").getByText("In progress"));
    await seen(events.getByText("“Hello from Belfry.”"));
    await seen(page.getByRole("status").getByText("Completed"));
    await seen(events.getByText("Completed", { exact: true }));
    assert.ok((await events.innerText()).length > atFirst);
    await timeline.getByText("Live").waitFor({ state: "detached" });

    // An event opens to what was sent.
    await events.getByRole("button", { name: /<Say>/ }).first().click();
    await seen(events.getByRole("definition").first());
    await visit.close();
  });

  it("tells what runs and how to do the same from a command line", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/");
    await seen(page.getByText(new URL(belfry.url).host, { exact: true }));
    await seen(page.getByText(`curl ${belfry.url}/admin/api/calls`));
    await page.getByRole("tab", { name: "Notification" }).click();
    await seen(page.getByText(`curl ${belfry.url}/notifications/call`));
    await visit.close();
  });
});
