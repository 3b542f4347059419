import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse, until } from "./support/house.mjs";

const from = "+15550100100";
const to = "+15550180001";
const nothing = (prefix) => prefix + "0".repeat(32);

/// Each request is refused with that status and code, in Twilio's words.
async function refused(house, cases) {
  for (const [method, path, form, status, code] of cases) {
    const answer = await house.raw(method, house.path(path), { form });
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${method} ${path} ${JSON.stringify(form)} ${JSON.stringify(answer.body)}`);
    assert.deepEqual(Object.keys(answer.body).sort(), ["code", "message", "more_info", "status"]);
    assert.deepEqual([answer.body.status, answer.body.more_info], [status, `https://www.twilio.com/docs/errors/${code}`]);
    assert.ok(answer.body.message.length > 5);
  }
}

describe("what is refused", () => {
  let house;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  it("of a call to a SIP address", () => {
    const call = { From: from, Url: "http://127.0.0.1/x" };
    return refused(house, [
      ["POST", "/Calls.json", { ...call, To: "sip:joe@example.com", SipAuthUsername: "u".repeat(256) }, 400, 21221],
      ["POST", "/Calls.json", { ...call, To: "sip:joe@example.com", SipAuthPassword: "p".repeat(256) }, 400, 21222],
      ["POST", "/Calls.json", { ...call, To: `sip:joe@example.com?X-A=${"a".repeat(1100)}` }, 400, 21224],
    ]);
  });

  it("of numbers, applications and caller ids", async () => {
    const own = await house.client.incomingPhoneNumbers.create({ phoneNumber: "+14155550188" });
    await refused(house, [
      ["POST", "/Applications.json", { VoiceUrl: "nonsense" }, 400, 21402],
      ["POST", "/Applications.json", { VoiceUrl: "http://127.0.0.1/x", VoiceMethod: "PATCH" }, 400, 21403],
      ["POST", "/Applications.json", { VoiceFallbackUrl: "http://127.0.0.1/x" }, 400, 21405],
      ["POST", "/Applications.json", { SmsFallbackUrl: "http://127.0.0.1/x" }, 400, 21406],
      ["POST", `/IncomingPhoneNumbers/${own.sid}.json`, { StatusCallback: "ftp://x" }, 400, 21402],
      ["POST", `/IncomingPhoneNumbers/${own.sid}.json`, { SmsMethod: "PUT" }, 400, 21403],
      ["POST", `/IncomingPhoneNumbers/${own.sid}.json`, { VoiceFallbackUrl: "http://127.0.0.1/x" }, 400, 21405],
      ["POST", `/IncomingPhoneNumbers/${own.sid}.json`, { SmsFallbackUrl: "http://127.0.0.1/x" }, 400, 21406],
      ["POST", "/IncomingPhoneNumbers.json", {}, 400, 21421],
      ["POST", "/IncomingPhoneNumbers.json", { PhoneNumber: "+14155550188" }, 400, 21422],
      ["POST", "/IncomingPhoneNumbers.json", { AreaCode: "000" }, 400, 21452],
      ["POST", "/OutgoingCallerIds.json", {}, 400, 21401],
      ["POST", "/OutgoingCallerIds.json", { PhoneNumber: "nobody" }, 400, 21401],
      ["GET", `/Applications/${nothing("AP")}.json`, undefined, 404, 20404],
      ["DELETE", `/IncomingPhoneNumbers/${nothing("PN")}.json`, undefined, 404, 20404],
      ["GET", `/OutgoingCallerIds/${nothing("PN")}.json`, undefined, 404, 20404],
    ]);
    // A fall-back is kept when an application answers in the number's place.
    const application = await house.client.applications.create({ voiceUrl: "http://127.0.0.1/x", voiceFallbackUrl: "http://127.0.0.1/y" });
    const terms = { voiceApplicationSid: application.sid, voiceFallbackUrl: "http://127.0.0.1/z" };
    assert.equal((await house.client.incomingPhoneNumbers(own.sid).update(terms)).voiceFallbackUrl, "http://127.0.0.1/z");
  });

  it("of messages that are scheduled or whose sender is another account's", async () => {
    const message = { To: to, From: from, Body: "x" };
    await refused(house, [
      ["POST", "/Messages.json", { ...message, ScheduleType: "weekly" }, 400, 35117],
      ["POST", "/Messages.json", { ...message, ScheduleType: "fixed" }, 400, 35111],
      ["POST", "/Messages.json", { ...message, ScheduleType: "fixed", SendAt: "soon" }, 400, 35111],
      ["POST", "/Messages.json", { ...message, SendAt: "2099-01-01T00:00:00Z" }, 400, 35117],
      ["POST", "/Messages.json", { ...message, MaxPrice: "cheap" }, 400, 21627],
    ]);
    const other = await house.client.api.v2010.accounts.create({ friendlyName: "other" });
    await house.clientOf(other.sid, other.authToken).incomingPhoneNumbers.create({ phoneNumber: "+14155550189" });
    await refused(house, [["POST", "/Messages.json", { ...message, From: "+14155550189" }, 400, 21606]]);
  });

  it("of parameters that should be a SID of their kind", async () => {
    const own = await house.client.incomingPhoneNumbers.create({ phoneNumber: "+14155550187" });
    const domain = await house.client.sip.domains.create({ domainName: "sids.example" });
    const service = await house.client.messaging.v1.services.create({ friendlyName: "sids" });
    const mappings = `/SIP/Domains/${domain.sid}/Auth/Calls`;
    await refused(house, [
      ["POST", `/IncomingPhoneNumbers/${own.sid}.json`, { VoiceApplicationSid: "AP123" }, 400, 20423],
      ["POST", `/IncomingPhoneNumbers/${own.sid}.json`, { SmsApplicationSid: nothing("CA") }, 400, 20423],
      ["POST", `${mappings}/CredentialListMappings.json`, { CredentialListSid: "nonsense" }, 400, 20423],
      ["POST", `${mappings}/CredentialListMappings.json`, { CredentialListSid: nothing("CL") }, 404, 20404],
      ["POST", `${mappings}/IpAccessControlListMappings.json`, { IpAccessControlListSid: nothing("CL") }, 400, 20423],
    ]);
    const wrong = await failure(house.client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: "PN1" }));
    assert.deepEqual([wrong.status, wrong.code], [400, 20423]);
  });

  it("of pages that are not ours, which a browser would send the password along with", async () => {
    const foreign = await house.raw("POST", house.path("/Calls.json"), {
      form: { To: to, From: from, Twiml: "<Response/>" },
      headers: { origin: "https://elsewhere.example" },
    });
    assert.deepEqual([foreign.status, foreign.body.code], [403, 20006]);
  });

  it("of SIDs of the wrong kind, unknown resources, methods and pages", () =>
    refused(house, [
      ["GET", "/Calls/CA123.json", undefined, 404, 20404],
      ["GET", `/Calls/${nothing("RE")}.json`, undefined, 404, 20404],
      ["GET", `/Recordings/${nothing("CA")}.json`, undefined, 404, 20404],
      ["GET", `/Queues/${nothing("QU")}/Members/Front.json`, undefined, 404, 20404],
      ["POST", `/Conferences/${nothing("CF")}.json`, { Status: "completed" }, 404, 20404],
      ["GET", "/Nowhere.json", undefined, 404, 20404],
      ["DELETE", "/Calls.json", undefined, 405, 20004],
      ["POST", "/Balance.json", {}, 405, 20004],
      ["GET", "/Messages.json?PageSize=1001", undefined, 400, 20007],
      ["GET", "/Recordings.json?PageToken=nonsense", undefined, 400, 21481],
    ]));

  it("of a call that its account has no business with: suspended, closed, another's", async () => {
    const other = await house.client.api.v2010.accounts.create({ friendlyName: "third" });
    const theirs = house.clientOf(other.sid, other.authToken);
    const call = await house.client.calls.create({ to, from, twiml: "<Response/>" });
    assert.equal((await failure(theirs.calls(call.sid).fetch())).code, 20404, "rule H6");
    await house.client.api.v2010.accounts(other.sid).update({ status: "suspended" });
    const suspended = await failure(theirs.calls.create({ to, from, twiml: "<Response/>" }));
    assert.deepEqual([suspended.status, suspended.code], [401, 20005]);
    await house.ended(call.sid);
  });

  it("of a recording that has nothing of what is asked for", async () => {
    const { sid } = await house.run("<Response><Pause length='60'/></Response>");
    await house.inProgress(sid);
    const recording = await house.client.calls(sid).recordings.create();
    const again = await failure(house.client.calls(sid).recordings.create());
    assert.deepEqual([again.status, again.code], [400, 16108]);
    await refused(house, [
      ["POST", `/Calls/${sid}/Recordings/${recording.sid}.json`, { Status: "sleeping" }, 400, 20001],
      ["POST", `/Calls/${sid}/Recordings/${nothing("RE")}.json`, { Status: "paused" }, 404, 20404],
      ["DELETE", `/Calls/${sid}.json`, undefined, 400, 20009],
    ]);
    await house.client.calls(sid).update({ status: "completed" });
    await house.ended(sid);
    await until(async () => (await house.client.recordings(recording.sid).fetch()).status !== "in-progress", "its end", 15_000, 150);
  });
});

describe("what a trunk refuses", () => {
  let house;
  const config = `
[[trunk]]
name = "carrier"
host = "127.0.0.1:9"
[[route]]
prefix = "+1"
trunk = "carrier"
[[number]]
number = "+14155550100"
twiml = "<Response/>"
`;
  before(async () => (house = await startHouse({ config })));
  after(() => house?.stop());

  it("are callers that are not the account's and destinations that are not allowed (rules F1, F3)", () => {
    const call = { From: "+14155550100", Twiml: "<Response/>" };
    return refused(house, [
      ["POST", "/Calls.json", { ...call, To: "+14155552671", From: "+14155550999" }, 400, 21210],
      ["POST", "/Calls.json", { ...call, To: "+19002345678" }, 400, 21215],
      ["POST", "/Calls.json", { ...call, To: "+18765551234" }, 400, 21215],
      ["POST", "/Calls.json", { ...call, To: "911" }, 400, 21216],
      ["POST", "/Calls.json", { ...call, To: "+1234567890" }, 400, 21217],
      ["POST", "/Calls.json", { ...call, To: "+50760001234" }, 400, 21214],
      ["POST", "/Messages.json", { To: "+14155552671", From: "+14155550100", Body: "x" }, 400, 21612],
    ]);
  });
});

describe("what a full server refuses", () => {
  let house;
  before(async () => (house = await startHouse({ options: ["--calls-max-live=1", "--messages-queue-per-sender=1", "--messages-sender-interval-ms=60000"] })));
  after(() => house?.stop());

  it("are more calls at once than it may have", async () => {
    const { sid } = await house.run("<Response><Pause length='60'/></Response>");
    const second = await failure(house.client.calls.create({ to, from, twiml: "<Response/>" }));
    assert.deepEqual([second.status, second.code], [503, 20503]);
    await house.client.calls(sid).update({ status: "completed" });
    await house.ended(sid);
    await until(async () => (await house.client.calls.create({ to, from, twiml: "<Response/>" }).catch(() => undefined))?.sid, "room for a call");
  });

  it("are more messages of one sender than may wait", async () => {
    const phone = await house.newPhone();
    const send = () => house.client.messages.create({ to: phone.number, from, body: "next" });
    const first = await send();
    await until(async () => (await house.client.messages(first.sid).fetch()).status === "delivered", "the first, which does not wait");
    await send();
    const third = await failure(send());
    assert.deepEqual([third.status, third.code], [400, 21611]);
  });
});
