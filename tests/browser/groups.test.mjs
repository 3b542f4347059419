import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBelfry } from "../support/belfry.mjs";
import { seen, startBrowser } from "../support/browser.mjs";

const people = [
  { given: "Ann", family: "Lee", number: "5552000001", zone: "America/New_York" },
  { given: "Bob", family: "Fox", number: "5552000002", zone: "America/New_York" },
  { given: "Eve", family: "Ray", number: "5552000003", zone: "America/Los_Angeles" },
];
const late = "5552000009";
const e164 = (number) => `+1${number}`;

describe("the Groups pages", () => {
  let belfry;
  let browser;
  before(async () => {
    belfry = await startBelfry({ config: "[take5]\nring_timeout = 5\n" });
    browser = await startBrowser();
    const answers = { on_call: "answer", answer_after_ms: 50, script: [] };
    for (const number of [people[0].number, people[1].number, late]) await belfry.setPhone(e164(number), answers);
    await belfry.setPhone(e164(people[2].number), { on_call: "busy" });
  });
  after(async () => {
    await browser?.stop();
    await belfry?.stop();
  });

  const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
  const addPerson = async (page, { given, family, number, zone }) => {
    await press(page, "New person");
    const form = page.getByRole("dialog", { name: "New person" });
    await form.getByLabel("Given name").fill(given);
    await form.getByLabel("Family name").fill(family);
    await form.getByLabel("Phone number").fill(number);
    await form.getByRole("combobox", { name: "Time zone" }).fill(zone.split("/").at(-1).replace("_", " "));
    await page.getByRole("option", { name: zone.replace("_", " ") }).click();
    await press(form, "Save");
    await form.waitFor({ state: "detached" });
  };
  /// A group through the API, for what is not about making one.
  const newGroup = async (name, members, more = {}) => {
    const users = await belfry.get("/api/user");
    const ids = members.map(({ number }) => users.find(({ phoneNumber }) => phoneNumber === number).id);
    return belfry.post("/api/group", { name, users: ids, cadence: "weekly", frequency: 2, duration: 5, ...more });
  };
  const status = (within, name) => within.getByRole("listitem", { name });

  it("make people and a group of them, and complain at the field", async () => {
    const visit = await browser.open(belfry, { timezoneId: "Europe/Berlin" });
    const page = await visit.tab("/");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Groups" }).click();
    await press(page, "Add people");
    for (const person of people) await addPerson(page, person);
    const listed = page.getByRole("list", { name: "People" });
    await seen(status(listed, "Ann Lee").getByText("+1 555 200 0001"));

    await press(page, "New person");
    const form = page.getByRole("dialog", { name: "New person" });
    await form.getByLabel("Given name").fill("Nan");
    await form.getByLabel("Family name").fill("No");
    await form.getByLabel("Phone number").fill("1234567890");
    await press(form, "Save");
    await seen(form.getByText("Ten digits, and the first is 2 to 9."));
    await form.getByLabel("Phone number").fill("(555) 200-0001");
    await press(form, "Save");
    await seen(form.getByText("Somebody else has this number."));
    await press(form, "Cancel");

    await page.getByRole("navigation", { name: "Groups" }).getByRole("link", { name: "Groups" }).click();
    await press(page, "New group");
    const group = page.getByRole("dialog", { name: "New group" });
    await press(group, "Save");
    await seen(group.getByText("Must have 1 to 100 characters."));
    await group.getByLabel("Name").fill("Night watch");
    for (const name of ["Ann Lee", "Bob Fox", "Eve Ray"]) await group.getByText(name).click();
    await press(group, "Increase Calls a week");
    await press(group, "Save");
    const card = page.getByRole("list", { name: "Groups" }).getByRole("listitem", { name: "Night watch" });
    await seen(card.getByText("3 members"));
    await seen(card.getByText("Twice a week, 5 minutes"));

    const [made] = await belfry.get("/api/group");
    assert.deepEqual(
      made.users.map(({ phoneNumber, timezone }) => [phoneNumber, timezone]),
      people.map(({ number, zone }) => [number, zone]),
    );
    assert.deepEqual([made.frequency, made.duration, made.smsReminder, made.enabled], [2, 5, true, true]);
    await visit.close({ expected: /status of (400|409)/ });
  });

  it("show the next moments on a calendar of the reader's days, and by the members' clocks", async () => {
    const group = await newGroup("Moments", people);
    const { nextCallTimes } = await belfry.get(`/api/group/${group.id}/preview`);
    assert.equal(nextCallTimes.length, 5);
    // So far ahead that all of its days differ from those of the members.
    const timeZone = "Pacific/Kiritimati";
    const visit = await browser.open(belfry, { timezoneId: timeZone });
    const page = await visit.tab(`/#/groups/${group.id}`);
    const listed = page.getByRole("list", { name: "Next moments" }).getByRole("listitem");
    await listed.nth(4).waitFor();
    const clock = (moment, zone) =>
      new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
    for (const [index, moment] of nextCallTimes.entries()) {
      await seen(listed.nth(index).getByText(clock(moment, timeZone)).first());
      await seen(listed.nth(index).getByText(`${clock(moment, "America/New_York")} in New York`));
      await seen(listed.nth(index).getByText(`${clock(moment, "America/Los_Angeles")} in Los Angeles`));
      // A press on a moment shows its month; its day is marked there.
      await listed.nth(index).getByRole("button").click();
      const day = Number(new Date(moment).toLocaleDateString("en-GB", { day: "numeric", timeZone }));
      const month = new Date(moment).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone });
      const calendar = page.getByRole("application", { name: new RegExp(month) });
      await seen(calendar.locator("[data-next]:not([data-outside-month])", { hasText: new RegExp(`^${day}$`) }));
    }
    await visit.close();
  });

  it("call now, follow the participants, remove one, add one, end it, and tell who was there", async () => {
    const group = await newGroup("Standup", people);
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/groups/${group.id}`);
    await press(page, "Call now");
    const call = page.getByRole("region", { name: "Live call" });
    const who = (name) => status(call.getByRole("list", { name: "Participants" }), name);
    await seen(who("Ann Lee").getByText("Connected"));
    await seen(who("Bob Fox").getByText("Connected"));
    await seen(who("Eve Ray").getByText("Busy"));
    await seen(call.getByRole("status").getByText("In progress"));
    await seen(call.getByRole("progressbar").getByText(/^0:\d\d of 5:00$/));

    await press(call, "Remove Bob Fox");
    await seen(who("Bob Fox").getByText("Removed"));
    await call.getByLabel("Add a number").fill("12");
    await press(call, "Call this number");
    await seen(call.getByRole("alert").getByText("Invalid phone number format"));
    await call.getByLabel("Add a number").fill("(555) 200-0009");
    await press(call, "Call this number");
    await seen(who("+1 555 200 0009").getByText("Connected"));
    const [running] = (await belfry.get(`/api/chime/call?groupId=${group.id}`)).calls;
    assert.deepEqual(
      Object.fromEntries(running.participants.map(({ phoneNumber, status: state }) => [phoneNumber, state])),
      {
        [e164(people[0].number)]: "connected",
        [e164(people[1].number)]: "removed",
        [e164(people[2].number)]: "busy",
        [e164(late)]: "connected",
      },
    );

    await press(call, "End call");
    await call.waitFor({ state: "detached" });
    const past = page.getByRole("list", { name: "Past calls" }).getByRole("listitem");
    await seen(past.getByText("Ann Lee, Bob Fox"));
    await seen(past.getByText("Without Eve Ray"));
    const attendance = page.getByRole("list", { name: "Attendance" }).getByRole("listitem");
    await seen(attendance.filter({ hasText: "Ann Lee" }).getByText("1 of 1"));
    await seen(attendance.filter({ hasText: "Eve Ray" }).getByText("0 of 1"));
    await visit.close({ expected: /status of 400/ });
  });

  it("say why somebody waits to be called", async () => {
    const away = "5552000010";
    await belfry.setPhone(e164(away), { on_call: "no-answer" });
    const user = await belfry.post("/api/user", { givenName: "Kim", familyName: "Away", phoneNumber: away });
    const group = await newGroup("Patience", [{ number: away }]);
    assert.deepEqual([group.users.length, group.users[0].id], [1, user.id]);
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/groups/${group.id}`);
    await press(page, "Call now");
    const kim = page.getByRole("list", { name: "Participants" }).getByRole("listitem", { name: "Kim Away" });
    await seen(kim.getByText("Ringing"));
    await seen(kim.getByText("Waiting"));
    await seen(kim.getByText("No answer; is called once more"));
    const past = page.getByRole("list", { name: "Past calls" }).getByRole("listitem");
    await seen(past.getByText("Did not take place"));
    await seen(past.getByText("Nobody answered."));
    await belfry.ask("DELETE", `/api/user/${user.id}`);
    await visit.close();
  });

  it("write to the members, and tell the size and what came of each", async () => {
    const group = await newGroup("Writers", [people[0], people[2]]);
    await belfry.setPhone(e164(people[2].number), { on_call: "busy", on_message: { error: 30003 } });
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/groups/${group.id}`);
    const box = page.getByRole("region", { name: "Text message" });
    const text = box.getByLabel("To all members");
    await text.fill("a".repeat(161));
    await seen(box.getByText("161 characters · 2 segments for each of 2 · GSM-7, 145 left"));
    await text.fill("Your call starts in 5 minutes 👋");
    await seen(box.getByText("31 characters · 1 segment for each of 2 · UCS-2, 38 left"));
    await press(box, "Send");
    const results = box.getByRole("list", { name: "What came of it" });
    await seen(status(results, "Ann Lee").getByText("Delivered"));
    await seen(status(results, "Eve Ray").getByText("30003"));
    const { items } = await belfry.get("/admin/api/messages");
    const sent = items.filter(({ body }) => body === "Your call starts in 5 minutes 👋");
    assert.deepEqual(sent.map(({ to }) => to).sort(), [e164(people[0].number), e164(people[2].number)]);
    assert.deepEqual(sent.map(({ segments }) => segments), [1, 1]);

    // Whoever has said STOP gets nothing (docs/messages.md), and the others do.
    const stop = { to: sent[0].from, body: "STOP" };
    await belfry.post(`/sim/phones/${encodeURIComponent(e164(people[2].number))}/message`, stop);
    await text.fill("Once more");
    await press(box, "Send");
    await seen(status(results, "Eve Ray").getByText("unsubscribed recipient"));
    await seen(status(results, "Ann Lee").getByText("Delivered"));
    await visit.close();
  });

  it("change and delete a group and somebody of it", async () => {
    const group = await newGroup("Short-lived", [people[0], people[1]]);
    const visit = await browser.open(belfry);
    const page = await visit.tab(`/#/groups/${group.id}`);
    await press(page, "Edit");
    const form = page.getByRole("dialog", { name: "Edit group" });
    await form.getByRole("button", { name: /Cadence/ }).click();
    await page.getByRole("option", { name: "Daily" }).click();
    await form.getByText("Bob Fox").click();
    await form.getByText("Call at the drawn moments").click();
    await press(form, "Save");
    await seen(page.getByText("Every day"));
    await seen(page.getByText("Paused"));
    const changed = await belfry.get(`/api/group/${group.id}`);
    assert.deepEqual(
      [changed.cadence, changed.frequency, changed.enabled, changed.users.length],
      ["daily", 1, false, 1],
    );
    await press(page, "Delete");
    await press(page.getByRole("alertdialog"), "Delete group");
    await seen(page.getByRole("heading", { level: 1, name: "Groups" }));
    assert.equal(
      (await belfry.get("/api/group")).some(({ id }) => id === group.id),
      false,
    );

    await page.goto("/#/groups/people");
    await press(page, "Edit Bob Fox");
    const person = page.getByRole("dialog", { name: "Edit person" });
    await person.getByLabel("Family name").fill("Foxley");
    await press(person, "Save");
    await seen(page.getByRole("listitem", { name: "Bob Foxley" }));
    await press(page, "Delete Bob Foxley");
    await press(page.getByRole("alertdialog"), "Delete person");
    await page.getByRole("listitem", { name: "Bob Foxley" }).waitFor({ state: "detached" });
    assert.equal((await belfry.get("/api/user")).length, 2);
    await visit.close();
  });

  it("are reached on a phone too, and so is what its bar has no room for", async () => {
    const visit = await browser.open(belfry, { viewport: { width: 390, height: 844 } });
    const page = await visit.tab("/");
    const bar = page.getByRole("navigation", { name: "Main" });
    await bar.getByRole("link", { name: "Groups" }).click();
    await seen(page.getByRole("heading", { level: 1, name: "Groups" }));
    await press(bar, "More");
    await page.getByRole("dialog", { name: "More" }).getByRole("link", { name: "Notifications" }).click();
    await seen(page.getByRole("heading", { level: 1, name: "Notifications" }));
    await page.getByRole("dialog", { name: "More" }).waitFor({ state: "detached" });
    await visit.close();
  });
});
