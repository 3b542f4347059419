import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

const speaker = "+14155550141";

describe("what a call leaves behind", () => {
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

  it("is heard on its page: a recording plays, and can be taken along", async () => {
    await belfry.setPhone(speaker, {
      on_call: "answer",
      answer_after_ms: 50,
      script: [{ after_speech: true, tone_hz: 440, ms: 2000 }, { hang_up: true }],
    });
    const { sid } = await belfry.post("/admin/api/calls", {
      to: speaker,
      twiml: '<Response><Say>Speak.</Say><Record maxLength="10" playBeep="false" trim="do-not-trim"/></Response>',
    });
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/calls/${sid}`);
    const recordings = page.getByRole("list", { name: "Recordings" });
    await seen(recordings.getByText("Completed"));
    const player = recordings.getByLabel(/^Recording of/);
    const heard = await player.evaluate(async (audio) => {
      audio.muted = true;
      await audio.play();
      await new Promise((resolve, reject) => {
        audio.addEventListener("timeupdate", () => audio.currentTime > 0.2 && resolve());
        audio.addEventListener("error", () => reject(new Error(audio.error.message)));
      });
      return { duration: audio.duration, at: audio.currentTime };
    });
    assert.ok(heard.duration > 1, `it lasts ${heard.duration} s`);
    assert.ok(heard.at > 0, `it stands at ${heard.at} s`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      recordings.getByRole("link", { name: "Download" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^RE[0-9a-f]{32}\.wav$/);
    await visit.close();
  });

  it("is listed with what a call wrote, and with why a message did not arrive", async () => {
    await belfry.setPhone("+14155550142", { on_call: "answer", script: [], on_message: { error: 30005 } });
    const { sid } = await belfry.post("/admin/api/calls", {
      to: speaker,
      from: "+14155550143",
      twiml:
        `<Response><Sms to="${speaker}" from="+14155550143">Your code is 42.</Sms>` +
        '<Sms to="+14155550142" from="+14155550143">Nobody reads this.</Sms></Response>',
    });
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/messages");
    const list = page.getByRole("list", { name: "Messages" });
    const arrived = list.getByRole("listitem").filter({ hasText: "Your code is 42." });
    await seen(arrived.getByText("Delivered", { exact: true }));
    await seen(arrived.getByText("1 segment"));
    const lost = list.getByRole("listitem").filter({ hasText: "Nobody reads this." });
    await seen(lost.getByText("Undelivered", { exact: true }));
    await seen(lost.getByText(/\(30005\)$/));

    await arrived.getByRole("link", { name: "sent by a call" }).click();
    await page.waitForURL(`**/#/calls/${sid}`);
    await seen(page.getByRole("list", { name: "Messages" }).getByText("Your code is 42."));
    await visit.close();
  });
});
