import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

const alice = "+14155550131";
const bob = "+14155550132";

describe("the conference pages", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
    // Alice talks for as long as anybody could want, Bob never.
    await belfry.setPhone(alice, {
      on_call: "answer",
      answer_after_ms: 50,
      script: [{ after_ms: 500, tone_hz: 440, ms: 60_000 }],
    });
    await belfry.setPhone(bob, { on_call: "answer", answer_after_ms: 50, script: [] });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  const callIn = (number, name) =>
    belfry.post("/admin/api/calls", {
      to: number,
      twiml: `<Response><Dial><Conference beep="false" waitUrl="" record="record-from-start">${name}</Conference></Dial></Response>`,
    });
  const participant = async (name, number) => {
    const { items } = await belfry.get("/admin/api/conferences");
    const conference = items.find((each) => each.name === name && each.status !== "completed");
    return conference?.participants.find((who) => who.number === number);
  };

  it("show who talks, mute and hold somebody, and remove them", async () => {
    await callIn(alice, "Standup");
    await callIn(bob, "Standup");
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/calls");
    await page.getByRole("navigation", { name: "Calls" }).getByRole("link", { name: "Conferences" }).click();
    const live = page.getByRole("list", { name: "Live conferences" });
    await seen(live.getByText("+1 415 555 0131 talks"));
    await live.getByRole("link", { name: "Standup" }).click();

    const people = page.getByRole("list", { name: "Participants" });
    const row = (name) => people.getByRole("listitem", { name });
    await seen(row("+1 415 555 0131").getByText("Talks", { exact: true }));
    assert.equal(await row("+1 415 555 0132").getByText("Talks", { exact: true }).count(), 0);

    await page.getByRole("button", { name: "Mute +1 415 555 0131" }).click();
    await seen(row("+1 415 555 0131").getByText("Muted", { exact: true }));
    assert.equal((await participant("Standup", alice)).muted, true);
    await row("+1 415 555 0131").getByText("Talks", { exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Unmute +1 415 555 0131" }).click();
    await seen(row("+1 415 555 0131").getByText("Talks", { exact: true }));
    assert.equal((await participant("Standup", alice)).muted, false);

    await page.getByRole("button", { name: "Hold +1 415 555 0132" }).click();
    await seen(row("+1 415 555 0132").getByText("On hold"));
    await page.getByRole("button", { name: "Remove +1 415 555 0132" }).click();
    await row("+1 415 555 0132").waitFor({ state: "detached" });
    assert.equal(await participant("Standup", bob), undefined);

    await page.getByRole("button", { name: "End for all" }).click();
    await seen(page.getByRole("status").getByText("Ended"));
    await seen(page.getByLabel(/^Recording of/));
    await visit.close();
  });
});
