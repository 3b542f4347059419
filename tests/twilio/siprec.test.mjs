import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failure, startHouse, until } from "./support/house.mjs";
import { Recorder } from "./support/recorder.mjs";

describe("the Siprec resource, by the stock client", () => {
  let house, recorder;
  before(async () => {
    recorder = await Recorder.start();
    house = await startHouse({ config: `[[siprec]]\nname = "archive"\nuri = "${recorder.uri}"\n` });
  });
  after(async () => {
    await house?.stop();
    recorder?.stop();
  });

  it("starts a recording elsewhere and stops it", async () => {
    const { sid } = await house.run('<Response><Pause length="60"/></Response>', { script: [{ tone_hz: 440, ms: 20000 }] });
    await house.inProgress(sid);
    const terms = {
      connectorName: "archive",
      name: "mine",
      track: "both_tracks",
      statusCallback: house.web.on("/siprec", { status: 204 }),
      "parameter1.name": "Agent",
      "parameter1.value": "Ann",
    };
    const started = await house.client.calls(sid).siprec.create(terms);
    assert.match(started.sid, /^SR[0-9a-f]{32}$/);
    assert.equal(started.status, "in-progress");
    assert.equal(started.callSid, sid);
    assert.equal(started.name, "mine");
    assert.ok(started.dateUpdated instanceof Date);
    await until(() => recorder.packets > 50, "a second of audio");
    assert.ok(recorder.of("INVITE")[0].includes(`sid="${sid}"`), "the metadata names the call");
    assert.ok(recorder.of("INVITE")[0].includes('<parameter name="Agent">Ann</parameter>'));

    const stopped = await house.client.calls(sid).siprec(started.sid).update({ status: "stopped" });
    assert.equal(stopped.status, "stopped");
    assert.equal(stopped.sid, started.sid);
    await until(() => recorder.of("BYE").length === 1, "BYE");
    const told = await house.web.waitFor("/siprec", 2);
    assert.deepEqual(told.map(({ params }) => params.SiprecEvent), ["siprec-started", "siprec-stopped"]);
    assert.equal((await house.client.calls(sid).fetch()).status, "in-progress");
    await house.client.calls(sid).update({ status: "completed" });
  });

  it("refuses a connector that is not there", async () => {
    const { sid } = await house.run('<Response><Pause length="60"/></Response>');
    await house.inProgress(sid);
    const error = await failure(house.client.calls(sid).siprec.create({ connectorName: "nobody" }));
    assert.equal(error.status, 400);
    assert.equal(error.code, 20001);
    await house.client.calls(sid).update({ status: "completed" });
  });
});
