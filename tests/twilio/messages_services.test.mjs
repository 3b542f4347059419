import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse, until } from "./support/house.mjs";
import { freshPhone, ours, quick, received, settled } from "./support/messages.mjs";

/// Numbers, messaging services and carriers of messages, by the stock client.
describe("numbers and messaging services of the API", () => {
  const ownNumber = "+15550007000";
  let house;
  let owned;
  before(async () => {
    house = await startHouse({ config: quick });
    owned = await house.client.incomingPhoneNumbers.create({ phoneNumber: ownNumber, smsUrl: house.web.url("/sms") });
  });
  after(() => house?.stop());

  it("a number's SmsUrl answers, as changed, at once", async () => {
    house.web.on("/sms", "<Response><Message>Number</Message></Response>");
    house.web.on("/app", "<Response><Message>Application</Message></Response>");
    const phone = freshPhone(house);
    await phone.message(ownNumber, "Hi");
    assert.equal((await received(phone))[0].body, "Number");
    const application = await house.client.applications.create({ friendlyName: "shop", smsUrl: house.web.url("/app") });
    await house.client.incomingPhoneNumbers(owned.sid).update({ smsApplicationSid: application.sid });
    await phone.message(ownNumber, "Hi");
    assert.equal((await received(phone, 2))[1].body, "Application");
  });

  it("a service sends from its number", async () => {
    const services = house.client.messaging.v1.services;
    const service = await services.create({ friendlyName: "Shop", statusCallback: house.web.url("/service") });
    assert.match(service.sid, /^MG[0-9a-f]{32}$/);
    assert.equal(service.friendlyName, "Shop");
    assert.ok(service.dateCreated instanceof Date);
    const to = freshPhone(house);
    const empty = { messagingServiceSid: service.sid, to: to.number, body: "x" };
    assert.equal((await failure(house.client.messages.create(empty))).code, 21703);

    const sender = await services(service.sid).phoneNumbers.create({ phoneNumberSid: owned.sid });
    assert.deepEqual([sender.sid, sender.phoneNumber, sender.serviceSid], [owned.sid, ownNumber, service.sid]);
    assert.equal((await services(service.sid).phoneNumbers.list()).length, 1);
    const twice = await failure(services(service.sid).phoneNumbers.create({ phoneNumberSid: owned.sid }));
    assert.deepEqual([twice.code, twice.status], [21710, 409]);

    const message = await house.client.messages.create({ messagingServiceSid: service.sid, to: to.number, body: "Sale" });
    assert.deepEqual([message.status, message.from, message.messagingServiceSid], ["accepted", null, service.sid]);
    assert.equal((await received(to))[0].from, ownNumber);
    const told = await house.web.waitFor("/service", (params) => params.MessageStatus === "delivered");
    assert.deepEqual(told.map(({ params }) => params.MessageStatus), ["queued", "sent", "delivered"]);
    assert.equal(told[0].params.MessagingServiceSid, service.sid);
    assert.equal((await house.client.messages(message.sid).fetch()).from, ownNumber);

    assert.equal((await services(service.sid).update({ friendlyName: "Other" })).friendlyName, "Other");
    assert.equal((await services.list()).length, 1);
    assert.equal(await services(service.sid).phoneNumbers(owned.sid).remove(), true);
    assert.equal(await services(service.sid).remove(), true);
    assert.equal((await failure(services(service.sid).fetch())).code, 20404);
    assert.equal((await failure(house.client.messages.create(empty))).code, 21701);
  });

  it("a scheduled message waits and can be canceled", async () => {
    const services = house.client.messaging.v1.services;
    const service = await services.create({ friendlyName: "Later" });
    await services(service.sid).phoneNumbers.create({ phoneNumberSid: owned.sid });
    const later = (minutes) => ({
      messagingServiceSid: service.sid,
      to: "+14155559000",
      body: "Later",
      scheduleType: "fixed",
      sendAt: new Date(Date.now() + minutes * 60_000),
    });
    assert.equal((await failure(house.client.messages.create(later(1)))).code, 35114);
    assert.equal((await failure(house.client.messages.create(later(60 * 24 * 36)))).code, 35114);
    const message = await house.client.messages.create(later(10));
    assert.equal(message.status, "scheduled");
    assert.equal((await house.client.messages(message.sid).update({ status: "canceled" })).status, "canceled");
    assert.equal((await house.client.messages(message.sid).fetch()).status, "canceled");
  });

  it("count in the usage, and their problems are in the debugger", async () => {
    house.web.on("/app", "<Response><Dial>+1</Dial></Response>");
    const phone = freshPhone(house);
    await phone.message(ownNumber, "Hi");
    const found = await until(
      async () => (await house.client.api.v2010.account.notifications.list()).find(({ errorCode }) => errorCode === "14110"),
      "a notification of 14110",
    );
    assert.equal(found.requestUrl, house.web.url("/app"));
    const [inbound] = await house.client.usage.records.today.list({ category: "sms-inbound" });
    assert.ok(Number(inbound.count) >= 3, inbound.count);
  });
});

describe("another cloud as the carrier of messages", () => {
  let theirs;
  let house;
  before(async () => {
    theirs = await startHouse({ config: quick });
    house = await startHouse({
      config: `${quick}[[message_carrier]]
name = "theirs"
url = "${theirs.belfry.url}"
account_sid = "${theirs.keys.account_sid}"
auth_token = "${theirs.keys.auth_token}"
prefix = "+507"
`,
    });
  });
  after(async () => {
    await house?.stop();
    await theirs?.stop();
  });

  it("takes messages by Twilio's API and reports on them", async () => {
    const phone = theirs.phone("+50761234567");
    const { sid } = await house.client.messages.create({
      from: ours,
      to: phone.number,
      body: "Hola",
      statusCallback: house.web.url("/status"),
    });
    assert.equal((await received(phone))[0].body, "Hola");
    const message = await settled(house, sid);
    assert.equal(message.status, "delivered");
    const told = await house.web.waitFor("/status", (params) => params.MessageStatus === "delivered");
    assert.deepEqual(
      told.map(({ params }) => params.MessageStatus),
      ["queued", "sent", "delivered"],
    );
    const there = await theirs.client.messages.list({ to: phone.number });
    assert.deepEqual([there.length, there[0].from, there[0].body], [1, ours, "Hola"]);
  });

  it("says what it could not deliver", async () => {
    const phone = await theirs.phone("+50761234568").behave({ on_call: "unreachable" });
    const { sid } = await house.client.messages.create({ from: ours, to: phone.number, body: "x" });
    const message = await settled(house, sid);
    assert.deepEqual([message.status, message.errorCode], ["undelivered", 30003]);
  });

  it("refuses what its own rules refuse", async () => {
    const phone = theirs.phone("+50761234569");
    await theirs.client.messages.create({ from: ours, to: phone.number, body: "Hello" });
    await received(phone);
    await phone.message(ours, "STOP");
    await received(phone, 2);
    const { sid } = await house.client.messages.create({ from: ours, to: phone.number, body: "x" });
    const message = await settled(house, sid);
    assert.deepEqual([message.status, message.errorCode], ["failed", 21610]);
  });

  it("must sign what it says (rule W4)", async () => {
    const response = await house.raw("POST", "/carriers/theirs/message-status", {
      form: { MessageSid: `SM${"0".repeat(32)}`, MessageStatus: "delivered" },
    });
    assert.equal(response.status, 403);
  });
});
