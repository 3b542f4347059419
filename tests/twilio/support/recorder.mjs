import { createSocket } from "node:dgram";
import { once } from "node:events";

/// A session recording server (RFC 7866) over UDP that takes every call and counts what it hears.
export class Recorder {
  static async start() {
    const recorder = new Recorder();
    for (const socket of [recorder.sip, recorder.media]) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
    }
    return recorder;
  }

  constructor() {
    this.requests = [];
    this.packets = 0;
    this.sip = createSocket("udp4");
    this.media = createSocket("udp4");
    this.sip.on("message", (bytes, from) => this.received(bytes.toString(), from));
    this.media.on("message", () => this.packets++);
  }

  get uri() {
    return `sip:srs@127.0.0.1:${this.sip.address().port}`;
  }

  of(method) {
    return this.requests.filter((request) => request.startsWith(`${method} `));
  }

  received(request, from) {
    this.requests.push(request);
    if (request.startsWith("ACK ")) return;
    const lines = request.split("\r\n").filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line));
    const to = /^To: (.*)$/m.exec(request)[1].trim();
    lines.push(to.includes(";tag=") ? `To: ${to}` : `To: ${to};tag=srs`, `Contact: <${this.uri}>`);
    const sdp = request.startsWith("INVITE ") ? this.answer(request.match(/^m=audio /gm).length) : "";
    if (sdp) lines.push("Content-Type: application/sdp");
    const response = ["SIP/2.0 200 OK", ...lines, `Content-Length: ${sdp.length}`, "", sdp].join("\r\n");
    this.sip.send(response, from.port, from.address);
  }

  answer(tracks) {
    const line = `m=audio ${this.media.address().port} RTP/AVP 0\r\na=recvonly\r\n`;
    return `v=0\r\no=srs 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${line.repeat(tracks)}`;
  }

  stop() {
    this.sip.close();
    this.media.close();
  }
}
