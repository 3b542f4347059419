import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { failure, startHouse, until } from "./support/house.mjs";

const { VoiceResponse } = twilio.twiml;
const say = (text, rest = "<Pause length='60'/>") => `<Response><Say>${text}</Say>${rest}</Response>`;

describe("a call that is updated while it lives", { concurrency: true }, () => {
  let house;
  let names = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop().then(() => assert.deepEqual(house.web.refused, [], "signatures are right")));

  const update = (sid, terms) => house.client.calls(sid).update(terms);

  /// Runs `document`, waits until the party hears `words` or `ready` holds, and sends the call elsewhere.
  async function leaves(document, ready) {
    const run = await house.run(document);
    await ready(run);
    const word = `Elsewhere ${++names}.`;
    await update(run.sid, { twiml: say(word) });
    await run.phone.heard(word);
    return run;
  }
  const done = async (sid) => {
    await update(sid, { status: "completed" });
    return house.ended(sid);
  };

  it("leaves a prompt, a pause and a Gather, whose action is not asked", async () => {
    house.web.on("/never", say("Never."));
    for (const document of [say("A long prompt of many words, one after the other, and so on, and so on."), say("Wait.", "<Gather timeout='60' action='/never'/>")]) {
      const { sid, phone } = await leaves(document, ({ phone }) => phone.heard(document.includes("Wait.") ? "Wait." : "A long"));
      await phone.press("1");
      await done(sid);
    }
    assert.deepEqual(house.web.requests("/never"), []);
  });

  it("leaves a Record: what was said is kept, its action is not asked", async () => {
    house.web.on("/never", say("Never."));
    const document = "<Response><Record action='/never' timeout='30' playBeep='false'/></Response>";
    const { sid } = await leaves(document, async ({ sid }) => {
      await until(async () => (await house.client.calls(sid).recordings.list()).length === 1, "the recording", 15_000, 150);
    });
    await done(sid);
    assert.deepEqual(house.web.requests("/never"), []);
    const statuses = async () => (await house.client.calls(sid).recordings.list()).map((each) => each.status);
    await until(async () => (await statuses()).every((status) => ["completed", "absent"].includes(status)), "the end of it", 15_000, 150);
  });

  it("leaves a Dial that rings: the called is told to stop", async () => {
    const called = await house.newPhone({ on_call: "person" });
    const response = new VoiceResponse();
    response.dial().number(called.number);
    const { sid } = await leaves(response, () => called.ringing());
    await called.idle();
    const [child] = await house.client.calls.list({ parentCallSid: sid });
    assert.equal((await house.ended(child.sid)).status, "canceled");
    await done(sid);
  });

  it("leaves a conference and a queue", async () => {
    const room = await leaves("<Response><Dial><Conference waitUrl=''>left-alone</Conference></Dial></Response>", () =>
      until(async () => (await house.client.conferences.list({ friendlyName: "left-alone" })).length === 1, "the conference", 15_000, 150));
    await until(async () => (await house.client.conferences.list({ friendlyName: "left-alone", status: "completed" })).length === 1, "its end", 15_000, 150);
    await done(room.sid);
    const queue = await leaves("<Response><Enqueue action='/left'>left-queue</Enqueue></Response>", () =>
      until(async () => (await house.client.queues.list()).some((each) => each.currentSize === 1), "the queue", 15_000, 150));
    await done(queue.sid);
  });

  it("asks its new document as it asks every other, and keeps its callbacks", async () => {
    const { sid, phone } = await house.run(say("First."), {}, { statusCallback: house.web.on("/kept", "") });
    await phone.heard("First.");
    house.web.on("/new-orders", say("New orders."));
    house.web.on("/new-status", "");
    await update(sid, { url: `${house.web.url("/new-orders")}?a=1`, method: "POST" });
    await phone.heard("New orders.");
    const [{ method, params }] = house.web.requests("/new-orders");
    assert.deepEqual([method, params.a, params.CallSid, params.CallStatus, params.Direction], ["POST", "1", sid, "in-progress", "outbound-api"]);
    await update(sid, { statusCallback: house.web.url("/new-status"), statusCallbackMethod: "GET" });
    await done(sid);
    const [told] = await house.web.waitFor("/new-status");
    assert.deepEqual([told.method, told.params.CallStatus, told.params.CallSid], ["GET", "completed", sid]);
    assert.deepEqual(house.web.requests("/kept"), []);
  });

  it("turns to the fall-back of the update", async () => {
    const { sid, phone } = await house.run(say("First."));
    await phone.heard("First.");
    house.web.on("/out-of-order", { status: 500 });
    house.web.on("/rescue", say("Rescued."));
    await update(sid, { url: house.web.url("/out-of-order"), fallbackUrl: house.web.url("/rescue"), fallbackMethod: "GET" });
    await phone.heard("Rescued.");
    const [{ method, params }] = house.web.requests("/rescue");
    assert.deepEqual([method, params.ErrorCode, params.ErrorUrl], ["GET", "11200", house.web.url("/out-of-order")]);
    await done(sid);
  });

  it("does what the last of two updates says that come at the same moment", async () => {
    const { sid, phone } = await house.run(say("First."));
    await phone.heard("First.");
    const words = ["One.", "Two.", "Three."];
    const answers = await Promise.all(words.map((word) => update(sid, { twiml: say(word) })));
    assert.deepEqual(answers.map((call) => [call.sid, call.status]), words.map(() => [sid, "in-progress"]));
    await until(async () => words.includes((await phone.heardTexts()).at(-1)), "one of them to be said");
    const last = (await phone.heardTexts()).at(-1);
    await update(sid, { twiml: say("After all.") });
    await phone.heard("After all.");
    const heard = await phone.heardTexts();
    assert.equal(heard.at(-2), last, "nothing else was said in between");
    assert.equal(heard.filter((text) => text === last).length, 1);
    await done(sid);
  });

  it("ends once when it is ended and redirected at the same moment", async () => {
    const { sid, phone } = await house.run(say("First."), {}, { statusCallback: house.web.on("/once", "") });
    await phone.heard("First.");
    const results = await Promise.allSettled([update(sid, { status: "completed" }), update(sid, { twiml: say("Too late.") }), update(sid, { status: "completed" })]);
    assert.ok(results.some((result) => result.status === "fulfilled"));
    const refused = results.filter((result) => result.status === "rejected").map(({ reason }) => [reason.status, reason.code]);
    for (const each of refused) assert.deepEqual(each, [400, 21220]);
    assert.equal((await house.ended(sid)).status, "completed");
    await house.web.waitFor("/once", (params) => params.CallSid === sid);
    assert.equal(house.web.requests("/once").filter(({ params }) => params.CallSid === sid).length, 1);
  });

  it("refuses what no update can mean", async () => {
    const { sid, phone } = await house.run(say("First."));
    await phone.heard("First.");
    for (const [terms, code] of [
      [{ Status: "ringing" }, 20001],
      [{ Url: "nonsense" }, 21205],
      [{ Url: house.web.url("/x"), Method: "PATCH" }, 21209],
      [{ Twiml: "x".repeat(4001) }, 32018],
      [{ StatusCallback: "ftp://x" }, 21205],
      [{ TimeLimit: "-1" }, 20001],
    ]) {
      const answer = await house.raw("POST", house.path(`/Calls/${sid}.json`), { form: terms });
      assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(terms));
    }
    await update(sid, { twiml: say("Still here.") });
    await phone.heard("Still here.");
    await done(sid);
    const late = await failure(update(sid, { status: "canceled" }));
    assert.deepEqual([late.status, late.code], [400, 21220]);
  });
});
