import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

const deaf = "+14155550151";
const well = "+14155550152";

describe("why there is no audio", () => {
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

  const call = async (to, behaviour) => {
    await belfry.setPhone(to, { on_call: "answer", answer_after_ms: 0, ...behaviour });
    const { sid } = await belfry.post("/admin/api/calls", {
      to,
      twiml: '<Response><Pause length="120"/></Response>',
    });
    return sid;
  };
  const hangUp = async (page) => {
    await page.getByRole("button", { name: "Hang up" }).click();
    const events = page.getByRole("list", { name: "Events" });
    await seen(events.getByText("Audio over"));
    return events;
  };

  it("is said on the call's page while it lasts, and kept", async () => {
    const sid = await call(deaf, { network: { one_way: "in" } });
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/calls/${sid}`);
    const verdict = page.getByRole("status", { name: "Verdict on the audio" });
    await seen(verdict.getByText("Nothing arrives"));
    await seen(verdict.getByText("Usually a firewall or NAT drops its packets"));
    const events = await hangUp(page);
    await seen(events.getByText("Nothing arrives · No packet came from the party."));
    await page.reload();
    await seen(verdict.getByText("Nothing arrives"));
    await visit.close();
  });

  it("is not asked of a call in which both hear each other", async () => {
    const words = { say: "One two three four five six seven eight nine ten." };
    const sid = await call(well, { script: Array(20).fill(words) });
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/calls/${sid}`);
    const verdict = page.getByRole("status", { name: "Verdict on the audio" });
    await seen(verdict.getByText("Sound was heard from the party; its reports say that it hears us."));
    await hangUp(page);
    await seen(page.getByRole("region", { name: "Audio" }).getByText("It hears us", { exact: true }));
    await visit.close();
  });
});
