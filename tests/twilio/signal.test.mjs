import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import twilio from "twilio";
import { startHouse } from "./support/house.mjs";
import { accessToken, SdkSocket, temporarySid } from "./support/sdk_socket.mjs";

describe("the sockets of the Voice SDK", () => {
  let house;
  let url;
  before(async () => {
    house = await startHouse({ https: true });
    url = `${house.belfry.url.replace("http", "ws")}/signal`;
  });
  after(() => house?.stop());

  const open = () => SdkSocket.open(url, { origin: "https://another.example" });
  const statusOfCallTo = async (identity) => {
    const call = await house.client.calls.create({
      to: `client:${identity}`,
      from: "+15550100100",
      twiml: "<Response><Pause/></Response>",
    });
    return (await house.ended(call.sid)).status;
  };

  it("are WebSockets and nothing else", async () => {
    const plain = await fetch(`${house.belfry.url}/signal`);
    assert.equal(plain.status, 426);
    assert.equal(plain.headers.get("sec-websocket-version"), "13");
    await assert.rejects(SdkSocket.open(`${url}/other`), /404/);
  });

  it("say who is there, and register and unregister", async () => {
    const socket = await open();
    socket.listen(accessToken(house, "alice"));
    const connected = await socket.take("connected");
    assert.equal(connected.token.identity, "alice");
    assert.ok(connected.token.ttl > 3590 && connected.token.ttl <= 3600);
    assert.deepEqual([connected.edge, connected.region, connected.home], ["ashburn", "us1", "us1"]);
    socket.say("register", { media: { audio: true } });
    assert.deepEqual(await socket.take("ready"), {});
    socket.say("register", { media: { audio: false } });
    assert.deepEqual(await socket.take("offline"), {});
    assert.equal(await socket.close(), 1000);
  });

  it("speak TLS with the certificate of the data folder", async () => {
    const ca = await readFile(join(house.belfry.data, "tls-certificate.pem"));
    const socket = await SdkSocket.open(`wss://localhost:${new URL(house.belfry.httpsUrl).port}/signal`, { ca });
    await socket.register(accessToken(house, "tls"));
    await socket.close();
  });

  it("stay open for a better token", async () => {
    const socket = await open();
    const bad = {
      31204: ["no token", accessToken(house, "eve", { secret: "a guess" }), accessToken(house, "eve", { nbf: Math.floor(Date.now() / 1000) + 600 })],
      31205: [accessToken(house, "eve", { ttl: -1 })],
      31207: [accessToken(house, "eve", { ttl: 25 * 3600 })],
      31203: [accessToken(house, "eve", { account: `AC${"0".repeat(32)}` })],
      31105: [accessToken(house, "e v e")],
    };
    for (const [code, tokens] of Object.entries(bad)) {
      for (const token of tokens) {
        socket.listen(token);
        assert.equal((await socket.take("error")).error.code, Number(code));
      }
    }
    await socket.register(accessToken(house, "eve"));
    socket.listen(accessToken(house, "eve"));
    await socket.take("connected");
    await socket.close();
  });

  it("take the capability tokens of the older client", async () => {
    const capability = new twilio.jwt.ClientCapability({ accountSid: house.keys.account_sid, authToken: house.keys.auth_token });
    capability.addScope(new twilio.jwt.ClientCapability.IncomingClientScope("jenny"));
    const socket = await open();
    socket.listen(capability.toJwt());
    assert.equal((await socket.take("connected")).token.identity, "jenny");
    await socket.close();
  });

  it("notice a revoked key at once (rule T1)", async () => {
    const key = await house.client.newKeys.create({ friendlyName: "of a page" });
    const socket = await open();
    await socket.register(accessToken(house, "short", { key: { sid: key.sid, secret: key.secret } }));
    await house.client.keys(key.sid).remove();
    assert.equal((await socket.take("error")).error.code, 31204);
    assert.equal(await statusOfCallTo("short"), "no-answer");
    await socket.register(accessToken(house, "short"));
    await socket.close();
  });

  it("refuse calls in the words of the SDK", async () => {
    const socket = await open();
    const callsid = temporarySid();
    socket.say("invite", { callsid, sdp: "v=0", twilio: {} });
    assert.equal((await socket.take("error")).error.code, 31204, "nobody has said who he is");
    socket.listen(accessToken(house, "caller"));
    await socket.take("connected");
    socket.say("invite", { callsid, sdp: "v=0", twilio: {} });
    const unauthorized = await socket.take("hangup");
    assert.deepEqual([unauthorized.callsid, unauthorized.error.code], [callsid, 31201]);
    socket.listen(accessToken(house, "caller", { application: `AP${"0".repeat(32)}` }));
    await socket.take("connected");
    socket.say("invite", { callsid, sdp: "v=0", twilio: {} });
    assert.equal((await socket.take("hangup")).error.code, 31001);
    const application = await house.client.applications.create({ voiceUrl: house.web.on("/app", "<Response/>") });
    socket.listen(accessToken(house, "caller", { application: application.sid }));
    await socket.take("connected");
    socket.say("invite", { callsid, sdp: "v=0", twilio: { params: `a=${"x".repeat(4100)}` } });
    assert.equal((await socket.take("hangup")).error.code, 31103);
    socket.say("invite", { callsid: `CA${"0".repeat(32)}`, sdp: "v=0", reconnect: "a guess", twilio: {} });
    assert.equal((await socket.take("hangup")).error.code, 31209);
    await socket.close();
  });

  it("do not mind what makes no sense", async () => {
    const socket = await open();
    await socket.register(accessToken(house, "odd"));
    socket.say("hangup", { callsid: temporarySid(), message: "no microphone" });
    socket.say("reject", { callsid: "CA0" });
    socket.say("dtmf", { callsid: "CA0", dtmf: "1w2#*" });
    socket.say("reinvite", { callsid: "CA0", sdp: "v=0" });
    socket.say("presence", null);
    socket.say("answer", { callsid: "CA0", sdp: "v=0" });
    assert.deepEqual(await socket.take("hangup"), { callsid: "CA0" }, "a late answer");
    socket.say("message", { callsid: "CA0", content: {}, contenttype: "application/json", messagetype: "user-defined-message", voiceeventsid: "KX1" });
    const refused = await socket.take("error");
    assert.deepEqual([refused.callsid, refused.voiceeventsid], ["CA0", "KX1"]);
    socket.say("message", { callsid: "CA0", content: {}, messagetype: "other", voiceeventsid: "KX2" });
    assert.equal((await socket.take("error")).error.code, 31210);
    for (const garbage of ["", "{", "[1]", '{"type":1}', "null"]) {
      socket.ws.send(garbage);
      assert.equal((await socket.take("error")).error.code, 31400, garbage);
    }
    assert.deepEqual(socket.heard, []);
    await socket.close();
  });

  it("have their sounds and drop their telemetry beside them", async () => {
    const elsewhere = { origin: "https://another.example" };
    for (const path of ["/js/client/sounds/releases/1.0.0/incoming.mp3?cache=2.18.5", "/sounds/dtmf-star.wav"]) {
      const sound = await fetch(house.belfry.url + path, { headers: elsewhere });
      assert.deepEqual([sound.status, sound.headers.get("access-control-allow-origin")], [200, "*"], path);
      assert.equal(Buffer.from(await sound.arrayBuffer()).toString("latin1", 0, 4), "RIFF");
    }
    const asked = { ...elsewhere, "access-control-request-method": "POST", "access-control-request-headers": "content-type,x-twilio-token" };
    const allowed = await fetch(`${house.belfry.url}/v4/EndpointEvents`, { method: "OPTIONS", headers: asked });
    assert.equal(allowed.status, 204);
    assert.match(allowed.headers.get("access-control-allow-headers"), /X-Twilio-Token/);
    const told = await fetch(`${house.belfry.url}/v4/EndpointMetrics`, { method: "POST", headers: elsewhere, body: "{}" });
    assert.deepEqual([told.status, await told.json()], [200, {}]);
  });

  it("beat every ten seconds, and are given up when nobody answers", async () => {
    const [alive, dead] = [await open(), await open()];
    await alive.register(accessToken(house, "alive"));
    await dead.register(accessToken(house, "dead"));
    dead.lively = false;
    const began = Date.now();
    await dead.closed;
    const seconds = (Date.now() - began) / 1000;
    assert.ok(seconds > 15 && seconds < 25, `${seconds} s`);
    assert.ok(alive.heartbeats >= 1);
    assert.equal(await statusOfCallTo("dead"), "no-answer");
    await alive.close();
  });

  it("are told when the server goes (rule R9)", async () => {
    const other = await startHouse();
    const socket = await SdkSocket.open(`${other.belfry.url.replace("http", "ws")}/signal`);
    await socket.register(accessToken(other, "alice"));
    await other.stop();
    assert.equal(await socket.closed, 1001);
  });
});
