"""SIP without a stack: messages as text over a socket, for what sipp cannot say or must not hide."""

import hashlib
import random
import re
import socket
import time


def token(size=12) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=size))


class Message:
    def __init__(self, content: bytes, source=None):
        self.content = content
        self.source = source
        head, _, self.body = content.decode("utf-8", "replace").partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.start.split(" ")[0]

    def all(self, name: str) -> list:
        return [value for each, value in self.headers if each == name.lower()]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def branch(self) -> str:
        return parameter(self.get("Via"), "branch")

    @property
    def media(self) -> tuple:
        """(address, port) of the audio in its SDP."""
        address = re.search(r"^c=IN IP4 (\S+)", self.body, re.MULTILINE)[1]
        return address, int(re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)[1])

    def __repr__(self):
        return f"<{self.start}>"


def parameter(value: str, name: str) -> str:
    found = re.search(rf';\s*{name}=("[^"]*"|[^;,\s>]*)', value)
    return found[1].strip('"') if found else ""


def digest_parameters(value: str) -> dict:
    """Of a challenge or of credentials."""
    pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]*))', value.partition(" ")[2])
    return {name: quoted or plain for name, quoted, plain in pairs}


def digest_response(method: str, uri: str, given: dict, user: str, password: str) -> str:
    """RFC 7616, 3.4.1."""
    name = given.get("algorithm", "MD5")
    hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[name]

    def digest(text):
        return hashed(text.encode()).hexdigest()

    a1 = digest(f"{user}:{given['realm']}:{password}")
    a2 = digest(f"{method}:{uri}")
    if "qop" not in given:
        return digest(f"{a1}:{given['nonce']}:{a2}")
    return digest(f"{a1}:{given['nonce']}:{given['nc']}:{given['cnonce']}:{given['qop']}:{a2}")


def authorization(challenge: str, method: str, uri: str, user: str, password: str, count=1) -> str:
    given = digest_parameters(challenge)
    given |= {"nc": f"{count:08x}", "cnonce": token(), "qop": "auth"}
    given["response"] = digest_response(method, uri, given, user, password)
    return (
        f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{uri}", '
        f'response="{given["response"]}", algorithm={given.get("algorithm", "MD5")}, qop=auth, '
        f'nc={given["nc"]}, cnonce="{given["cnonce"]}"'
    )


def sdp(address: str, port: int, more="a=sendrecv\r\n") -> str:
    return (
        f"v=0\r\no=test 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n{more}"
    )


class Peer:
    """A UDP socket that speaks SIP to `server`, an (address, port)."""

    def __init__(self, server, address="127.0.0.1", port=0):
        self.server = server
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        self.address, self.port = self._socket.getsockname()
        self.sent_bytes = self.received_bytes = 0

    def close(self):
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, message, to=None):
        content = message if isinstance(message, bytes) else message.encode()
        self.sent_bytes += len(content)
        self._socket.sendto(content, to or self.server)

    def receive(self, within=5.0):
        """The next message, or None."""
        self._socket.settimeout(max(within, 0.001))
        try:
            content, source = self._socket.recvfrom(65536)
        except TimeoutError:
            return None
        self.received_bytes += len(content)
        return Message(content, source)

    def wait_for(self, wanted, within=10.0) -> Message:
        """The next message with that method or status; others are passed over."""
        end = time.monotonic() + within
        passed = []
        while time.monotonic() < end:
            message = self.receive(end - time.monotonic())
            if message and wanted in (message.method, message.status):
                return message
            passed.append(message)
        raise AssertionError(f"no {wanted} within {within} s, but {passed}")

    def all_within(self, seconds: float) -> list:
        end = time.monotonic() + seconds
        messages = []
        while (left := end - time.monotonic()) > 0:
            message = self.receive(left)
            if message:
                messages.append(message)
        return messages

    def request(self, method, user, *, headers="", body="", call_id=None, from_user="probe", to_tag="", cseq=1,
                branch=None, from_tag=None, uri=None, to_user=None, to_uri=None):  # fmt: skip
        """The text of a request to `user` at the server."""
        host = f"{self.server[0]}:{self.server[1]}"
        uri = uri or f"sip:{user}@{host}"
        to = f"<{to_uri or f'sip:{to_user or user}@{host}'}>" + (f";tag={to_tag}" if to_tag else "")
        content = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.address}:{self.port};branch={branch or 'z9hG4bK' + token()};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{from_user}@{host}>;tag={from_tag or token()}\r\nTo: {to}\r\n"
            f"Call-ID: {call_id or token(20)}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:{from_user}@{self.address}:{self.port}>\r\n"
            f"{headers}{content}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def respond(self, request: Message, status: int, reason="x", *, tag="peer", headers="", body=""):
        same = [f"Via: {via}\r\n" for via in request.all("Via")]
        to = request.get("To") + ("" if "tag=" in request.get("To") or status == 100 else f";tag={tag}")
        content = "Content-Type: application/sdp\r\n" if body else ""
        self.send(
            f"SIP/2.0 {status} {reason}\r\n{''.join(same)}From: {request.get('From')}\r\nTo: {to}\r\n"
            f"Call-ID: {request.get('Call-ID')}\r\nCSeq: {request.get('CSeq')}\r\n"
            f"Contact: <sip:peer@{self.address}:{self.port}>\r\n"
            f"{headers}{content}Content-Length: {len(body.encode())}\r\n\r\n{body}",
            request.source,
        )

    def register(self, user: str, password: str, expires=600) -> Message:
        """Digest and all; the answer to the second REGISTER."""
        uri = f"sip:{self.server[0]}:{self.server[1]}"
        call_id, expiry = token(20), f"Expires: {expires}\r\n"
        self.send(self.request("REGISTER", user, uri=uri, call_id=call_id, from_user=user, headers=expiry))
        challenge = self.wait_for(401)
        proof = authorization(challenge.get("WWW-Authenticate"), "REGISTER", uri, user, password)
        headers = f"Authorization: {proof}\r\n{expiry}"
        self.send(self.request("REGISTER", user, uri=uri, call_id=call_id, from_user=user, headers=headers, cseq=2))
        return self.receive() or self.receive()
