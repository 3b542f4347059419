import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { sineWav } from "../support/sound.mjs";
import { atPort } from "./media_wire.mjs";

const here = dirname(fileURLToPath(import.meta.url));
/// How long anything may take that is waited for, on a busy machine.
const patience = 30_000;

/// Chromium whose microphone gives a tone in bursts: what sounds on and on, its noise suppression takes away.
export async function startChromium({ micHz = 1250 } = {}) {
  const executablePath = process.env.BELFRY_CHROMIUM;
  if (!executablePath) throw new Error("set BELFRY_CHROMIUM to a Chromium");
  const folder = await mkdtemp(join(tmpdir(), "belfry-microphone-"));
  const microphone = join(folder, "microphone.wav");
  await writeFile(microphone, burstsWav(micHz));
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--disable-gpu",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${microphone}`,
      "--ignore-certificate-errors",
      "--allow-loopback-in-peer-connection",
      "--autoplay-policy=no-user-gesture-required",
      // Nothing of it may leave this machine, and what is not there must say so at once.
      "--host-resolver-rules=MAP *.twilio.com ~NOTFOUND",
    ],
  });
  return {
    browser,
    stop: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/// 250 ms of the tone, 250 ms of silence, for 4 s.
function burstsWav(hz) {
  const wav = sineWav(hz, 4, { rate: 48_000, amplitude: 0.6 });
  const half = 12_000 * 2;
  for (let at = 44 + half; at < wav.length; at += 2 * half) wav.fill(0, at, Math.min(at + half, wav.length));
  return wav;
}

/// A web server for pages with one version of the SDK, as it lies in its npm package. Pages of 127.0.0.1 count as
/// secure, so that they may have a microphone without HTTPS.
export async function servePages(sdk) {
  const require = createRequire(import.meta.url);
  // The package says nothing of dist/; what it names lies beside it.
  const dist = join(dirname(require.resolve(sdk)), "../dist/twilio.min.js");
  const files = new Map([
    ["/", ["text/html", join(here, "page.html")]],
    ["/page.js", ["text/javascript", join(here, "page.js")]],
    ["/twilio.js", ["text/javascript", dist]],
  ]);
  const server = createServer(async (request, response) => {
    const [type, path] = files.get(request.url) ?? [];
    if (!path) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": type }).end(await readFile(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/// Passes connections on to the server's HTTPS port, until they are cut.
export async function startCuttableWire(port) {
  const sockets = new Set();
  const server = createTcpServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    host: `127.0.0.1:${server.address().port}`,
    cut,
    stop: () => {
      cut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/// In the page, before anything else: the microphone is that tone, as it is; of a device's sound the browser would take
/// away what sounds on and on.
function sayTone(hz) {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const microphone = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: hz });
    tone.connect(new GainNode(context, { gain: 0.3 })).connect(microphone);
    tone.start();
    return microphone.stream;
  };
}

/// In the page, before anything else: the server's media is found at that port alone.
function sendMediaTo(port, atPort) {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: atPort(sdp, port) });
  };
}

/// One tab with the SDK.
export class SdkPage {
  /// @param mediaPort where it finds the server's media, if not where the server says
  /// @param toneHz what its microphone says on and on; else it gives the browser's bursts
  static async open(browser, pages, { mediaPort, toneHz } = {}) {
    const context = await browser.newContext();
    context.setDefaultTimeout(patience);
    if (mediaPort) await context.addInitScript({ content: `(${sendMediaTo})(${mediaPort}, ${atPort})` });
    if (toneHz) await context.addInitScript(sayTone, toneHz);
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.stack ?? String(error)));
    await page.goto(pages.url);
    return new SdkPage(page, complaints);
  }

  constructor(page, complaints) {
    this.page = page;
    this.complaints = complaints;
  }

  /// The only option that is set is where the signalling goes.
  make(token, host) {
    return this.page.evaluate(([jwt, chunderw]) => window.phone.make(jwt, { chunderw }), [token, host]);
  }
  async register() {
    await this.page.evaluate(() => window.phone.device.register());
  }
  connect(params) {
    return this.page.evaluate((sent) => window.phone.connect(sent), params);
  }
  /// Calls a method of the SDK's call: accept, reject, disconnect, ignore, mute, sendDigits, sendMessage …
  call(method, ...values) {
    return this.page.evaluate(([name, sent]) => void window.phone.call[name](...sent), [method, values]);
  }
  device(method, ...values) {
    return this.page.evaluate(([name, sent]) => void window.phone.device[name](...sent), [method, values]);
  }
  about() {
    return this.page.evaluate(() => window.phone.about());
  }
  events() {
    return this.page.evaluate(() => window.phone.events);
  }
  messages() {
    return this.page.evaluate(() => window.phone.messages);
  }
  state() {
    return this.page.evaluate(() => window.phone.device.state);
  }

  /// Waits until the event was told `times` times since the page was opened or `forget` was called.
  async told(event, times = 1) {
    try {
      await this.page.waitForFunction(
        ([what, often]) => window.phone.events.filter((each) => each === what).length >= often,
        [event, times],
        { polling: 50 },
      );
    } catch (error) {
      throw new Error(`waited for "${event}"; the page was told: ${(await this.events()).join(", ")}`, { cause: error });
    }
  }
  forget() {
    return this.page.evaluate(() => window.phone.events.splice(0));
  }

  /// Waits until all of these tones (Hz) were heard together for 200 ms from now on.
  async hears(...tones) {
    const from = await this.page.evaluate(() => window.phone.looks());
    try {
      await this.page.waitForFunction(([wanted, begin]) => window.phone.heard(wanted, begin) >= 4, [tones, from], { polling: 50 });
    } catch (error) {
      const last = await this.page.evaluate(() => window.phone.ear?.spectra.slice(-10));
      throw new Error(`waited for ${tones} Hz, heard ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /// How loud each of these tones is in so many looks of 50 ms from now on, in dB.
  async levels(tones, looks) {
    await this.page.evaluate((wanted) => window.phone.ear.watch(wanted), tones);
    await this.page.waitForFunction((count) => window.phone.ear.watched.length >= count, looks, { polling: 50 });
    return this.page.evaluate(() => window.phone.ear.watched);
  }

  /// Of the WebRTC statistics of the call: packets `sent` and `received`, and the energy that was `spoken`, which a
  /// second of the loudest sound makes 1.
  statistics() {
    return this.page.evaluate(async () => {
      const media = window.phone.call._mediaHandler;
      const reports = [...(await media.version.pc.getStats()).values()];
      const sum = (type, member) =>
        reports.filter((report) => report.type === type).reduce((total, report) => total + report[member], 0);
      return {
        sent: sum("outbound-rtp", "packetsSent"),
        received: sum("inbound-rtp", "packetsReceived"),
        spoken: sum("media-source", "totalAudioEnergy"),
      };
    });
  }

  async close() {
    await this.page.context().close();
  }
}
