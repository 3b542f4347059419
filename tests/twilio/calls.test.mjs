import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { failure, startHouse, until } from "./support/house.mjs";

const { VoiceResponse } = twilio.twiml;

const to = "+1234567890";
const from = "+0987654321";

describe("calls", () => {
  let house;
  let calls;
  before(async () => {
    house = await startHouse();
    calls = house.client.calls;
    house.web.on("/listen", "<Response><Pause length='120'/></Response>");
    house.web.on("/hello", "<Response><Say>Hello from your application.</Say></Response>");
  });
  after(() => house?.stop());

  it("are placed, and end with the object that Twilio describes", async () => {
    const placed = await calls.create({ to, from, url: house.web.url("/hello") });
    assert.match(placed.sid, /^CA[0-9a-f]{32}$/);
    assert.equal(placed.status, "queued");
    assert.equal(placed.direction, "outbound-api");
    assert.equal(placed.accountSid, house.keys.account_sid);
    assert.deepEqual([placed.to, placed.from], [to, from]);
    for (const empty of [placed.startTime, placed.endTime, placed.duration, placed.price, placed.answeredBy, placed.parentCallSid])
      assert.equal(empty, null);

    const ended = await house.ended(placed.sid);
    assert.equal(ended.status, "completed");
    assert.match(ended.duration, /^\d+$/);
    assert.equal(ended.priceUnit, "USD");
    assert.equal(ended.apiVersion, "2010-04-01");
    assert.equal(ended.uri, house.path(`/Calls/${placed.sid}.json`));
    assert.ok(ended.startTime >= ended.dateCreated && ended.endTime >= ended.startTime);
    for (const name of ["recordings", "notifications", "events", "streams", "transcriptions", "user_defined_messages"])
      assert.ok(ended.subresourceUris[name].startsWith(house.path(`/Calls/${placed.sid}/`)), name);
    assert.deepEqual(await house.phone(to).heardTexts(), ["Hello from your application."]);

    const [request] = house.web.requests("/hello");
    assert.equal(request.method, "POST");
    assert.equal(request.params.CallSid, placed.sid);
    assert.equal(request.params.CallStatus, "in-progress");
    assert.equal(request.params.Direction, "outbound-api");
    assert.deepEqual(house.web.refused, []);
  });

  it("run inline TwiML without asking anybody", async () => {
    const response = new VoiceResponse();
    response.say("No webhook was needed.");
    const placed = await calls.create({ to: "+15550002001", from, twiml: response });
    await house.ended(placed.sid);
    assert.deepEqual(await house.phone("+15550002001").heardTexts(), ["No webhook was needed."]);
  });

  it("tell exactly the events that are asked for, numbered and signed", async () => {
    house.web.on("/status", { status: 204 });
    const placed = await calls.create({
      to: "+15550002002",
      from,
      url: house.web.url("/hello"),
      statusCallback: house.web.url("/status"),
      statusCallbackEvent: ["initiated", "ringing", "answered", "completed", "failed"],
    });
    const ofCall = () => house.web.requests("/status").filter((each) => each.params.CallSid === placed.sid);
    await until(() => ofCall().some((each) => each.params.CallStatus === "completed"), "the last callback");
    const told = ofCall().map((each) => each.params).sort((a, b) => a.SequenceNumber - b.SequenceNumber);
    assert.deepEqual(told.map((each) => each.CallStatus), ["initiated", "ringing", "in-progress", "completed"]);
    assert.deepEqual(told.map((each) => each.SequenceNumber), ["0", "1", "2", "3"]);
    const last = told.at(-1);
    assert.equal(last.CallbackSource, "call-progress-events");
    assert.match(last.CallDuration, /^\d+$/);
    assert.equal(last.Duration, String(Math.ceil(Number(last.CallDuration) / 60)));
    assert.ok(!Number.isNaN(Date.parse(last.Timestamp)));
    assert.equal(last.AccountSid, house.keys.account_sid);
    assert.deepEqual(house.web.refused, []);

    const quiet = await calls.create({ to: "+15550002003", from, url: house.web.url("/hello"), statusCallback: house.web.url("/quiet") });
    await house.ended(quiet.sid);
    const [only, ...more] = await house.web.waitFor("/quiet");
    assert.equal(only.params.CallStatus, "completed");
    assert.deepEqual(more, []);
  });

  it("end as the other side ends them", async () => {
    for (const [behaviour, status] of [["busy", "busy"], ["reject", "busy"], ["no-answer", "no-answer"], ["unreachable", "failed"]]) {
      const number = "+15550002004";
      await house.phone(number).behave({ on_call: behaviour, answer_after_ms: 50 });
      const placed = await calls.create({ to: number, from, url: house.web.url("/hello"), timeout: 5 });
      const ended = await house.ended(placed.sid);
      assert.equal(ended.status, status, behaviour);
      assert.equal(ended.duration, "0");
      assert.equal(ended.startTime, null);
    }
  });

  it("are completed, canceled and redirected while they live", async () => {
    const live = await calls.create({ to: "+15550002005", from, url: house.web.url("/listen") });
    await house.inProgress(live.sid);
    const redirected = await calls(live.sid).update({ twiml: "<Response><Say>New orders.</Say><Pause length='60'/></Response>" });
    assert.equal(redirected.status, "in-progress");
    await house.phone("+15550002005").heard("New orders.");
    house.web.on("/elsewhere", "<Response><Say>From elsewhere.</Say><Pause length='60'/></Response>");
    await calls(live.sid).update({ url: house.web.url("/elsewhere"), method: "GET" });
    await house.phone("+15550002005").heard("From elsewhere.");
    assert.equal(house.web.requests("/elsewhere")[0].method, "GET");
    const cancel = await failure(calls(live.sid).update({ status: "canceled" }));
    assert.deepEqual([cancel.status, cancel.code], [400, 21220]);
    await calls(live.sid).update({ status: "completed" });
    assert.equal((await house.ended(live.sid)).status, "completed");
    const late = await failure(calls(live.sid).update({ twiml: "<Response/>" }));
    assert.deepEqual([late.status, late.code], [400, 21220]);
    assert.match(late.message, /Call is not in-progress\. Cannot redirect\./);

    await house.phone("+15550002006").behave({ on_call: "person" });
    const ringing = await calls.create({ to: "+15550002006", from, url: house.web.url("/listen") });
    await house.phone("+15550002006").ringing();
    await calls(ringing.sid).update({ status: "canceled" });
    assert.equal((await house.ended(ringing.sid)).status, "canceled");
  });

  it("last as long as they may", async () => {
    const placed = await calls.create({ to: "+15550002007", from, url: house.web.url("/listen"), timeLimit: 1 });
    assert.equal((await house.ended(placed.sid)).duration, "1");
    const longer = await calls.create({ to: "+15550002007", from, url: house.web.url("/listen") });
    await house.inProgress(longer.sid);
    await calls(longer.sid).update({ timeLimit: 1 });
    await house.ended(longer.sid);
  });

  it("send digits after the answer", async () => {
    const placed = await calls.create({ to: "+15550002008", from, url: house.web.url("/hello"), sendDigits: "w12#" });
    await house.ended(placed.sid);
    assert.equal((await house.phone("+15550002008").lastCall()).digits_heard, "12#");
  });

  it("run an application's document", async () => {
    house.web.on("/application", "<Response><Say>The application answers.</Say></Response>");
    house.web.on("/application-status", { status: 204 });
    const application = await house.client.applications.create({
      friendlyName: "phones",
      voiceUrl: house.web.url("/application"),
      voiceMethod: "GET",
      statusCallback: house.web.url("/application-status"),
    });
    const placed = await calls.create({ to: "+15550002009", from, applicationSid: application.sid });
    await house.ended(placed.sid);
    assert.deepEqual(await house.phone("+15550002009").heardTexts(), ["The application answers."]);
    assert.equal(house.web.requests("/application")[0].method, "GET");
    await house.web.waitFor("/application-status", (params) => params.CallSid === placed.sid);
    const unknown = await failure(calls.create({ to, from, applicationSid: `AP${"0".repeat(32)}` }));
    assert.deepEqual([unknown.status, unknown.code], [400, 21218]);
  });

  it("are refused with Twilio's codes", async () => {
    const url = house.web.url("/hello");
    const refused = [
      [{ From: from, Url: url }, 21201],
      [{ To: to, Url: url }, 21213],
      [{ To: to, From: from }, 21205],
      [{ To: "nobody at all", From: from, Url: url }, 21211],
      [{ To: to, From: "me!", Url: url }, 21212],
      [{ To: to, From: from, Url: "not-a-url" }, 21205],
      [{ To: to, From: from, Url: url, Method: "PUT" }, 21209],
      [{ To: to, From: from, Url: url, StatusCallback: "/status" }, 21205],
      [{ To: to, From: from, Url: url, SendDigits: "12x" }, 21206],
      [{ To: to, From: from, Url: url, SendDigits: "1".repeat(33) }, 21206],
      [{ To: to, From: from, Url: url, Timeout: "4" }, 21208],
      [{ To: to, From: from, Url: url, Timeout: "soon" }, 21208],
      [{ To: to, From: from, Url: url, TimeLimit: "86401" }, 20001],
      [{ To: to, From: from, Url: url, MachineDetection: "Maybe" }, 21234],
      [{ To: to, From: from, Url: url, MachineDetection: "Enable", MachineDetectionTimeout: "2" }, 21234],
      [{ To: to, From: from, Twiml: "x".repeat(4001) }, 32018],
      [{ To: to, From: from, Url: url, Record: "perhaps" }, 20001],
    ];
    for (const [form, code] of refused) {
      const answer = await house.raw("POST", house.path("/Calls.json"), { form });
      assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(form));
      assert.equal(answer.body.more_info, `https://www.twilio.com/docs/errors/${code}`);
    }
    const error = await failure(calls.create({ to: "911", from, url }));
    assert.deepEqual([error.status, error.code], [400, 21216], "rule F3");
  });

  it("that are unknown are 404 with the path in Twilio's words", async () => {
    const sid = `CA${"0".repeat(32)}`;
    for (const attempt of [() => calls(sid).fetch(), () => calls(sid).update({ status: "completed" }), () => calls(sid).remove(), () => calls(sid).events.list()]) {
      const error = await failure(attempt());
      assert.deepEqual([error.status, error.code], [404, 20404]);
      assert.match(error.message, /^The requested resource \/2010-04-01\/Accounts\/AC.* was not found$/);
    }
  });

  it("are deleted when they are over", async () => {
    const live = await calls.create({ to: "+15550002010", from, url: house.web.url("/listen") });
    const busy = await failure(calls(live.sid).remove());
    assert.deepEqual([busy.status, busy.code], [400, 20009]);
    await calls(live.sid).update({ status: "completed" });
    await house.ended(live.sid);
    assert.equal(await calls(live.sid).remove(), true);
    assert.equal((await failure(calls(live.sid).fetch())).code, 20404);
  });

  it("show their exchanges with the application, and what went wrong in them", async () => {
    house.web.on("/broken", { status: 500, type: "text/plain", body: "out of order" });
    const placed = await calls.create({ to: "+15550002011", from, url: house.web.url("/broken"), fallbackUrl: house.web.url("/hello") });
    await house.ended(placed.sid);
    assert.deepEqual(await house.phone("+15550002011").heardTexts(), ["Hello from your application."]);
    const [fallback] = house.web.requests("/hello").filter((each) => each.params.CallSid === placed.sid);
    assert.equal(fallback.params.ErrorCode, "11200");

    const events = await calls(placed.sid).events.list();
    assert.deepEqual(events.map((each) => each.response.response_code), [500, 200]);
    assert.equal(events[0].request.url, house.web.url("/broken"));
    assert.equal(events[0].request.parameters.CallSid, placed.sid);
    assert.equal(events[0].response.response_body, "out of order");

    const [notification] = await until(async () => {
      const found = await calls(placed.sid).notifications.list();
      return found.length > 0 && found;
    }, "a notification");
    assert.equal(notification.errorCode, "11200");
    assert.equal(notification.log, "0");
    assert.equal(notification.requestUrl.toString(), house.web.url("/broken"));
    const whole = await house.client.api.v2010.account.notifications(notification.sid).fetch();
    assert.equal(whole.responseBody, "out of order");
    assert.match(whole.requestVariables, new RegExp(`CallSid=${placed.sid}`));
    assert.ok(new URLSearchParams(whole.messageText).get("Msg"));
    const alerts = await house.client.monitor.v1.alerts.list({ logLevel: "error", limit: 5 });
    assert.ok(alerts.some((alert) => alert.sid === notification.sid));
  });
});

describe("lists of calls", () => {
  let house;
  const ended = [];
  before(async () => {
    house = await startHouse();
    await house.phone("+15550003000").behave({ on_call: "busy", answer_after_ms: 0 });
    for (let i = 0; i < 110; ++i) {
      // A phone that is in a call is busy: every answered call has its own.
      const number = i % 2 === 0 ? "+15550003000" : `+1555001${3000 + i}`;
      ended.push(await house.client.calls.create({ to: number, from: "+15550009999", twiml: "<Response><Hangup/></Response>" }));
    }
    for (const call of ended) await house.ended(call.sid);
  });
  after(() => house?.stop());

  it("come in three pages of fifty, newest first, stable while calls are added", async () => {
    const sids = ended.map((call) => call.sid).reverse();
    const first = await house.client.calls.page({ pageSize: 50 });
    assert.equal(first.instances.length, 50);
    await house.client.calls.create({ to: "+15550003002", from: "+15550009998", twiml: "<Response/>" });
    const second = await first.nextPage();
    const third = await second.nextPage();
    assert.equal(await third.nextPage(), undefined);
    const walked = [first, second, third].flatMap((page) => page.instances.map((call) => call.sid));
    assert.deepEqual(walked, sids);
    const back = await third.previousPage();
    assert.deepEqual(back.instances.map((call) => call.sid), second.instances.map((call) => call.sid));

    const all = await house.client.calls.list({ pageSize: 50 });
    assert.equal(all.length, 111);
  });

  it("have the envelope that Twilio has", async () => {
    const answer = await house.raw("GET", house.path("/Calls.json?Status=busy&PageSize=2"));
    const { calls, ...envelope } = answer.body;
    assert.equal(calls.length, 2);
    assert.deepEqual(envelope, {
      first_page_uri: house.path("/Calls.json?Status=busy&PageSize=2&Page=0"),
      end: 1,
      previous_page_uri: null,
      uri: house.path("/Calls.json?Status=busy&PageSize=2&Page=0"),
      page_size: 2,
      start: 0,
      page: 0,
      next_page_uri: house.path(`/Calls.json?Status=busy&PageSize=2&Page=1&PageToken=PA${calls[1].sid}`),
    });
    const large = await house.raw("GET", house.path("/Calls.json?PageSize=1001"));
    assert.deepEqual([large.status, large.body.code], [400, 20007]);
    const token = await house.raw("GET", house.path("/Calls.json?PageToken=nonsense"));
    assert.deepEqual([token.status, token.body.code], [400, 21481]);
  });

  it("are filtered by every parameter", async () => {
    const list = (filter) => house.client.calls.list(filter);
    assert.equal((await list({ to: "+15550003000" })).length, 55);
    assert.equal((await list({ from: "+15550000000" })).length, 0);
    assert.equal((await list({ status: "busy" })).length, 55);
    const from = "+15550009999";
    const done = await list({ status: "completed", from });
    assert.equal(done.length, 55);
    const before = new Date(done[0].startTime.getTime() - 3600_000);
    const tomorrow = new Date(Date.now() + 86_400_000);
    assert.equal((await list({ startTimeAfter: before, from })).length, 55);
    assert.equal((await list({ startTimeBefore: before, from })).length, 0);
    assert.equal((await list({ startTime: tomorrow })).length, 0);
    assert.equal((await list({ endTimeAfter: before, status: "busy" })).length, 55);
    assert.equal((await list({ parentCallSid: ended[0].sid })).length, 0);
    const wrong = await failure(list({ status: "sleeping" }));
    assert.deepEqual([wrong.status, wrong.code], [400, 20001]);
  });
});
