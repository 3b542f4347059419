import { createSocket } from "node:dgram";
import { once } from "node:events";
import { muLaw } from "./sound.mjs";

const rate = 8000;
const frame = 160; // samples: 20 ms
const codes = Array.from({ length: 256 }, (_, code) => code);
const nearestCode = (value) => codes.reduce((best, code) => (Math.abs(muLaw(code) - value) < Math.abs(muLaw(best) - value) ? code : best));

/// The media of a SIP phone that another program signals for: says a tone in PCMU to whoever sends to it, and keeps
/// what it hears.
export class RtpParty {
  static async start(hz) {
    const party = new RtpParty(hz);
    party.socket.bind(0, "127.0.0.1");
    await once(party.socket, "listening");
    return party;
  }

  /// @param hz a multiple of 10: a tenth of a second of it is repeated
  constructor(hz) {
    const tone = Float64Array.from({ length: rate / 10 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / rate));
    this.tone = Buffer.from(tone.map(nearestCode));
    this.packets = [];
    this.sent = 0;
    this.socket = createSocket("udp4");
    this.socket.on("message", (packet, from) => this.take(packet, from));
  }

  get port() {
    return this.socket.address().port;
  }

  take(packet, from) {
    if (packet.length < 12 || (packet[1] & 0x7f) !== 0) return;
    this.packets.push({ timestamp: packet.readUInt32BE(4), payload: packet.subarray(12) });
    this.timer ??= setInterval(() => this.speak(from), 10);
    this.since ??= performance.now();
  }

  /// All that is due by now: timers are late on a busy machine.
  speak({ port, address }) {
    for (; this.sent * 20 <= performance.now() - this.since; ++this.sent) {
      const header = Buffer.alloc(12);
      header[0] = 0x80;
      header.writeUInt16BE(this.sent & 0xffff, 2);
      header.writeUInt32BE(this.sent * frame, 4);
      header.writeUInt32BE(0x5157, 8);
      const at = (this.sent * frame) % this.tone.length;
      this.socket.send(Buffer.concat([header, this.tone.subarray(at, at + frame)]), port, address);
    }
  }

  /// The samples since packet number `from`, each where its time says; what is missing is silence.
  heard(from = 0) {
    const packets = this.packets.slice(from);
    const after = ({ timestamp }) => (timestamp - packets[0].timestamp) | 0;
    const samples = new Float64Array(Math.max(0, ...packets.map((packet) => after(packet) + frame)));
    for (const packet of packets)
      if (after(packet) >= 0) samples.set(Float64Array.from(packet.payload, muLaw), after(packet));
    return samples;
  }

  stop() {
    clearInterval(this.timer);
    this.socket.close();
  }
}
