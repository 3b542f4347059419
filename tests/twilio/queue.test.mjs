import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { failure, startHouse, until } from "./support/house.mjs";
import { tonesIn } from "./support/sound.mjs";

const from = "+15550100100";

describe("queues", () => {
  let house;
  let names = 0;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());

  const newName = () => `queue-${++names}`;
  const quiet = (number) => house.phone(number).behave({ answer_after_ms: 50, script: [] });
  const place = (to, response) => house.client.calls.create({ to, from, twiml: response.toString() });

  function waiting(name, attributes = {}) {
    const response = new twilio.twiml.VoiceResponse();
    response.enqueue({ action: house.web.url(`/left/${name}`), waitUrl: house.web.url(`/wait/${name}`), ...attributes }, name);
    return response;
  }
  function taking(name, attributes = {}, queue = {}) {
    const response = new twilio.twiml.VoiceResponse();
    response.dial({ action: house.web.url(`/dialed/${name}`), timeout: 20, ...attributes }).queue(queue, name);
    return response;
  }
  async function queueOf(name) {
    return until(async () => (await house.client.queues.list()).find((queue) => queue.friendlyName === name), `queue ${name}`);
  }
  const size = (name, count) => until(async () => (await queueOf(name)).currentSize === count, `${count} in ${name}`);

  it("bridges the caller at the front with whoever dials the queue", async () => {
    const name = newName();
    house.web.on(`/wait/${name}`, "<Response><Say>You are waiting.</Say><Pause length='10'/></Response>");
    house.web.on("/soon", "<Response><Say>Connecting you now.</Say></Response>");
    house.web.on(`/left/${name}`, "<Response><Say>Goodbye caller.</Say></Response>");
    await house.phone("+15550004001").behave({ answer_after_ms: 50, script: [{ after_ms: 6000, tone_hz: 440, ms: 1500 }] });
    await house.phone("+15550004009").behave({ answer_after_ms: 50, script: [{ after_ms: 5000, tone_hz: 740, ms: 1500 }] });
    const caller = await place("+15550004001", waiting(name));
    await size(name, 1);
    const [asked] = await house.web.waitFor(`/wait/${name}`);
    assert.equal(asked.params.QueuePosition, "1");
    assert.equal(asked.params.CurrentQueueSize, "1");
    assert.equal(asked.params.MaxQueueSize, "1000");
    assert.match(asked.params.QueueSid, /^QU[0-9a-f]{32}$/);
    await house.phone("+15550004001").heard("You are waiting.");
    const agent = await place("+15550004009", taking(name, {}, { url: house.web.url("/soon") }));
    const [soon] = await house.web.waitFor("/soon");
    assert.deepEqual([soon.params.CallSid, soon.params.DequeingCallSid, soon.params.QueueSid], [caller.sid, agent.sid, asked.params.QueueSid]);
    await house.phone("+15550004001").heard("Connecting you now.");
    await new Promise((resolve) => setTimeout(resolve, 7000));
    await house.phone("+15550004009").hangUp();
    const [left] = await house.web.waitFor(`/left/${name}`);
    assert.equal(left.params.QueueResult, "bridged");
    assert.equal(left.params.QueueSid, asked.params.QueueSid);
    await house.phone("+15550004001").heard("Goodbye caller.");
    const [dialed] = await house.web.waitFor(`/dialed/${name}`);
    assert.deepEqual([dialed.params.DialCallStatus, dialed.params.DialCallSid, dialed.params.DialBridged], ["completed", caller.sid, "true"]);
    await house.ended(caller.sid);
    for (const [number, hz] of [["+15550004001", 740], ["+15550004009", 440]]) {
      const { channels, rate } = await house.phone(number).audio();
      assert.ok(tonesIn(channels[0], rate, [hz]).includes(hz), `${number} hears the other`);
    }
    assert.equal(house.web.refused.length, 0);
  });

  it("lets a member go by request, by call and from the front", async () => {
    const name = newName();
    house.web.on(`/wait/${name}`, "<Response><Pause length='60'/></Response>");
    house.web.on("/elsewhere", "<Response><Say>Taken out.</Say></Response>");
    await quiet("+15550004011");
    await quiet("+15550004012");
    const first = await place("+15550004011", waiting(name));
    await size(name, 1);
    const second = await place("+15550004012", waiting(name));
    await size(name, 2);
    const queue = await queueOf(name);
    const members = await house.client.queues(queue.sid).members.list();
    assert.deepEqual(members.map((member) => [member.callSid, member.position]), [[first.sid, 1], [second.sid, 2]]);
    assert.ok(members[0].dateEnqueued instanceof Date && members[0].waitTime >= 0);
    const front = await house.client.queues(queue.sid).members("Front").fetch();
    assert.equal(front.callSid, first.sid);
    await house.client.queues(queue.sid).members("Front").update({ url: house.web.url("/elsewhere"), method: "POST" });
    await house.phone("+15550004011").heard("Taken out.");
    assert.equal((await house.web.waitFor(`/left/${name}`))[0].params.QueueResult, "redirected");
    await house.client.queues(queue.sid).members(second.sid).update({ url: house.web.url("/elsewhere") });
    await house.phone("+15550004012").heard("Taken out.");
    await size(name, 0);
    assert.equal((await failure(house.client.queues(queue.sid).members("Front").fetch())).status, 404);
  });

  it("knows every way out", async () => {
    const name = newName();
    const result = (count) => house.web.waitFor(`/left/${name}`, count).then((all) => all.at(-1).params.QueueResult);
    await quiet("+15550004021");
    await quiet("+15550004022");
    house.web.on(`/wait/${name}`, "<Response><Leave/></Response>");
    await place("+15550004021", waiting(name));
    assert.equal(await result(1), "leave");
    await house.phone("+15550004021").idle();
    house.web.on(`/wait/${name}`, "<Response><Pause length='60'/></Response>");
    await place("+15550004021", waiting(name));
    await size(name, 1);
    const queue = await queueOf(name);
    await house.client.queues(queue.sid).update({ maxSize: 1 });
    await place("+15550004022", waiting(name));
    assert.equal(await result(2), "queue-full");
    await house.phone("+15550004021").hangUp();
    assert.equal(await result(3), "hangup");
    await house.phone("+15550004022").idle();
    house.web.on(`/wait/${name}`, { status: 500 });
    await place("+15550004022", waiting(name));
    assert.equal(await result(4), "error");
  });

  it("waits for a caller up to the timeout, and ends at once for a queue that is not there", async () => {
    const name = newName();
    await quiet("+15550004031");
    await place("+15550004031", taking(name));
    assert.equal((await house.web.waitFor(`/dialed/${name}`))[0].params.DialCallStatus, "failed");
    await house.phone("+15550004031").idle();
    await house.client.queues.create({ friendlyName: name });
    await place("+15550004031", taking(name, { timeout: 5 }));
    assert.equal((await house.web.waitFor(`/dialed/${name}`, 2))[1].params.DialCallStatus, "no-answer");
  });

  it("makes, changes, lists and deletes queues", async () => {
    const name = newName();
    const queue = await house.client.queues.create({ friendlyName: name, maxSize: 7 });
    assert.match(queue.sid, /^QU[0-9a-f]{32}$/);
    assert.deepEqual([queue.friendlyName, queue.maxSize, queue.currentSize, queue.averageWaitTime], [name, 7, 0, 0]);
    const changed = await house.client.queues(queue.sid).update({ friendlyName: `${name}-b`, maxSize: 9 });
    assert.deepEqual([changed.friendlyName, changed.maxSize], [`${name}-b`, 9]);
    assert.equal((await house.client.queues(queue.sid).fetch()).maxSize, 9);
    assert.deepEqual((await failure(house.client.queues.create({ friendlyName: `${name}-b` }))).status, 409);
    assert.deepEqual((await failure(house.client.queues.create({ friendlyName: "x".repeat(65) }))).code, 20001);
    assert.deepEqual((await failure(house.client.queues.create({ friendlyName: "y", maxSize: 5001 }))).code, 20001);
    assert.deepEqual((await failure(house.client.queues(queue.sid).members("Front").update({ url: "nonsense" }))).code, 21205);

    await quiet("+15550004041");
    house.web.on(`/wait/${name}-b`, "<Response><Pause length='60'/></Response>");
    await place("+15550004041", waiting(`${name}-b`));
    await size(`${name}-b`, 1);
    assert.equal((await failure(house.client.queues(queue.sid).remove())).code, 20009);
    await house.phone("+15550004041").hangUp();
    await size(`${name}-b`, 0);
    assert.equal(await house.client.queues(queue.sid).remove(), true);
    assert.equal((await failure(house.client.queues(queue.sid).fetch())).code, 20404);
  });
});
