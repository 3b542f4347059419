import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { failure, startHouse, until } from "./support/house.mjs";
import { freshPhone, ours, picture, quick, received, settled } from "./support/messages.mjs";
import { WebApp } from "./support/web_app.mjs";

const { MessagingResponse } = twilio.twiml;

/// Messages by the stock client, answered by an Express application with signature validation on.
describe("messages of the API", () => {
  let house;
  before(async () => (house = await startHouse({ config: quick })));
  after(() => house?.stop());
  const create = (options) => house.client.messages.create({ from: ours, ...options });

  it("reach a phone, and each step is told in order", async () => {
    const phone = freshPhone(house);
    const message = await create({
      to: phone.number,
      body: "Your taxi is here",
      statusCallback: house.web.url("/status"),
    });
    assert.match(message.sid, /^SM[0-9a-f]{32}$/);
    assert.equal(message.status, "queued");
    assert.equal(message.direction, "outbound-api");
    assert.equal(message.accountSid, house.keys.account_sid);
    assert.equal(message.from, ours);
    assert.equal(message.to, phone.number);
    assert.equal(message.body, "Your taxi is here");
    assert.deepEqual([message.numSegments, message.numMedia], ["1", "0"]);
    assert.deepEqual([message.price, message.priceUnit, message.errorCode], [null, "USD", null]);
    assert.equal(message.apiVersion, "2010-04-01");
    assert.ok(message.dateCreated instanceof Date && message.dateSent === null);
    assert.equal(message.uri, house.path(`/Messages/${message.sid}.json`));
    assert.equal(message.subresourceUris.media, house.path(`/Messages/${message.sid}/Media.json`));

    assert.equal((await received(phone))[0].body, "Your taxi is here");
    const told = await house.web.waitFor("/status", (params) => params.MessageStatus === "delivered");
    assert.deepEqual(
      told.map(({ params }) => params.MessageStatus),
      ["queued", "sent", "delivered"],
    );
    for (const { params } of told) {
      assert.equal(params.MessageSid, message.sid);
      assert.equal(params.SmsSid, message.sid);
      assert.equal(params.SmsStatus, params.MessageStatus);
      assert.deepEqual([params.From, params.To, params.AccountSid], [ours, phone.number, house.keys.account_sid]);
      assert.equal(params.ApiVersion, "2010-04-01");
    }
    assert.match(told.at(-1).params.RawDlrDoneDate, /^\d{10}$/);
    assert.deepEqual(house.web.refused, [], "every signature is right");
    const sent = await house.client.messages(message.sid).fetch();
    assert.equal(sent.status, "delivered");
    assert.ok(sent.dateSent instanceof Date);
    const { items } = await house.belfry.get("/sim/messages");
    assert.equal(items.filter((each) => each.message_sid === message.sid).length, 1);
  });

  it("count their segments", async () => {
    const phone = freshPhone(house);
    const segments = async (body, more = {}) => (await create({ to: phone.number, body, ...more })).numSegments;
    assert.equal(await segments("a".repeat(160)), "1");
    assert.equal(await segments("a".repeat(161)), "2");
    assert.equal(await segments("€".repeat(81)), "2");
    assert.equal(await segments("ж".repeat(71)), "2");
    assert.equal(await segments("a".repeat(100) + "’"), "2");
    assert.equal(await segments("a".repeat(100) + "’", { smartEncoded: true }), "1");
  });

  it("that cannot be delivered say why", async () => {
    const phone = await freshPhone(house).behave({ on_call: "answer", on_message: { error: 30005 } });
    const { sid } = await create({ to: phone.number, body: "x", statusCallback: house.web.url("/undelivered") });
    const message = await settled(house, sid);
    assert.deepEqual([message.status, message.errorCode], ["undelivered", 30005]);
    const told = await house.web.waitFor("/undelivered", (params) => params.MessageStatus === "undelivered");
    assert.equal(told.at(-1).params.ErrorCode, "30005");
    assert.ok(told.at(-1).params.ErrorMessage);
  });

  it("that are wrong are refused with Twilio's code", async () => {
    const to = "+14155559999";
    const wrong = [
      [{ to }, 21602],
      [{ to, body: "x", from: "" }, 21603],
      [{ to: "", body: "x" }, 21604],
      [{ to: "nobody", body: "x" }, 21211],
      [{ to, body: "x", from: "+1?" }, 21212],
      [{ to, body: "a".repeat(1601) }, 21617],
      [{ to, mediaUrl: ["ftp://example.com/cat.png"] }, 21620],
      [{ to, mediaUrl: Array(11).fill("http://example.com/cat.png") }, 21623],
      [{ to, body: "x", validityPeriod: 36_001 }, 21624],
      [{ to, body: "x", scheduleType: "fixed", sendAt: new Date(Date.now() + 3_600_000) }, 35118],
    ];
    for (const [options, code] of wrong) {
      const error = await failure(create(options));
      assert.deepEqual([error.code, error.status], [code, 400], JSON.stringify(options).slice(0, 100));
      assert.equal(error.moreInfo, `https://www.twilio.com/docs/errors/${code}`);
    }
    const missing = await failure(house.client.messages(`SM${"0".repeat(32)}`).fetch());
    assert.deepEqual([missing.code, missing.status], [20404, 404]);
  });

  it("are listed by their parties and days, page by page", async () => {
    const phone = freshPhone(house);
    for (let i = 0; i < 5; ++i) await create({ to: phone.number, body: `number ${i}` });
    const bodies = async (options) => (await house.client.messages.list(options)).map(({ body }) => body);
    assert.deepEqual(await bodies({ to: phone.number, pageSize: 2 }), [4, 3, 2, 1, 0].map((i) => `number ${i}`));
    assert.deepEqual(await bodies({ to: phone.number, from: "+15557777777" }), []);
    const tomorrow = new Date(Date.now() + 86_400_000);
    assert.equal((await bodies({ to: phone.number, dateSentBefore: tomorrow })).length, 5);
    assert.equal((await bodies({ to: phone.number, dateSentAfter: tomorrow })).length, 0);
  });

  it("are redacted and deleted once they are sent", async () => {
    const phone = freshPhone(house);
    const { sid } = await create({ to: phone.number, body: "a secret" });
    await settled(house, sid);
    assert.equal((await failure(house.client.messages(sid).update({ body: "another" }))).status, 400);
    assert.equal((await house.client.messages(sid).update({ body: "" })).body, "");
    assert.equal((await house.client.messages(sid).fetch()).body, "");
    assert.equal(await house.client.messages(sid).remove(), true);
    assert.equal((await failure(house.client.messages(sid).fetch())).code, 20404);
  });

  it("take feedback", async () => {
    const { sid } = await create({ to: freshPhone(house).number, body: "Here is your code", provideFeedback: true });
    const feedback = await house.client.messages(sid).feedback.create({ outcome: "confirmed" });
    assert.deepEqual([feedback.messageSid, feedback.outcome], [sid, "confirmed"]);
  });

  it("bring pictures", async () => {
    const png = Buffer.from("89504e470d0a1a0a00", "hex");
    const phone = freshPhone(house);
    const message = await create({ to: phone.number, body: "Look", mediaUrl: [await picture(house, png)] });
    assert.match(message.sid, /^MM/);
    assert.equal(message.numMedia, "1");
    const [shown] = await received(phone);
    assert.equal(shown.media[0].content_type, "image/png");
    const file = await fetch(house.belfry.url + shown.media[0].url);
    assert.equal(file.headers.get("content-type"), "image/png");
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), png);
    const [medium] = await house.client.messages(message.sid).media.list();
    assert.deepEqual([medium.parentSid, medium.contentType], [message.sid, "image/png"]);
    assert.equal((await house.client.messages(message.sid).media(medium.sid).fetch()).sid, medium.sid);
    assert.equal(await house.client.messages(message.sid).media(medium.sid).remove(), true);
    assert.equal((await fetch(house.belfry.url + shown.media[0].url)).status, 404);
  });
});

describe("messages that come in", () => {
  let house;
  before(async () => {
    // The application listens before the server starts, so that the configuration can name it.
    const tokens = new Map();
    const web = await WebApp.start(tokens);
    house = await startHouse({
      config: `${quick}[[number]]
number = "${ours}"
sms_url = "${web.url("/sms")}"
sms_fallback_url = "${web.url("/fallback")}"
`,
    });
    tokens.set(house.keys.account_sid, house.keys.auth_token);
    await house.web.stop();
    house.web = web;
  });
  after(() => house?.stop());

  it("are answered by a document, with parameters that are signed", async () => {
    const reply = new MessagingResponse();
    reply.message("Hello!");
    house.web.on("/sms", reply);
    const phone = freshPhone(house);
    await phone.message(ours, "Hi there");
    assert.equal((await received(phone))[0].body, "Hello!");
    const { params } = house.web.requests("/sms").at(-1);
    assert.match(params.MessageSid, /^SM[0-9a-f]{32}$/);
    assert.equal(params.SmsSid, params.MessageSid);
    assert.equal(params.SmsMessageSid, params.MessageSid);
    assert.deepEqual([params.From, params.To, params.Body], [phone.number, ours, "Hi there"]);
    assert.deepEqual([params.NumMedia, params.NumSegments, params.SmsStatus], ["0", "1", "received"]);
    assert.ok("FromCity" in params && "ToCountry" in params);
    assert.deepEqual(house.web.refused, []);
    const inbound = await house.client.messages(params.MessageSid).fetch();
    assert.deepEqual([inbound.direction, inbound.status], ["inbound", "received"]);
    const [outbound] = await house.client.messages.list({ to: phone.number });
    assert.equal(outbound.direction, "outbound-reply");
  });

  it("may be answered twice, with a picture and with a callback", async () => {
    const reply = new MessagingResponse();
    reply.message("One");
    const second = reply.message({ statusCallback: "/reply-status" });
    second.body("Two");
    second.media(await picture(house, Buffer.from("x")));
    house.web.on("/sms", reply);
    const phone = freshPhone(house);
    await phone.message(ours, "Hi");
    const [one, two] = await received(phone, 2);
    assert.deepEqual([one.body, two.body], ["One", "Two"]);
    assert.equal(two.media[0].content_type, "image/png");
    await house.web.waitFor("/reply-status", (params) => params.MessageStatus === "delivered");
  });

  it("follow a redirect", async () => {
    const reply = new MessagingResponse();
    reply.redirect({ method: "GET" }, "/elsewhere?from=sms");
    house.web.on("/sms", reply);
    house.web.on("/elsewhere", "<Response><Message>From elsewhere</Message></Response>");
    const phone = freshPhone(house);
    await phone.message(ours, "Hi");
    assert.equal((await received(phone))[0].body, "From elsewhere");
    const request = house.web.requests("/elsewhere").at(-1);
    assert.deepEqual([request.method, request.params.from, request.params.Body], ["GET", "sms", "Hi"]);
  });

  it("tell an action what became of the answer", async () => {
    house.web.on("/sms", '<Response><Message action="/sent">One</Message></Response>');
    house.web.on("/sent", "<Response/>");
    const phone = freshPhone(house);
    await phone.message(ours, "Hi");
    await received(phone);
    const [{ params }] = await house.web.waitFor("/sent");
    assert.deepEqual([params.MessageStatus, params.To, params.From], ["queued", phone.number, ours]);
  });

  it("are answered by plain text, and need no answer", async () => {
    const phone = freshPhone(house);
    house.web.on("/sms", { type: "text/plain", body: "Plain" });
    await phone.message(ours, "Hi");
    assert.equal((await received(phone))[0].body, "Plain");
    house.web.on("/sms", "<Response/>");
    const before = house.web.requests("/sms").length;
    await phone.message(ours, "Hi again");
    await house.web.waitFor("/sms", before + 1);
    assert.equal((await received(phone)).length, 1);
  });

  it("turn to the fall-back when the document is broken", async () => {
    house.web.on("/sms", "<Response><Say>This is no call</Say></Response>");
    house.web.on("/fallback", "<Response><Message>Sorry</Message></Response>");
    const phone = freshPhone(house);
    await phone.message(ours, "Hi");
    assert.equal((await received(phone))[0].body, "Sorry");
    const { params } = house.web.requests("/fallback").at(-1);
    assert.deepEqual([params.ErrorCode, params.ErrorUrl], ["14110", house.web.url("/sms")]);
  });

  it("keep cookies of their two numbers", async () => {
    house.web.on("/sms", { body: "<Response/>", headers: { "set-cookie": "step=2; Path=/" } });
    const phone = freshPhone(house);
    const before = house.web.requests("/sms").length;
    await phone.message(ours, "one");
    await house.web.waitFor("/sms", before + 1);
    await until(async () => (await house.client.messages.list({ from: phone.number })).length === 1, "the first");
    await phone.message(ours, "two");
    await house.web.waitFor("/sms", before + 2);
    await freshPhone(house).message(ours, "three");
    await house.web.waitFor("/sms", before + 3);
    const cookies = house.web.requests("/sms").slice(before).map(({ headers }) => headers.cookie);
    assert.deepEqual(cookies, [undefined, "step=2", undefined]);
  });

  it("bring pictures", async () => {
    house.web.on("/sms", "<Response/>");
    const phone = freshPhone(house);
    const before = house.web.requests("/sms").length;
    await house.belfry.post(`${phone.path}/message`, {
      to: ours,
      body: "Look",
      media: [{ content_type: "image/gif", base64: Buffer.from("GIF89a").toString("base64") }],
    });
    const { params } = (await house.web.waitFor("/sms", before + 1)).at(-1);
    assert.deepEqual([params.NumMedia, params.MediaContentType0], ["1", "image/gif"]);
    assert.equal(await (await fetch(params.MediaUrl0)).text(), "GIF89a");
  });

  it("STOP is confirmed once and holds at once, START undoes it (rule P2)", async () => {
    house.web.on("/sms", "<Response/>");
    const phone = freshPhone(house);
    await phone.message(ours, "stop");
    assert.match((await received(phone))[0].body, /unsubscribed/);
    const error = await failure(house.client.messages.create({ from: ours, to: phone.number, body: "Buy!" }));
    assert.deepEqual([error.code, error.status], [21610, 400]);
    await phone.message(ours, "STOP");
    await phone.message(ours, "START");
    const got = await received(phone, 2);
    assert.equal(got.length, 2);
    assert.match(got[1].body, /subscribed/);
    await house.client.messages.create({ from: ours, to: phone.number, body: "Welcome back" });
    assert.equal((await received(phone, 3))[2].body, "Welcome back");
  });

  it("HELP is answered (rule P2)", async () => {
    house.web.on("/sms", "<Response/>");
    const phone = freshPhone(house);
    await phone.message(ours, "Help");
    assert.match((await received(phone))[0].body, /STOP/);
  });

  it("a phone may answer by itself", async () => {
    house.web.on("/sms", "<Response/>");
    const phone = await freshPhone(house).behave({ on_message: { reply: "OK", after_ms: 50 } });
    await house.client.messages.create({ from: ours, to: phone.number, body: "Are you there?" });
    await house.web.waitFor("/sms", (params) => params.From === phone.number && params.Body === "OK");
  });
});
