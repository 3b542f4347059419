"""A session recording server (RFC 7866): answers calls, keeps their metadata and every track's audio."""

import base64
import email
import os
import re
import threading
import xml.etree.ElementTree as xml

from support.belfry_server import wait_until
from support.rtp import RtpEndpoint
from support.sip import Peer, token
from support.sip_tls import TcpCarrier, TlsCarrier

METADATA = "{urn:ietf:params:xml:ns:recording:1}"
OURS = "{urn:belfry:siprec:1}"
SUITE = "AES_CM_128_HMAC_SHA1_80"  # for tracks that are encrypted; its tag has 10 bytes
SENDER_REPORT = 200 & 0x7F  # as RtpEndpoint reads a second octet


class Session:
    """One call to the recorder: its INVITE, what that says, and what came of it."""

    def __init__(self, invite):
        self.invite = invite
        self.body = email.message_from_string(f"Content-Type: {invite.get('Content-Type')}\n\n{invite.body}")
        self.over = False  # BYE came
        self.lines = re.findall(r"^m=audio (\d+) ", self.part("application/sdp"), re.MULTILINE)
        self.labels = re.findall(r"^a=label:(\S+)\r?$", self.part("application/sdp"), re.MULTILINE)
        self.tracks = [RtpEndpoint() for _ in self.lines]
        self.reports = [RtpEndpoint() for _ in self.lines]

    def part(self, content_type) -> str:
        parts = [part for part in self.body.walk() if part.get_content_type() == content_type]
        assert len(parts) == 1, self.invite.body
        return parts[0].get_payload()

    @property
    def disposition(self) -> str:
        return next(part["Content-Disposition"] for part in self.body.walk() if "metadata" in part.get_content_type())

    @property
    def metadata(self) -> xml.Element:
        return xml.fromstring(self.part("application/rs-metadata+xml").strip())

    @property
    def call(self) -> xml.Element:
        return self.metadata.find(f"{METADATA}session/{OURS}call")

    @property
    def parameters(self) -> dict:
        return {each.get("name"): each.text for each in self.call.findall(f"{OURS}parameter")}

    def speaker(self, label) -> str:
        """The address of whom the track with that label is."""
        tree = self.metadata
        streams = {stream.find(f"{METADATA}label").text: stream.get("stream_id") for stream in tree.findall(f"{METADATA}stream")}
        for link in tree.findall(f"{METADATA}participantstreamassoc"):
            if streams[label] in [send.text for send in link.findall(f"{METADATA}send")]:
                same = [each for each in tree.findall(f"{METADATA}participant") if each.get("participant_id") == link.get("participant_id")]
                return same[0].find(f"{METADATA}nameID").get("aor")
        raise AssertionError(f"nobody sends {label}")

    def answer(self) -> str:
        text = "v=0\r\no=srs 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        offers = self.part("application/sdp").split("\nm=audio ")[1:]
        for offer, track, report in zip(offers, self.tracks, self.reports):
            profile, suite = offer.split()[1], re.search(rf"^a=crypto:(\d+) {SUITE} inline", offer, re.MULTILINE)
            text += f"m=audio {track.port} {profile} 0\r\na=rtpmap:0 PCMU/8000\r\na=rtcp:{report.port}\r\na=recvonly\r\n"
            if suite:
                text += f"a=crypto:{suite[1]} {SUITE} inline:{base64.b64encode(os.urandom(30)).decode()}\r\n"
        return text

    def close(self):
        for endpoint in self.tracks + self.reports:
            endpoint.close()


class Recorder:
    """`status`: what it answers to an INVITE. `credentials`: (user, password) that it asks an INVITE for.
    `certificate`: (certificate, key) of 127.0.0.1, for TLS; then its audio is to be encrypted."""

    def __init__(self, status=200, credentials=None, transport="udp", certificate=None):
        self.status, self.credentials = status, credentials
        self.sessions, self.authorized = [], []
        self._carrier = TcpCarrier() if transport == "tcp" else None
        self.srtp = "off"
        if certificate:
            self._carrier, self.srtp, transport = TlsCarrier(*certificate), "required", "tls"
        self._peer = None if self._carrier else Peer(None)
        self.port = (self._carrier or self._peer).port
        self.uri = f"sip:srs@127.0.0.1:{self.port};transport={transport}"
        self._closed = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def config(self, name) -> str:
        """The part of belfry.toml for it."""
        text = f'[[siprec]]\nname = "{name}"\nuri = "{self.uri}"\nsrtp = "{self.srtp}"\n'
        if self.credentials:
            text += 'username = "{}"\npassword = "{}"\n'.format(*self.credentials)
        return text

    def session(self, call_sid, number=0) -> Session:
        """That of a call, once there are so many."""

        def found():
            of_call = [session for session in list(self.sessions) if session.call.get("sid") == call_sid]
            return of_call[number] if len(of_call) > number else None

        return wait_until(found, 10, f"recording {number} of {call_sid}")

    def hang_up(self, session):
        invite = session.invite
        server = re.search(r"<([^>]+)>", invite.get("Contact"))[1]
        self._peer.send(
            f"BYE {server} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{token()};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {invite.get('To')};tag=peer\r\nTo: {invite.get('From')}\r\n"
            f"Call-ID: {invite.get('Call-ID')}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
            invite.source,
        )

    def _serve(self):
        while not self._closed:
            try:
                if self._peer is None:
                    self._peer = self._carrier.accept(0.2)
                message = self._peer.receive(0.2)
            except TimeoutError:
                continue
            except OSError:
                return
            if message and message.method == "INVITE":
                self._answer(message)
            elif message and message.method and message.method != "ACK":
                self._end(message)

    def _answer(self, invite):
        if self.credentials and not invite.get("Authorization"):
            challenge = 'WWW-Authenticate: Digest realm="srs", nonce="n1", qop="auth", algorithm=MD5\r\n'
            return self._peer.respond(invite, 401, "Who are you", headers=challenge)
        if self.credentials:
            self.authorized.append(invite.get("Authorization"))
        if self.status != 200:
            return self._peer.respond(invite, self.status, "Not today")
        known = [session for session in self.sessions if session.invite.get("Call-ID") == invite.get("Call-ID")]
        session = known[0] if known else Session(invite)  # UDP repeats itself
        self._peer.respond(invite, 200, "OK", body=session.answer())
        if not known:
            self.sessions.append(session)

    def _end(self, request):
        self._peer.respond(request, 200)
        for session in self.sessions:
            if session.invite.get("Call-ID") == request.get("Call-ID"):
                session.over = session.over or request.method == "BYE"

    def close(self):
        self._closed = True
        self._thread.join(2)
        for each in [self._carrier, self._peer, *self.sessions]:
            if each:
                each.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
