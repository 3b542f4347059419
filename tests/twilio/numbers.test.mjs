import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse } from "./support/house.mjs";

const config = `
[[number]]
number = "+15550005000"
twiml = "<Response><Say>From the configuration.</Say></Response>"
`;

describe("numbers and applications", () => {
  let house;
  let number;
  before(async () => (house = await startHouse({ config })));
  after(() => house?.stop());

  it("free numbers are found and taken", async () => {
    const free = await house.client.availablePhoneNumbers("US").local.list({ areaCode: 415, limit: 3 });
    assert.equal(free.length, 3);
    assert.match(free[0].phoneNumber, /^\+1415555\d{4}$/);
    assert.deepEqual(free[0].capabilities, { voice: true, SMS: true, MMS: true, fax: false });
    const countries = await house.client.availablePhoneNumbers.list();
    assert.ok(countries.some((country) => country.countryCode === "GB"));
    assert.equal((await house.client.availablePhoneNumbers("GB").mobile.list({ limit: 1 })).length, 1);

    number = await house.client.incomingPhoneNumbers.create({ phoneNumber: free[0].phoneNumber, voiceUrl: house.web.url("/number"), friendlyName: "front desk" });
    assert.match(number.sid, /^PN[0-9a-f]{32}$/);
    assert.equal(number.voiceMethod, "POST");
    assert.deepEqual(number.capabilities, { voice: true, sms: true, mms: true, fax: false });
    const taken = await failure(house.client.incomingPhoneNumbers.create({ phoneNumber: free[0].phoneNumber }));
    assert.deepEqual([taken.status, taken.code], [400, 21422]);
    const again = await house.client.availablePhoneNumbers("US").local.list({ areaCode: 415, limit: 1 });
    assert.notEqual(again[0].phoneNumber, free[0].phoneNumber);
    const byArea = await house.client.incomingPhoneNumbers.create({ areaCode: "212" });
    assert.match(byArea.phoneNumber, /^\+1212/);
    await house.client.incomingPhoneNumbers(byArea.sid).remove();
    const invalid = await failure(house.client.incomingPhoneNumbers.create({ phoneNumber: "hello" }));
    assert.equal(invalid.code, 21421);
  });

  it("their documents answer, as changed, at once", async () => {
    house.web.on("/number", "<Response><Say>The front desk.</Say></Response>");
    house.web.on("/number-status", { status: 204 });
    const caller = house.phone("+15550005001");
    await caller.call(number.phoneNumber);
    await caller.heard("The front desk.");
    await caller.idle();
    const [request] = house.web.requests("/number");
    assert.equal(request.params.To, number.phoneNumber);
    assert.equal(request.params.From, "+15550005001");
    assert.equal(request.params.Direction, "inbound");
    assert.equal(request.params.CallStatus, "ringing");
    const [call] = await house.client.calls.list({ to: number.phoneNumber });
    assert.equal(call.direction, "inbound");
    assert.equal(call.phoneNumberSid, number.sid);

    house.web.on("/changed", "<Response><Say>A new document.</Say></Response>");
    const changed = await house.client
      .incomingPhoneNumbers(number.sid)
      .update({ voiceUrl: house.web.url("/changed"), voiceMethod: "GET", statusCallback: house.web.url("/number-status") });
    assert.equal(changed.voiceMethod, "GET");
    assert.equal(changed.friendlyName, "front desk");
    await caller.call(number.phoneNumber);
    await caller.heard("A new document.");
    assert.equal(house.web.requests("/changed")[0].method, "GET");
    await house.web.waitFor("/number-status", (params) => params.CallStatus === "completed");
    assert.deepEqual(house.web.refused, []);
  });

  it("an application answers in a number's place, and stops doing so when it goes", async () => {
    house.web.on("/app", "<Response><Say>The application.</Say></Response>");
    const application = await house.client.applications.create({ friendlyName: "desk", voiceUrl: house.web.url("/app") });
    assert.match(application.sid, /^AP[0-9a-f]{32}$/);
    await house.client.incomingPhoneNumbers(number.sid).update({ voiceApplicationSid: application.sid });
    const caller = house.phone("+15550005002");
    await caller.call(number.phoneNumber);
    await caller.heard("The application.");
    await caller.idle();

    house.web.on("/app2", "<Response><Say>The second edition.</Say></Response>");
    const updated = await house.client.applications(application.sid).update({ voiceUrl: house.web.url("/app2"), smsUrl: house.web.url("/sms") });
    assert.equal(updated.smsUrl, house.web.url("/sms"));
    await caller.call(number.phoneNumber);
    await caller.heard("The second edition.");
    await caller.idle();
    assert.deepEqual((await house.client.applications.list({ friendlyName: "desk" })).map((each) => each.sid), [application.sid]);
    assert.equal((await house.client.applications(application.sid).fetch()).voiceUrl, house.web.url("/app2"));
    const wrong = await failure(house.client.applications(application.sid).update({ voiceUrl: "nowhere" }));
    assert.equal(wrong.status, 400);
    assert.equal(await house.client.applications(application.sid).remove(), true);
    assert.equal((await failure(house.client.applications(application.sid).fetch())).code, 20404);
    await caller.call(number.phoneNumber);
    await caller.heard("A new document.");
    await caller.idle();
  });

  it("numbers of the configuration are there too", async () => {
    const [configured] = await house.client.incomingPhoneNumbers.list({ phoneNumber: "+15550005000" });
    assert.ok(configured);
    const caller = house.phone("+15550005003");
    await caller.call("+15550005000");
    await caller.heard("From the configuration.");
    await caller.idle();

    // A URL that is set later takes the place of an inline document.
    house.web.on("/later", "<Response><Say>From the application.</Say></Response>");
    await house.client.incomingPhoneNumbers(configured.sid).update({ voiceUrl: house.web.url("/later") });
    await caller.call("+15550005000");
    await caller.heard("From the application.");
  });

  it("numbers that are given back answer no more", async () => {
    assert.ok((await house.client.incomingPhoneNumbers.list()).length >= 2);
    assert.ok((await house.client.incomingPhoneNumbers.local.list()).some((each) => each.sid === number.sid));
    assert.equal(await house.client.incomingPhoneNumbers(number.sid).remove(), true);
    assert.equal((await failure(house.client.incomingPhoneNumbers(number.sid).fetch())).code, 20404);
  });

  it("caller ids are verified by a call", async () => {
    const phone = house.phone("+15550005004");
    const request = await house.client.validationRequests.create({
      phoneNumber: "+15550005004",
      friendlyName: "my mobile",
      statusCallback: house.web.url("/validated"),
    });
    assert.match(request.validationCode, /^\d{6}$/);
    await phone.heard("validation code");
    await phone.press(request.validationCode);
    const [told] = await house.web.waitFor("/validated");
    assert.equal(told.params.VerificationStatus, "success");
    assert.equal(told.params.CallSid, request.callSid);
    const [callerId] = await house.client.outgoingCallerIds.list({ phoneNumber: "+15550005004" });
    assert.equal(callerId.sid, told.params.OutgoingCallerIdSid);
    assert.equal(callerId.friendlyName, "my mobile");
    assert.equal((await house.client.outgoingCallerIds(callerId.sid).update({ friendlyName: "mobile" })).friendlyName, "mobile");
    assert.equal((await failure(house.client.validationRequests.create({ phoneNumber: "+15550005004" }))).code, 21450);
    assert.equal(await house.client.outgoingCallerIds(callerId.sid).remove(), true);
  });
});
