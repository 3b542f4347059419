"""A telephone company behind a trunk: many phones on one UDP port, in a thread of the test.

It outlives the kills of the server, and counts: who was rung how often, and who was left ringing or talking. A phone
does what the last digit of its number says. An INVITE that is repeated byte for byte is one ring (RFC 3261, 17.2.3);
any other is one more."""

import collections
import heapq
import itertools
import re
import socket
import threading
import time

from support.sip import Peer, parameter, sdp, token

T1 = 0.5
LIFETIME = 32.0  # of transactions: 64·T1

# What a phone does: (seconds after the INVITE, what), in order. A number answers; "hang up" is the phone's own BYE.
BEHAVIOURS = {
    "0": ((0.02, 180), (0.15, 200), (0.6, "hang up")),
    "1": ((0.02, 180), (0.3, 200)),  # talks until the server ends it
    "2": ((0.0, 100), (0.05, 486)),
    "3": ((0.02, 180),),  # rings until it is cancelled
    "4": ((0.02, 180), (0.4, 603)),
    "5": ((0.0, 200),),
    "6": ((0.0, 100), (0.4, 183), (0.8, 200), (1.2, "hang up")),
    "7": ((0.0, 100),),  # never says more
    "8": ((0.02, 180), (0.2, 200), (0.3, "fork answers")),  # two devices pick up, one after the other
    "9": ((0.02, 180),),  # picks up when it is cancelled: the 200 has crossed the CANCEL
}


class Ring:
    """One INVITE, and all that comes of it."""

    def __init__(self, invite):
        self.invite = invite
        self.number = re.match(r"INVITE sip:([^@;>]+)@", invite.content.decode())[1]
        self.contents = collections.Counter()
        self.state = "ringing"  # then "answered", "over"
        self.answer = None  # (status, body) that a repeated INVITE gets again
        self.tag = token()  # and of the device that answers second
        self.fork_tag = token()
        self.heard = collections.Counter()  # of (method, To tag) after the INVITE
        self.bye_branch = "z9hG4bK" + token()

    @property
    def acknowledged(self) -> bool:
        return self.heard["ACK", self.tag] > 0


class Exchange:
    def __init__(self):
        self.rings = collections.defaultdict(list)  # by number
        self.protocol_errors = []
        self._by_dialog = {}  # (Call-ID, branch) of the INVITE
        self._peer = Peer(None)
        self.port = self._peer.port
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # media goes here, and nobody reads it
        self._sink.bind(("127.0.0.1", 0))
        self._later = []
        self._count = itertools.count()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    # --- What a test asks ---

    def rings_of(self, number: str) -> list:
        with self._lock:
            return list(self.rings.get(number, []))

    def busy(self) -> list:
        """Phones that ring or talk."""
        with self._lock:
            return [ring for rings in self.rings.values() for ring in rings if ring.state != "over"]

    def close(self):
        self._closed = True
        self._thread.join(5)
        self._peer.close()
        self._sink.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- Its thread ---

    def _serve(self):
        while not self._closed:
            wait = min(0.2, self._later[0][0] - time.monotonic()) if self._later else 0.2
            message = self._peer.receive(wait)
            with self._lock:
                if message:
                    self._take(message)
                while self._later and self._later[0][0] <= time.monotonic():
                    heapq.heappop(self._later)[2]()

    def _after(self, seconds: float, act):
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._count), act))

    def _take(self, message):
        if message.status:
            return self._take_answer(message)
        handle = {"INVITE": self._invite, "ACK": self._ack, "CANCEL": self._cancel, "BYE": self._bye}
        handle.get(message.method, lambda request: self._peer.respond(request, 200, "OK"))(message)

    def _ring_of(self, message):
        """By the dialog; the branch tells apart only INVITE and what belongs to its transaction."""
        known = self._by_dialog.get((message.get("Call-ID"), message.branch))
        return known or self._by_dialog.get(message.get("Call-ID"))

    def _invite(self, invite):
        key = (invite.get("Call-ID"), invite.branch)
        ring = self._by_dialog.get(key)
        if ring is None:
            ring = Ring(invite)
            self._by_dialog[key] = self._by_dialog[key[0]] = ring
            self.rings[ring.number].append(ring)
            for seconds, what in BEHAVIOURS[ring.number[-1]]:
                self._after(seconds, lambda ring=ring, what=what: self._act(ring, what))
        elif ring.answer:
            self._answer(ring, *ring.answer)
        ring.contents[invite.content] += 1

    def _act(self, ring, what):
        if what == "hang up":
            self._hang_up(ring, T1, time.monotonic() + LIFETIME)
        elif what == "fork answers":
            self._repeat_fork(ring, T1, time.monotonic() + LIFETIME)
        elif ring.state != "ringing":
            return
        elif what < 200:
            self._answer(ring, what)
        elif what == 200:
            ring.state = "answered"
            self._repeat_answer(ring, 200, T1, time.monotonic() + LIFETIME)
        else:
            self._refuse(ring, what)

    def _refuse(self, ring, status):
        ring.state = "over"
        self._repeat_answer(ring, status, T1, time.monotonic() + LIFETIME)

    def _answer(self, ring, status, body=""):
        if status == 200:
            body = sdp("127.0.0.1", self._sink.getsockname()[1])
        ring.answer = (status, body)
        reasons = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK"}
        self._peer.respond(ring.invite, status, reasons.get(status, "No"), tag=ring.tag, body=body)

    def _repeat_answer(self, ring, status, wait, until):
        """A final answer goes out until its ACK comes (RFC 3261, 13.3.1.4 and 17.2.1)."""
        if ring.acknowledged or time.monotonic() > until:
            return
        if status == 200 and ring.state == "over":
            return
        self._answer(ring, status)
        self._after(wait, lambda: self._repeat_answer(ring, status, min(wait * 2, 4.0), until))

    def _repeat_fork(self, ring, wait, until):
        if ring.heard["ACK", ring.fork_tag] or time.monotonic() > until:
            return
        body = sdp("127.0.0.1", self._sink.getsockname()[1])
        self._peer.respond(ring.invite, 200, "OK", tag=ring.fork_tag, body=body)
        self._after(wait, lambda: self._repeat_fork(ring, min(wait * 2, 4.0), until))

    def _ack(self, ack):
        ring = self._ring_of(ack)
        if ring:
            ring.heard["ACK", parameter(ack.get("To"), "tag")] += 1

    def _cancel(self, cancel):
        ring = self._by_dialog.get((cancel.get("Call-ID"), cancel.branch))
        if ring is None:
            return self._peer.respond(cancel, 481, "Nobody")
        ring.heard["CANCEL", ""] += 1
        self._peer.respond(cancel, 200, "OK")
        if ring.state == "ringing" and ring.number[-1] == "9":
            self._act(ring, 200)
        elif ring.state == "ringing":
            self._refuse(ring, 487)

    def _bye(self, bye):
        ring = self._ring_of(bye)
        if ring is None:
            self.protocol_errors.append(f"a BYE of no call: {bye.content}")
            return self._peer.respond(bye, 481, "Nobody")
        tag = parameter(bye.get("To"), "tag")
        ring.heard["BYE", tag] += 1
        if tag == ring.tag:
            ring.state = "over"
        self._peer.respond(bye, 200, "OK")

    def _hang_up(self, ring, wait, until):
        """A BYE goes out until it is answered, by the next process if need be."""
        if ring.state != "answered" or time.monotonic() > until:
            return
        invite = ring.invite
        server = re.search(r"<([^>]+)>", invite.get("Contact"))[1]
        self._peer.send(
            f"BYE {server} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch={ring.bye_branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {invite.get('To')};tag={ring.tag}\r\nTo: {invite.get('From')}\r\n"
            f"Call-ID: {invite.get('Call-ID')}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
            invite.source,
        )
        self._after(wait, lambda: self._hang_up(ring, min(wait * 2, 4.0), until))

    def _take_answer(self, message):
        ring = self._by_dialog.get(message.get("Call-ID"))
        if ring and message.get("CSeq").endswith("BYE") and message.status >= 200:
            ring.state = "over"
