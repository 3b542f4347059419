import { createSocket } from "node:dgram";

/// What a datagram on a media port is (RFC 7983): "rtp", "rtcp", or "connection" for STUN and DTLS.
function kindOf(datagram) {
  if (datagram[0] < 128) return "connection";
  return datagram[1] >= 192 && datagram[1] <= 223 ? "rtcp" : "rtp";
}

/// Passes datagrams on to the server's media port and back. Each sender has a socket of its own towards the server, as
/// behind a NAT. `wire.treat(datagram, kind, from)`, with `from` "browser" or "server", gives what goes on in its place;
/// nothing loses it.
export async function startMediaWire(port) {
  const near = createSocket("udp4");
  const senders = new Map();
  const wire = { treat: (datagram) => datagram };
  const treated = (datagram, from) => wire.treat(datagram, kindOf(datagram), from);
  near.on("message", (datagram, { address, port: from }) => {
    let far = senders.get(from);
    if (!far) {
      far = createSocket("udp4");
      far.on("message", (answer) => {
        const passed = treated(answer, "server");
        if (passed) near.send(passed, from, address);
      });
      senders.set(from, far);
    }
    const passed = treated(datagram, "browser");
    if (passed) far.send(passed, port, "127.0.0.1");
  });
  await new Promise((resolve) => near.bind(0, "127.0.0.1", resolve));
  return Object.assign(wire, {
    port: near.address().port,
    stop: () => {
      for (const socket of [near, ...senders.values()]) socket.close();
    },
  });
}

/// A description whose media are found at that port alone.
export function atPort(sdp, port) {
  const lines = sdp.split("\r\n").filter((line) => !/^a=candidate:\S+ \d+ tcp /i.test(line));
  return lines.map((line) => line.replace(/^(a=candidate:\S+ \d+ udp \d+ \S+) \d+/i, `$1 ${port}`)).join("\r\n");
}
