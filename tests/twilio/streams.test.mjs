import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import twilio from "twilio";
import { WebSocketServer } from "ws";
import { startHouse, until } from "./support/house.mjs";
import { tonesIn } from "./support/sound.mjs";

const to = "+14155550001";
const from = "+14155559999";

/// A Media Streams application, as Twilio's documentation describes one, on `ws` alone.
class StreamApp {
  static async start(behave = {}) {
    const app = new StreamApp(behave);
    await once(app.socketServer, "listening");
    return app;
  }

  constructor(behave = {}, server = undefined) {
    this.sockets = [];
    this.messages = [];
    this.requests = [];
    this.closes = [];
    this.behave = behave;
    this.secure = server !== undefined;
    this.socketServer = new WebSocketServer(server ? { server } : { port: 0, host: "127.0.0.1" });
    this.http = server ?? this.socketServer;
    this.socketServer.on("connection", (socket, request) => this.connected(socket, request));
  }

  url(path = "/media", host = "127.0.0.1") {
    return `${this.secure ? "wss" : "ws"}://${host}:${this.http.address().port}${path}`;
  }

  connected(socket, request) {
    this.sockets.push(socket);
    this.requests.push(request);
    socket.on("close", (code) => this.closes.push(code));
    socket.on("message", (data, binary) => {
      assert.equal(binary, false, "all messages are text");
      const message = JSON.parse(data.toString());
      this.messages.push(message);
      const send = (event, more = {}) =>
        socket.send(JSON.stringify({ event, streamSid: message.streamSid, ...more }));
      this.behave[message.event]?.(message, send, socket);
    });
  }

  of(event) {
    return this.messages.filter((message) => message.event === event);
  }

  async stop() {
    for (const socket of this.sockets) socket.terminate();
    await new Promise((resolve) => this.socketServer.close(resolve));
    if (this.secure) await new Promise((resolve) => this.http.close(resolve));
  }
}

/// 8 kHz mu-law of a sine, in 20 ms pieces, base64.
function tonePieces(hz, seconds) {
  const pieces = [];
  for (let piece = 0; piece < seconds * 50; ++piece) {
    const codes = Buffer.alloc(160);
    for (let i = 0; i < 160; ++i) codes[i] = muLaw(Math.round(8000 * Math.sin((2 * Math.PI * hz * (piece * 160 + i)) / 8000)));
    pieces.push(codes.toString("base64"));
  }
  return pieces;
}

function muLaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 0x84;
  let exponent = 7;
  for (let mask = 0x4000; (magnitude & mask) === 0 && exponent > 0; mask >>= 1) exponent--;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/// Milliseconds in which `hz` was loud, by windows of 10 ms.
function toneMs(audio, hz) {
  const samples = audio.channels[0];
  const length = audio.rate / 100;
  let ms = 0;
  for (let at = 0; at + length <= samples.length; at += length) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < length; ++i) {
      const angle = (2 * Math.PI * hz * i) / audio.rate;
      re += samples[at + i] * Math.cos(angle);
      im += samples[at + i] * Math.sin(angle);
    }
    if ((2 * Math.hypot(re, im)) / length > 0.05) ms += 10;
  }
  return ms;
}

describe("media streams", () => {
  let house;
  let app;
  before(async () => (house = await startHouse()));
  after(() => house?.stop());
  afterEach(async () => {
    await app?.stop();
    app = undefined;
  });

  const callWith = async (verbs, behaviour = {}) => {
    await house.phone(to).behave({ answer_after_ms: 100, ...behaviour });
    return house.client.calls.create({ to, from, twiml: `<Response>${verbs}</Response>` });
  };
  const connect = (attributes = "", inner = "") => `<Connect><Stream url="${app.url()}" ${attributes}>${inner}</Stream></Connect>`;

  it("echoes a caller's tone back to it", async () => {
    app = await StreamApp.start({ media: (message, send) => send("media", { media: { payload: message.media.payload } }) });
    const call = await callWith(connect(), {
      script: [{ after_ms: 500, tone_hz: 440, ms: 1500 }, { after_ms: 1000, hang_up: true }],
    });
    await house.ended(call.sid);
    const audio = await house.phone(to).audio();
    assert.deepEqual(tonesIn(audio.channels[0], audio.rate, [440, 800], { ms: 1200 }), [440]);
    await until(() => app.closes.length === 1, "the socket to close");
    assert.deepEqual(app.closes, [1000]);
    assert.equal(app.messages[0].event, "connected");
    assert.equal(app.messages[1].event, "start");
    assert.equal(app.messages.at(-1).event, "stop");
  });

  it("sends every message in the shape and order of the protocol, signed", async () => {
    app = await StreamApp.start();
    const call = await callWith(connect('name="mine"', '<Parameter name="who" value="Ann &amp; Bob"/>'), {
      script: [{ after_ms: 500, press: "5" }, { after_ms: 800, hang_up: true }],
    });
    await house.ended(call.sid);
    await until(() => app.of("stop").length === 1, "stop");
    const signature = app.requests[0].headers["x-twilio-signature"];
    assert.ok(twilio.validateRequest(house.keys.auth_token, signature, app.url(), {}));

    assert.deepEqual(app.messages[0], { event: "connected", protocol: "Call", version: "1.0.0" });
    const { streamSid } = app.messages[1];
    assert.match(streamSid, /^MZ[0-9a-f]{32}$/);
    assert.deepEqual(app.messages[1], {
      event: "start",
      sequenceNumber: "1",
      start: {
        accountSid: house.keys.account_sid,
        streamSid,
        callSid: call.sid,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { who: "Ann & Bob" },
      },
      streamSid,
    });
    app.messages.slice(1).forEach((message, index) => assert.equal(message.sequenceNumber, String(index + 1)));
    app.of("media").forEach(({ media }, index) => {
      assert.equal(media.track, "inbound");
      assert.equal(media.chunk, String(index + 1));
      assert.match(media.timestamp, /^\d+$/);
      assert.equal(Buffer.from(media.payload, "base64").length, 160);
    });
    assert.deepEqual(app.of("dtmf").map(({ dtmf }) => dtmf), [{ track: "inbound_track", digit: "5" }]);
    assert.deepEqual(app.of("stop")[0].stop, { accountSid: house.keys.account_sid, callSid: call.sid });
  });

  it("brings a mark back when it was heard, and is silent within 40 ms of clear", async () => {
    const seen = [];
    app = await StreamApp.start({
      start: (message, send) => {
        for (const payload of tonePieces(440, 1)) send("media", { media: { payload } });
        send("mark", { mark: { name: "one second" } });
        for (const payload of tonePieces(440, 5)) send("media", { media: { payload } });
        send("mark", { mark: { name: "six seconds" } });
      },
      mark: (message, send) => {
        seen.push(message.mark.name);
        if (message.mark.name === "one second") send("clear");
      },
    });
    // The mark is told 20 ms after its audio at most (one frame), and then comes the clear. What this
    // process takes to send it counts as well, so the quickest of some calls is judged.
    const tones = [];
    while (tones.length < 5 && !tones.some((ms) => ms >= 940 && ms <= 1060)) {
      seen.length = 0;
      const call = await callWith(connect(), { script: [{ after_ms: 3000, hang_up: true }] });
      await house.ended(call.sid);
      assert.deepEqual(seen, ["one second", "six seconds"]);
      tones.push(toneMs(await house.phone(to).audio(), 440));
    }
    assert.ok(tones.at(-1) <= 1060 && tones.at(-1) >= 940, `${tones} ms of tone`);
    assert.ok(Math.max(...tones) < 3000, "clear throws away what waits");
  });

  it("streams both tracks one way in the background, until it is stopped", async () => {
    app = await StreamApp.start();
    const call = await callWith(
      `<Start><Stream name="both" url="${app.url()}" track="both_tracks"/></Start><Say>Good morning to you</Say>
       <Pause length="1"/><Stop><Stream name="both"/></Stop><Say>Goodbye</Say>`,
      { script: [{ after_ms: 300, tone_hz: 440, ms: 500 }] },
    );
    await house.phone(to).heard("Goodbye");
    await house.ended(call.sid);
    assert.deepEqual(app.closes, [1000]);
    assert.deepEqual(app.of("start")[0].start.tracks, ["inbound", "outbound"]);
    for (const track of ["inbound", "outbound"]) {
      const chunks = app.of("media").filter(({ media }) => media.track === track);
      assert.ok(chunks.length > 20, `${chunks.length} ${track} chunks`);
      chunks.forEach(({ media }, index) => assert.equal(media.chunk, String(index + 1)));
    }
  });

  it("starts and stops by REST", async () => {
    app = await StreamApp.start();
    const call = await callWith('<Pause length="20"/>');
    await house.inProgress(call.sid);
    const stream = await house.client.calls(call.sid).streams.create({
      url: app.url(),
      name: "by-rest",
      "parameter1.name": "k",
      "parameter1.value": "v",
    });
    assert.match(stream.sid, /^MZ[0-9a-f]{32}$/);
    assert.deepEqual([stream.status, stream.name, stream.callSid], ["in-progress", "by-rest", call.sid]);
    await until(() => app.of("media").length > 5, "media");
    assert.deepEqual(app.of("start")[0].start.customParameters, { k: "v" });
    const stopped = await house.client.calls(call.sid).streams(stream.sid).update({ status: "stopped" });
    assert.equal(stopped.status, "stopped");
    await until(() => app.closes.length === 1, "the socket to close");
    await house.phone(to).hangUp();
    await house.ended(call.sid);
  });

  it("reports begin, end and errors to the status callback, and goes on with the next verb", async () => {
    app = await StreamApp.start({ start: (message, send, socket) => setTimeout(() => socket.close(1000), 300) });
    const callback = house.web.on("/stream-status", { status: 204 });
    const call = await callWith(`${connect(`name="s" statusCallback="${callback}"`)}<Say>After the stream</Say>`);
    await house.phone(to).heard("After the stream");
    await house.ended(call.sid);
    const [started, stopped] = await house.web.waitFor("/stream-status", 2);
    assert.deepEqual([started.params.StreamEvent, stopped.params.StreamEvent], ["stream-started", "stream-stopped"]);
    assert.deepEqual([started.params.CallSid, started.params.StreamName], [call.sid, "s"]);
    assert.equal(house.web.refused.length, 0, "signatures are right");

    const nobody = app.url();
    await app.stop();
    app = undefined;
    const refused = await callWith(
      `<Connect><Stream url="${nobody}" statusCallback="${house.web.on("/refused", { status: 204 })}"/></Connect><Say>Sorry</Say>`,
    );
    await house.phone(to).heard("Sorry");
    await house.ended(refused.sid);
    const [error] = await house.web.waitFor("/refused", 1);
    assert.equal(error.params.StreamEvent, "stream-error");
    assert.match(error.params.StreamError, /^31902/);
  });
});

describe("media streams over TLS with an authority of one's own", () => {
  let folder;
  let house;
  let app;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "belfry-streams-"));
    const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
    execFileSync("openssl", [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-keyout", files.key, "-out", files.cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
    ], { stdio: "ignore" }); // prettier-ignore
    const server = createServer({ key: readFileSync(files.key), cert: readFileSync(files.cert) });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    app = new StreamApp({ media: (message, send) => send("media", { media: { payload: message.media.payload } }) }, server);
    house = await startHouse({ config: `[webhook]\nca_file = "${files.cert}"\n` });
  });
  after(async () => {
    await app?.stop();
    await house?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("echoes over wss", async () => {
    await house.phone(to).behave({
      answer_after_ms: 100,
      script: [{ after_ms: 300, tone_hz: 440, ms: 800 }, { after_ms: 600, hang_up: true }],
    });
    const twiml = `<Response><Connect><Stream url="${app.url("/media", "localhost")}"/></Connect></Response>`;
    const call = await house.client.calls.create({ to, from, twiml });
    await house.ended(call.sid);
    const audio = await house.phone(to).audio();
    assert.deepEqual(tonesIn(audio.channels[0], audio.rate, [440], { ms: 600 }), [440]);
  });
});
