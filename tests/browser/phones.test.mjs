import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { phoneCard, seen, startBrowser } from "../support/browser.mjs";

const number = "+14155550123";

describe("a simulated phone", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
  });
  beforeEach(async () => {
    await belfry.ask("DELETE", "/sim");
    await belfry.setPhone(number, { on_call: "person" });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  /// A call to the phone that would go on for half a minute if nobody ended it.
  const call = () =>
    belfry.post("/admin/api/calls", {
      to: number,
      twiml:
        '<Response><Gather numDigits="4" timeout="30"><Say>Please enter your code.</Say></Gather></Response>',
    });
  const open = async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/phones");
    const phone = phoneCard(page, number);
    await seen(phone);
    return { visit, page, phone };
  };

  it("is declined, and the call says that it was busy", async () => {
    const { visit, page, phone } = await open();
    const { sid } = await call();
    await phone.getByRole("button", { name: "Decline" }).click();
    await seen(phone.getByText("Last call"));
    await page.goto(`/#/calls/${sid}`);
    await seen(page.getByRole("status").getByText("Busy"));
    await visit.close();
  });

  it("is made to be busy in its form", async () => {
    const { visit, page } = await open();
    await page.getByRole("button", { name: "New phone" }).click();
    const form = page.getByRole("dialog", { name: "New phone" });
    await form.getByLabel("Number").fill("+14155550188");
    await form.getByRole("button", { name: /When it is called/ }).click();
    await page.getByRole("option", { name: "Busy" }).click();
    await form.getByRole("button", { name: "Create phone" }).click();
    await seen(phoneCard(page, "+14155550188").getByText("Busy"));
    const { sid } = await belfry.post("/admin/api/calls", { to: "+14155550188", say: "Nobody hears this." });
    await page.goto(`/#/calls/${sid}`);
    await seen(page.getByRole("status").getByText("Busy"));
    await visit.close();
  });

  it("takes keys from the keyboard of whoever sees the page, and is hung up", async () => {
    const { visit, page, phone } = await open();
    const { sid } = await call();
    await phone.getByRole("button", { name: "Pick up", exact: true }).click();
    await seen(phone.getByText("Please enter your code."));
    await page.keyboard.press("4");
    await page.keyboard.press("#");
    await seen(phone.getByRole("status", { name: "Keys pressed" }).getByText("4#"));
    // The server has heard them when it asks again.
    await seen(phone.getByText("Please enter your code.").nth(1));
    await phone.getByRole("button", { name: "Hang up" }).click();
    await seen(phone.getByText("Last call"));
    await page.goto(`/#/calls/${sid}`);
    await seen(page.getByRole("status").getByText("Completed"));
    await seen(page.getByRole("region", { name: "Timeline" }).getByText("Key 4").first());
    await visit.close();
  });

  it("plays what it heard", async () => {
    const { visit, page, phone } = await open();
    await call();
    await phone.getByRole("button", { name: "Pick up", exact: true }).click();
    await seen(phone.getByText("Please enter your code."));
    await phone.getByRole("button", { name: "Hang up" }).click();
    const audio = phone.getByLabel("Hear what it heard");
    await seen(audio);
    const { duration, error } = await audio.evaluate(async (element) => {
      const loaded = new Promise((resolve) => {
        for (const type of ["canplaythrough", "error"])
          element.addEventListener(type, resolve, { once: true });
      });
      element.preload = "auto";
      element.load();
      await loaded;
      return { duration: element.duration, error: element.error?.message };
    });
    assert.equal(error, undefined);
    assert.ok(duration > 0 && duration < 60, `its duration is ${duration}`);
    await audio.evaluate((element) => element.play());
    await page.waitForFunction(() => document.querySelector("audio").currentTime > 0);
    await visit.close();
  });

  it("calls another phone, which rings", async () => {
    await belfry.setPhone("+14155550188", { on_call: "person" });
    const { visit, page, phone } = await open();
    await phone.getByLabel("Call from this phone").fill("+14155550188");
    await phone.getByRole("button", { name: "Place call" }).click();
    const other = phoneCard(page, "+14155550188");
    await other.getByRole("button", { name: "Pick up", exact: true }).click();
    await seen(phone.getByText("In call"));
    await seen(other.getByText("In call"));
    await other.getByRole("button", { name: "Hang up" }).click();
    await seen(other.getByText(/Last call from/));
    await seen(phone.getByText(/Last call to/));
    await visit.close();
  });
});
