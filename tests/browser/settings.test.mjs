import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { phoneCard, seen, startBrowser } from "../support/browser.mjs";
import { startCarrier } from "../support/carrier.mjs";

const caller = "+14155550151";

describe("the settings", () => {
  let belfry;
  let browser;
  before(async () => {
    // The numbers of the trunks here are of no numbering plan.
    belfry = await startBelfry({ config: 'simulator = "on"\n[calls]\nallowed_countries = ["*"]\n' });
    browser = await startBrowser();
    await belfry.setPhone(caller, { on_call: "answer", script: [] });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  it("add a number, which answers with its TwiML, then with an application, until it is removed", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/settings");
    await page.getByRole("button", { name: "Add number" }).click();
    const form = page.getByRole("dialog", { name: "Add number" });
    await form.getByLabel("Number").fill("+1 202 555 0160");
    await form.getByLabel("Name").fill("Front desk");
    await choose(page, form, "Calls are answered by", "TwiML");
    await form.getByLabel("TwiML", { exact: true }).fill("<Response><Say>The desk is closed.</Say></Response>");
    await form.getByRole("button", { name: "Save" }).click();
    const list = page.getByRole("list", { name: "Numbers" });
    await seen(list.getByText("Front desk"));

    await page.goto("/#/phones");
    await belfry.post(`/sim/phones/${encodeURIComponent(caller)}/call`, { to: "+12025550160" });
    await seen(phoneCard(page, caller).getByText("The desk is closed."));
    await seen(phoneCard(page, caller).getByText("Last call"));

    await page.goto("/#/settings/applications");
    await page.getByRole("button", { name: "Add application" }).click();
    const sheet = page.getByRole("dialog", { name: "Add application" });
    await sheet.getByLabel("Name").fill("Night menu");
    await choose(page, sheet, "Calls are answered by", "TwiML");
    await sheet.getByLabel("TwiML", { exact: true }).fill("<Response><Say>It is night.</Say></Response>");
    await sheet.getByRole("button", { name: "Save" }).click();
    await seen(page.getByRole("list", { name: "Applications" }).getByText("Night menu"));

    await page.getByRole("link", { name: "Numbers" }).click();
    await page.getByRole("button", { name: "Change +12025550160" }).click();
    const change = page.getByRole("dialog", { name: "Change number" });
    await choose(page, change, "Calls are answered by", "An application");
    await choose(page, change, "Application", "Night menu");
    await change.getByRole("button", { name: "Save" }).click();
    await seen(list.getByText("application Night menu"));
    await belfry.post(`/sim/phones/${encodeURIComponent(caller)}/call`, { to: "+12025550160" });
    await page.goto("/#/phones");
    await seen(phoneCard(page, caller).getByText("It is night."));

    await page.goto("/#/settings/numbers");
    await page.getByRole("button", { name: "Remove +12025550160" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove number" }).click();
    await list.getByText("Front desk").waitFor({ state: "detached" });
    await visit.close();
  });

  it("show at its field what is wrong with a number", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/settings/numbers");
    await page.getByRole("button", { name: "Add number" }).click();
    const form = page.getByRole("dialog", { name: "Add number" });
    await form.getByLabel("Number").fill("desk");
    await form.getByRole("button", { name: "Save" }).click();
    await seen(form.getByText(/Must be a telephone number/));
    await visit.close({ expected: /status of 422/ });
  });

  it("make a key that is shown once, opens the API, and is revoked", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/settings/keys");
    await page.getByRole("button", { name: "Make key" }).click();
    const form = page.getByRole("dialog", { name: "Make key" });
    await form.getByLabel("Name").fill("Nightly job");
    await form.getByRole("button", { name: "Make key" }).click();
    const shown = page.getByRole("dialog", { name: "Nightly job" });
    const user = await shown.getByLabel("User").innerText();
    const secret = await shown.getByLabel("Secret").innerText();
    assert.match(user.trim(), /^SK[0-9a-f]{32}$/);
    const { account_sid: account } = await belfry.keys();
    const status = () => askWithBasic(belfry, `/2010-04-01/Accounts/${account}/Calls.json`, user, secret);
    assert.equal(await status(), 200);
    await shown.getByRole("button", { name: "Done" }).click();
    const list = page.getByRole("list", { name: "API keys" });
    await seen(list.getByText("Nightly job"));
    assert.ok(!(await page.content()).includes(secret.trim()), "the secret is still on the page");

    await page.getByRole("button", { name: "Revoke Nightly job" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke key" }).click();
    await list.getByText("Nightly job").waitFor({ state: "detached" });
    assert.equal(await status(), 401);
    await visit.close();
  });

  it("lead from a carrier's form to what is to fix, and to a trunk that works", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/settings/trunks");
    await page.getByRole("button", { name: "Add trunk" }).click();
    const busy = await startCarrier("refuse_486");
    const form = page.getByRole("dialog", { name: "Add trunk" });
    await form.getByLabel("Name", { exact: true }).fill("main");
    await form.getByLabel("Host").fill(`127.0.0.1:${busy.port}`);
    await form.getByLabel("Numbers that go out by it").fill("+5071");
    await form.getByRole("button", { name: "Save and test" }).click();

    const test = page.getByRole("dialog", { name: "Test main" });
    await test.getByLabel("Number to call").fill("+50712345678");
    await test.getByRole("button", { name: "Test call" }).click();
    await seen(test.getByText("Not yet: see what to do."));
    const seenLines = test.getByRole("list", { name: "What was seen" });
    await seen(seenLines.getByRole("listitem").filter({ hasText: "Route" }).getByLabel("OK"));
    const call = seenLines.getByRole("listitem").filter({ hasText: "Test call" });
    await seen(call.getByLabel("To fix"));
    await seen(call.getByText(/The number is busy/));
    await busy.stop();

    const good = await startCarrier("answer");
    await test.getByRole("button", { name: "Change the form" }).click();
    assert.equal(await form.getByLabel("Name", { exact: true }).inputValue(), "main");
    await form.getByLabel("Host").fill(`127.0.0.1:${good.port}`);
    await form.getByRole("button", { name: "Save and test" }).click();
    await test.getByLabel("Number to call").fill("+50712345678");
    await test.getByRole("button", { name: "Test call" }).click();
    await seen(test.getByText("The trunk works."));
    for (const line of ["Address", "Route", "Test call", "Audio"])
      await seen(seenLines.getByRole("listitem").filter({ hasText: line }).getByLabel("OK"));
    await test.getByRole("button", { name: "Done" }).click();
    await seen(page.getByRole("list", { name: "Trunks" }).getByText("main"));
    await good.stop();
    await visit.close();
  });
});

/// Opens a list of choices and takes one.
async function choose(page, form, label, name) {
  await form.getByRole("button", { name: new RegExp(`^${label}|${label}$`) }).click();
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
}

async function askWithBasic(belfry, path, user, secret) {
  const authorization = `Basic ${Buffer.from(`${user.trim()}:${secret.trim()}`).toString("base64")}`;
  return (await fetch(belfry.url + path, { headers: { authorization } })).status;
}
