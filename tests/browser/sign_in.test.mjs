import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

describe("a Belfry that others can reach", () => {
  let belfry;
  let browser;
  let keys;
  before(async () => {
    belfry = await startBelfry("--http-require-sign-in");
    keys = await belfry.keys();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  const fill = async (page, token) => {
    await page.getByLabel("Account SID").fill(keys.account_sid);
    await page.getByLabel("Auth token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  it("shows nothing before one has signed in, everything after, and nothing again", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/phones");
    await seen(page.getByRole("heading", { name: "Sign in to Belfry" }));
    await fill(page, "wrong");
    await seen(page.getByRole("alert").getByText("do not belong together"));
    await fill(page, keys.auth_token);
    await seen(page.getByRole("heading", { name: "Phones" }));
    await seen(page.getByRole("status").getByText("Live", { exact: true }));

    const [cookie] = await visit.context.cookies();
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, "Lax");
    assert.ok(!cookie.value.includes(keys.auth_token));

    const other = await visit.tab("/#/");
    await other.getByRole("button", { name: "Place a first call" }).click();
    await seen(other.getByRole("status").getByText("Completed"));
    await other.close();

    await page.reload();
    await seen(page.getByRole("heading", { name: "Phones" }));
    await page.getByRole("button", { name: "Sign out" }).click();
    await seen(page.getByRole("heading", { name: "Sign in to Belfry" }));
    await page.reload();
    await seen(page.getByRole("heading", { name: "Sign in to Belfry" }));
    await visit.close({ expected: /status of 401/ });
  });

  it("lets the pages of groups in, and nobody without a session or credentials", async () => {
    const refused = await fetch(`${belfry.url}/api/user`);
    assert.equal(refused.status, 401);
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/groups/people");
    await fill(page, keys.auth_token);
    await page.getByRole("button", { name: "New person" }).click();
    await page.getByLabel("Given name").fill("Ann");
    await page.getByLabel("Family name").fill("Lee");
    await page.getByLabel("Phone number").fill("5552000001");
    await page.getByRole("button", { name: "Save" }).click();
    await seen(page.getByRole("list", { name: "People" }).getByText("Ann Lee"));
    await visit.close({ expected: /status of 401/ });
  });

  it("asks again when a session is over, and goes on where one was", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/calls");
    await fill(page, keys.auth_token);
    await seen(page.getByRole("heading", { name: "Calls" }));
    await visit.context.clearCookies();
    // Not by the link: a page that is still reading its lists asks at once, and the link is gone.
    await page.goto("/#/phones");
    await seen(page.getByRole("heading", { name: "Sign in to Belfry" }));
    await fill(page, keys.auth_token);
    await seen(page.getByRole("heading", { name: "Phones" }));
    await visit.close({ expected: /status of 401/ });
  });
});
