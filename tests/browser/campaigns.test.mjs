import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { fits, phoneCard, seen, startBrowser } from "../support/browser.mjs";

const ann = "+14155550171";
const bob = "+14155550172";

describe("the campaigns", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
    await belfry.setPhone(ann, {
      on_call: "answer",
      script: [{ after_speech: true, hang_up: true }],
    });
    await belfry.setPhone(bob, { on_call: "busy" });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  it("call a pasted list once it is started, and show and give what came of it", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/campaigns");
    await seen(page.getByText("No campaigns yet"));
    await page.getByRole("button", { name: "New campaign" }).click();
    const form = page.getByRole("dialog", { name: "New campaign" });
    await form.getByRole("textbox", { name: "Name" }).fill("Spring");
    await form
      .getByRole("textbox", { name: "Text" })
      .fill("Hello {{name}}, spring is here.");
    await form
      .getByRole("textbox", { name: "Numbers" })
      .fill(`phone,name\n${ann},=Ann\n${bob},Bob\n${bob},Bob\nnobody,X`);
    await seen(
      form.getByText(
        "2 numbers · with name · 1 twice · 1 left out, as “nobody” is no number",
      ),
    );
    await form.getByRole("textbox", { name: "Tries for a number" }).fill("1");
    await form.getByRole("button", { name: "Save as draft" }).click();

    await seen(page.getByRole("heading", { level: 1, name: "Spring" }));
    await seen(page.getByText("Draft"));
    const numbers = page.getByRole("table", { name: "Numbers" });
    await seen(numbers.getByRole("row", { name: /171 Waiting/ }));
    await page.getByRole("button", { name: "Start" }).click();
    await seen(numbers.getByRole("row", { name: /171 Answered 1/ }));
    await seen(numbers.getByRole("row", { name: /172 Busy 1/ }));
    await seen(page.getByText("2 of 2 done"));
    await seen(page.getByText("Completed"));
    assert.equal(
      await page.getByRole("progressbar").getAttribute("aria-valuenow"),
      "100",
    );

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download CSV" }).click();
    const csv = await readFile(await (await download).path(), "utf8");
    assert.match(csv, /"'\+14155550171","done","completed","1",/);
    assert.match(csv, /"'=Ann"\r\n/, "no formula");
    await numbers.getByRole("link", { name: /171/ }).click();
    await seen(page.getByRole("list", { name: "Events" }).getByText("Queued"));
    await page.goto("/#/phones");
    await seen(phoneCard(page, ann).getByText("Hello =Ann, spring is here."));
    await page.goto("/#/campaigns");
    await seen(
      page
        .getByRole("list", { name: "Campaigns" })
        .getByRole("link", { name: "Spring" }),
    );
    await visit.close();
  });

  it("are paused, go on and are cancelled", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/campaigns");
    await page.getByRole("button", { name: "New campaign" }).click();
    const form = page.getByRole("dialog", { name: "New campaign" });
    await form.getByRole("textbox", { name: "Name" }).fill("Slow");
    await form.getByRole("textbox", { name: "Text" }).fill("Hello.");
    const list = Array.from(
      { length: 40 },
      (_, index) => `+141555503${String(index).padStart(2, "0")}`,
    );
    await form.locator('input[type="file"]').setInputFiles({
      name: "numbers.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(list.join("\n")),
    });
    await seen(form.getByText("40 numbers"));
    await form.getByRole("textbox", { name: "Calls a second" }).fill("0.1");
    await form.getByRole("button", { name: "Save as draft" }).click();
    await page.getByRole("button", { name: "Start" }).click();
    await seen(page.getByText("Running"));
    await page.getByRole("button", { name: "Pause" }).click();
    await seen(page.getByText("Paused"));
    await page.getByRole("button", { name: "Go on" }).click();
    await seen(page.getByText("Running"));
    await page.getByRole("button", { name: "Cancel campaign" }).click();
    await page
      .getByRole("alertdialog")
      .getByRole("button", { name: "Call nobody more" })
      .click();
    await seen(page.getByText("Cancelled"));
    await seen(
      page
        .getByRole("table", { name: "Numbers" })
        .getByText("Canceled")
        .first(),
    );
    assert.equal(
      await page
        .getByRole("button", { name: /Start|Pause|Go on|Cancel campaign/ })
        .count(),
      0,
    );
    await visit.close();
  });

  it("show at its field what is missing, and what the server does not take", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/campaigns");
    await page.getByRole("button", { name: "New campaign" }).click();
    const form = page.getByRole("dialog", { name: "New campaign" });
    await form.getByRole("button", { name: "Save as draft" }).click();
    await seen(form.getByText("Say what the calls do."));
    await seen(form.getByText("At least one number is needed."));
    await form.getByRole("button", { name: /The calls/ }).click();
    await page.getByRole("option", { name: "Ask a URL" }).click();
    await form
      .getByRole("textbox", { name: "URL" })
      .fill("ftp://example.com/{{when}}");
    await form.getByRole("textbox", { name: "Numbers" }).fill(ann);
    await seen(form.getByText("No number has a value for {{when}}."));
    await form.getByRole("button", { name: "Save as draft" }).click();
    await seen(form.getByText(/begins with http/i).first());
    await visit.close({ expected: /status of 422/ });
  });

  it("fit a phone, and are reached from the calls", async () => {
    const visit = await browser.open(belfry, {
      viewport: { width: 390, height: 800 },
    });
    const page = await visit.tab("/#/calls");
    await page.getByRole("link", { name: "Campaigns" }).click();
    await fits(page, "the campaigns");
    await page.getByRole("link", { name: "Spring" }).click();
    await seen(page.getByRole("table", { name: "Numbers" }));
    await fits(page, "a campaign");
    await page.goto("/#/campaigns");
    await page.getByRole("button", { name: "New campaign" }).click();
    await seen(page.getByRole("dialog", { name: "New campaign" }));
    await fits(page, "the form of a campaign");
    await visit.close();
  });
});
