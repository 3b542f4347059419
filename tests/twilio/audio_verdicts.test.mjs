// Why is there no audio? Faults put into real browsers' calls, and what the server says of them. Those of SIP are in
// tests/sip/audio_verdict_test.py.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { startHouse, until } from "./support/house.mjs";
import { accessToken, SdkSocket, temporarySid } from "./support/sdk_socket.mjs";
import { atPort, startMediaWire } from "./voice_sdk/media_wire.mjs";
import { PlainPage } from "./voice_sdk/plain_page.mjs";
import { startChromium } from "./voice_sdk/sdk_page.mjs";

/// Loses what fits, passes the rest on.
const losing = (fits) => (datagram, kind, from) => (fits(kind, from) ? undefined : datagram);
const isSpoken = (kind, from) => kind === "rtp" && from === "browser";

/// The same, after so many packets of the browser.
function losingAfter(packets, fits) {
  let seen = 0;
  return losing((kind, from) => {
    if (isSpoken(kind, from)) ++seen;
    return seen > packets && fits(kind, from);
  });
}

function everyThird() {
  let seen = 0;
  return losing((kind, from) => isSpoken(kind, from) && ++seen % 3 === 0);
}

function damaged(datagram, kind, from) {
  if (kind === "connection" || from === "server") return datagram;
  const other = Buffer.from(datagram);
  other[other.length - 1] ^= 1;
  return other;
}

const otherFingerprint = (sdp) => sdp.replace(/(a=fingerprint:sha-256 ).*/, `$1${Array(32).fill("AB").join(":")}`);

/// To a browser that reads it, PCMU was agreed.
const asPcmu = (sdp) =>
  sdp
    .replace(/^(m=audio \d+ \S+) .*$/m, "$1 0")
    .replace(/^a=(rtpmap|fmtp|rtcp-fb):.*\r\n/gm, "")
    .concat("a=rtpmap:0 PCMU/8000\r\n");

/// `treat` is done to each datagram, `offer` and `answer` to the descriptions; `voice` is what the browser says.
const cases = {
  "nothing is wrong": { fault: "none", words: "its reports say that it hears us" },
  "no datagram passes": { fault: "never-connected", words: "was never set up", treat: () => undefined },
  "the certificate is another's": { fault: "wrong-fingerprint", words: "refused", offer: otherFingerprint },
  "the browser's network goes away": {
    fault: "connection-lost",
    words: "stopped confirming",
    treat: losingAfter(100, () => true),
  },
  "packets are damaged on the way": { fault: "srtp-failed", words: "failed SRTP authentication", treat: damaged },
  "another codec comes": { fault: "codec-not-agreed", words: "payload type 0", answer: asPcmu },
  "no audio comes": { fault: "no-packets", words: "it hears us: only its audio is lost", treat: losing(isSpoken) },
  "the audio stops": { fault: "packets-stopped", words: "none for the last", treat: losingAfter(100, isSpoken) },
  "the browser hears nothing": {
    fault: "not-heard",
    words: "one-way",
    treat: losing((kind, from) => kind !== "connection" && from === "server"),
  },
  "a third is lost": { fault: "heavy-loss", words: "% of the packets from the party", treat: everyThird() },
  "the microphone is muted": { fault: "muted", words: "digital silence", voice: { muted: true } },
  "the microphone is dead": { fault: "silent", words: "-50 dBov", voice: { amplitude: 0.0014 } },
};

describe("why there is no audio from a browser, when", () => {
  const started = [];
  const calls = new Map();
  let house;
  let page;
  let application;
  let mediaPort;
  const start = async (starting) => {
    const each = await starting;
    started.push(each);
    return each;
  };

  async function place(name, { treat, offer = (sdp) => sdp, answer = (sdp) => sdp, voice }) {
    const wire = await start(startMediaWire(mediaPort));
    if (treat) wire.treat = treat;
    const socket = await SdkSocket.open(`${house.belfry.url.replace("http", "ws")}/signal`);
    await socket.register(accessToken(house, `caller.${calls.size}`, { application }));
    const sdp = offer(await page.offer(name, voice));
    socket.say("invite", { callsid: temporarySid(), sdp, twilio: {} });
    const answered = await socket.take("answer");
    await page.take(name, atPort(answer(answered.sdp), wire.port));
    calls.set(name, { socket, sid: answered.callsid });
  }

  before(async () => {
    house = await start(startHouse());
    const chromium = await start(startChromium());
    const voiceUrl = house.web.on("/voice", "<Response><Say>Hello.</Say><Pause length='300'/></Response>");
    application = (await house.client.applications.create({ friendlyName: "browsers", voiceUrl })).sid;
    const { listeners } = await house.belfry.get("/admin/api/status");
    mediaPort = Number(listeners.find(({ kind }) => kind === "webrtc-udp").address.split(":").at(-1));
    page = await PlainPage.open(chromium.browser);
    for (const [name, terms] of Object.entries(cases)) await place(name, terms);
  });
  after(async () => {
    for (const each of started.reverse()) await each.stop();
  });

  const mediaEnded = async (sid) => {
    const { items } = await house.belfry.get(`/admin/api/calls/${sid}/events`);
    return items.filter(({ type }) => type === "media.ended").map(({ data }) => data);
  };
  const show = (sid) => house.belfry.get(`/admin/api/calls/${sid}`);

  /// What the command says of the call.
  async function trace(sid) {
    const { status, output } = await new Promise((resolve) => {
      execFile(process.env.BELFRY_BINARY, ["trace", sid, `--server=${house.belfry.url}`], (error, stdout) =>
        resolve({ status: error?.code ?? 0, output: stdout }),
      );
    });
    return { status, words: output.split("\n").find((line) => line.startsWith("audio: ")) ?? output };
  }

  /// By the API and by the command, of a call that lasts: for a moment a busy machine may have other faults too.
  async function judged(sid, { fault, words }) {
    let last;
    const fits = async () => {
      last = { call: await show(sid) };
      const { audio } = last.call;
      if (audio?.fault !== fault || !audio.words.includes(words)) return false;
      last.trace = await trace(sid);
      return last.trace.words.includes(words) && last.trace.status === (fault === "none" ? 0 : 1);
    };
    try {
      await until(fits, "the verdict", 90_000, 300);
    } catch (error) {
      throw new Error(`no ${fault} with "${words}", but ${JSON.stringify(last)}`, { cause: error });
    }
  }

  for (const [name, expected] of Object.entries(cases))
    it(`${name}: ${expected.fault}`, async () => {
      const { socket, sid } = calls.get(name);
      await judged(sid, expected);
      socket.say("hangup", { callsid: sid });
      await house.ended(sid);
      await until(async () => (await mediaEnded(sid)).length > 0, "what was seen of its audio");
      const { media, audio } = await show(sid);
      assert.deepEqual(await mediaEnded(sid), [{ media, audio }], "what is kept is what was told");
      const { status, words } = await trace(sid);
      assert.ok(words.includes(audio.words.slice(0, 40)), words);
      assert.equal(status, audio.fault === "none" ? 0 : 1);
    });
});
