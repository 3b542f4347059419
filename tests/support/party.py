"""A party behind a trunk, which speaks one codec only: it answers each INVITE and remembers what it hears."""

import math
import re
import threading
import time

from support.audio_codecs import Pcmu
from support.belfry_server import wait_until
from support.rtp import RtpEndpoint
from support.sip import Peer, token


def tone_frames(rate: int, hertz: int, amplitude=6000) -> list:
    """100 ms of it in frames of 20 ms, which can be repeated without a click when it is a multiple of 10 Hz."""
    assert hertz % 10 == 0
    samples = [round(amplitude * math.sin(2 * math.pi * hertz * i / rate)) for i in range(rate // 10)]
    size = rate // 50
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def amplitude(samples: list, rate: int, hertz: float) -> float:
    """Of `hertz` in it, of 32768 (Goertzel)."""
    factor = 2 * math.cos(2 * math.pi * hertz / rate)
    last = before = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    return 2 * math.sqrt(max(last * last + before * before - factor * last * before, 0)) / len(samples)


class CodedVoice(RtpEndpoint):
    """Says a tone from the answer on."""

    def __init__(self, codec, hertz: int):
        super().__init__()
        self.codec = codec()
        self._listening = codec()
        self._cycle = [self.codec.encode(frame) for frame in tone_frames(self.codec.rate, hertz) * 600]

    def _send(self):
        """The tone every 20 ms, a minute of it coded ahead: where it began anew, codecs with a memory would click."""
        due, count = time.monotonic(), 0
        while not self._closed:
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self.send_packet(self._cycle[count % len(self._cycle)], self.codec.payload_type)
            except OSError:
                return
            self._timestamp += self.codec.step
            count += 1

    def heard(self, first: int) -> list:
        """The samples from packet number `first` on; all packets before it are decoded too."""
        samples = []
        for number, packet in enumerate(list(self.packets)):
            piece = self._listening.decode(packet[4]) if packet[1] == self.codec.payload_type else []
            samples += piece if number >= first else []
        self._listening = type(self.codec)()
        return samples

    def listen(self, frames: int) -> list:
        """So many frames from now on."""
        first = len(self.packets)
        wait_until(lambda: len(self.packets) >= first + frames, frames / 50 + 10, f"{frames} packets")
        return self.heard(first)[: frames * self.codec.rate // 50]

    def levels(self, candidates, frames=75) -> dict:
        """For each tone its (least, greatest) amplitude over parts of 100 ms of the next `frames`. A stall of the machine
        takes up to three parts from a party that sends, which say nothing of what it hears: the least is that of the
        others."""
        samples = self.listen(frames)
        size = self.codec.rate // 10
        parts = [samples[start : start + size] for start in range(0, len(samples) - size + 1, size)]
        found = {hertz: [amplitude(part, self.codec.rate, hertz) for part in parts] for hertz in candidates}
        return {hertz: (sorted(levels)[3], max(levels)) for hertz, levels in found.items()}


class Silence(RtpEndpoint):
    """PCMU without a sound."""

    codec = Pcmu()


class Party:
    """`voice`: an RtpEndpoint with a `codec`. `statuses`: what it answers to requests other than INVITE, 200 unless
    said otherwise. `credentials`: (user, password) that it asks an INVITE for. `headers` are in its answer to one."""

    def __init__(self, voice, statuses=None, credentials=None, headers=""):
        self.voice = voice
        self.statuses, self.credentials, self.headers = statuses or {}, credentials, headers
        self.answered = None  # monotonic
        self.invite = None  # the one that was answered
        self.received = []  # all messages
        self.peer = Peer(None)
        self.port = self.peer.port
        self._cseq = 0
        self._closed = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while not self._closed:
            try:
                message = self.peer.receive(0.2)
            except OSError:
                return
            if not message:
                continue
            self.received.append(message)
            if message.method == "INVITE":
                self._answer(message)
            elif message.method and message.method != "ACK":
                self.peer.respond(message, self.statuses.get(message.method, 200))

    def _answer(self, invite):
        if self.credentials and not invite.get("Authorization"):
            challenge = 'WWW-Authenticate: Digest realm="party", nonce="n1", qop="auth", algorithm=MD5\r\n'
            return self.peer.respond(invite, 401, "Who are you", headers=challenge)
        codec = self.voice.codec
        number = codec.payload_type
        if codec.line.startswith("opus"):  # the number is the offer's (RFC 3264, 6.1)
            number = codec.payload_type = int(re.search(r"a=rtpmap:(\d+) opus/48000/2", invite.body)[1])
        body = (
            f"v=0\r\no=party 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.voice.port} RTP/AVP {number}\r\na=rtpmap:{number} {codec.line}\r\na=sendrecv\r\n"
        )
        self.peer.respond(invite, 200, "OK", headers=self.headers, body=body)
        if self.invite is None:  # and no repetition of it
            self.invite = invite
            self.answered = time.monotonic()
            self.voice.remote = invite.media
            self.voice.talk()

    def wait_for(self, wanted):
        """The first message with that method or status."""

        def found():
            return next((message for message in list(self.received) if wanted in (message.method, message.status)), None)

        return wait_until(found, 10, f"a {wanted}")

    def request(self, method, headers="", body="") -> float:
        """In the dialog of the INVITE. @return when it was sent (monotonic)"""
        invite = self.invite
        server = re.search(r"<([^>]+)>", invite.get("Contact"))[1]
        self._cseq += 1
        now = time.monotonic()
        self.peer.send(
            f"{method} {server} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{token()};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {invite.get('To')};tag=peer\r\nTo: {invite.get('From')}\r\n"
            f"Call-ID: {invite.get('Call-ID')}\r\nCSeq: {self._cseq} {method}\r\n"
            f"Contact: <sip:peer@127.0.0.1:{self.port}>\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}",
            invite.source,
        )
        return now

    def notify(self, status_line: str, state: str):
        """What came of a REFER (RFC 3515, 2.4.4)."""
        headers = f"Event: refer\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag\r\n"
        self.request("NOTIFY", headers, f"SIP/2.0 {status_line}\r\n")

    def hang_up(self) -> float:
        return self.request("BYE")

    def close(self):
        self._closed = True
        self._thread.join(2)
        self.peer.close()
        self.voice.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
