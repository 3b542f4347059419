import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { fits, patience, seen, startBrowser } from "../support/browser.mjs";

/// One for each call: whoever is in a call is busy for the next.
const answering = ["+14155550161", "+14155550162", "+14155550163"];
const isBusy = "+14155550164";

describe("the analytics", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry();
    browser = await startBrowser();
    for (const phone of answering)
      await belfry.setPhone(phone, {
        on_call: "answer",
        script: [{ after_ms: 500, hang_up: true }],
      });
    await belfry.setPhone(isBusy, { on_call: "busy" });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  it("are empty before the first call, and say so", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/calls");
    await page.getByRole("link", { name: "Analytics" }).click();
    await seen(page.getByText("No calls in this time"));
    await visit.close();
  });

  it("show calls, answers and minutes by application, group and time, and give them as a file", async () => {
    for (const to of [answering[0], answering[1], isBusy])
      await belfry.post("/admin/api/calls", { to, say: "Hello." });
    await callAGroup(belfry);
    await overAndCounted(belfry, 5);

    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/analytics");
    const tile = (name) =>
      page
        .locator("dl > div")
        .filter({ has: page.getByText(name, { exact: true }) });
    await seen(tile("Calls").getByText("5", { exact: true }));
    await seen(tile("Answer rate").getByText("60 %"));
    await seen(tile("Minutes").getByText("3", { exact: true }));
    await seen(tile("Paid minutes").getByText("0 calls through trunks"));
    const chart = page.getByRole("img", {
      name: "Calls by day, stacked by application",
    });
    await drawn(page, chart);

    const applications = page.getByRole("table", { name: "By application" });
    await seen(applications.getByRole("row", { name: /API 3 67 %/ }));
    await seen(applications.getByRole("row", { name: /Take5 2 50 %/ }));
    await seen(
      page
        .getByRole("table", { name: "By group" })
        .getByRole("row", { name: /Standing call 2 50 %/ }),
    );
    await page.getByText("As a table").click();
    await seen(
      page
        .getByRole("table", { name: "Over time" })
        .getByRole("row", { name: /5 60 % 3/ }),
    );

    await applications.getByRole("button", { name: "Take5" }).click();
    await seen(tile("Calls").getByText("2", { exact: true }));
    assert.match(
      await saved(page, "Download the figures by group"),
      /"take5","\d+","Standing call","2","1","0.5000"/,
    );
    await page
      .getByRole("button", { name: "Only Take5: show all calls again" })
      .click();
    await seen(tile("Calls").getByText("5", { exact: true }));
    const csv = await saved(page, "Download the figures over time");
    assert.match(
      csv,
      /^"time","calls","answered","answer_rate","seconds","minutes","paid_calls","paid_minutes"\r\n/,
    );
    assert.equal(csv.trim().split("\r\n").length, 8, "a head and seven days");
    assert.match(csv, /","5","3","0\.6000",/);
    await visit.close();
  });

  it("are of the period that is chosen", async () => {
    const visit = await browser.open(belfry);
    const page = await visit.tab("/#/analytics");
    await choosePeriod(page, "Today");
    await seen(
      page.getByRole("img", { name: "Calls by hour, stacked by application" }),
    );
    await choosePeriod(page, "From … to …");
    await page.getByLabel("From", { exact: true }).fill("2020-02-01");
    await seen(page.getByText(/Choose a first day and a last day/));
    await page.getByLabel("To", { exact: true }).fill("2020-02-29");
    await seen(page.getByText("No calls in this time"));
    await choosePeriod(page, "Last 12 months");
    await seen(page.getByRole("table", { name: "By application" }));
    await visit.close();
  });

  it("fit a phone, in the colours of both themes", async () => {
    for (const colorScheme of ["light", "dark"]) {
      const visit = await browser.open(belfry, {
        colorScheme,
        viewport: { width: 390, height: 800 },
      });
      const page = await visit.tab("/#/analytics");
      await drawn(
        page,
        page.getByRole("img", { name: /stacked by application/ }),
      );
      await fits(page, `the analytics in ${colorScheme}`);
      await visit.close();
    }
  });
});

/// One answers, the other is busy.
async function callAGroup(belfry) {
  const user = async (phoneNumber) => {
    const { id } = await belfry.post("/api/user", {
      givenName: "A",
      familyName: "B",
      phoneNumber,
      timezone: "UTC",
    });
    return id;
  };
  const users = [
    await user(answering[2].slice(2)),
    await user(isBusy.slice(2)),
  ];
  const { id } = await belfry.post("/api/group", {
    name: "Standing call",
    users,
    cadence: "daily",
  });
  const { call } = await belfry.post("/api/chime/call", {
    groupId: id,
    scheduledTime: new Date().toISOString(),
  });
  await belfry.post(`/api/chime/call/${call.callId}/start`);
}

async function overAndCounted(belfry, calls) {
  const end = Date.now() + patience;
  for (;;) {
    const { total } = await belfry.get("/admin/api/analytics");
    if (total.calls === calls) return;
    assert.ok(Date.now() < end, `${total.calls} calls are over`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/// The canvas shows more than its axes: some of it has a colour that is no grey.
async function drawn(page, chart) {
  await seen(chart);
  await page.waitForFunction(() => {
    const canvas = document.querySelector("canvas");
    if (!canvas || canvas.width === 0) return false;
    const { data } = canvas
      .getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height);
    let coloured = 0;
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] === 255 && Math.abs(data[at] - data[at + 2]) > 40)
        ++coloured;
    return coloured > 100;
  });
}

async function choosePeriod(page, name) {
  await page.getByRole("button", { name: /Period/ }).click();
  await page.getByRole("option", { name }).click();
}

async function saved(page, link) {
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: link }).click();
  return readFile(await (await download).path(), "utf8");
}
