"""What strangers send: RFC 4475's torture messages, garbage, scans, and audio into a call that is not theirs."""

import pathlib
import random
import re
import socket
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import all_calls
from support.rtp import RtpEndpoint, tone
from support.sip import Peer, authorization, parameter, sdp, token
from support.sipp import Sipp
from support.trunks import Trunks, notify

TORTURE = pathlib.Path(__file__).resolve().parents[2] / "src" / "sip" / "testdata" / "rfc4475"
PHONES = '[[phone]]\nuser = "desk1"\npassword = "correct horse"\nnumber = "+15550001111"\n'


def torture() -> list:
    """(name, answer, the message) of each row of the table."""
    rows = []
    for line in (TORTURE / "expected.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, answer, *_ = line.split()
            rows.append((name, answer, (TORTURE / f"{name}.dat").read_bytes()))
    return rows


def over_udp(message: bytes) -> bytes:
    """The same with UDP in the top Via, as it would have been sent over this transport."""
    return re.sub(rb"(?im)^((?:v|via)\s*:\s*SIP\s*/\s*2\.0\s*/\s*)[A-Z]+", rb"\1UDP", message, count=1)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer(PHONES))
        cls.sip = ("127.0.0.1", cls.server.sip_port)

    def peer(self, address="127.0.0.1") -> Peer:
        return self.enterContext(Peer(self.sip, address))

    def assert_alive(self):
        with Peer(self.sip) as peer:
            peer.send(peer.request("OPTIONS", "anybody"))
            self.assertEqual(peer.wait_for(200).status, 200)


class Torture(Hostile):
    def test_every_message_of_rfc_4475_gets_its_answer(self):
        rows = torture()
        self.assertEqual(len(rows), 49)
        for number, (name, expected, message) in enumerate(rows):
            with self.subTest(name), Peer(self.sip, f"127.0.4.{number + 1}") as peer:
                peer.send(over_udp(message))
                silent = expected in ("drop", "accept") or b"SIP/2.0/UDP" not in over_udp(message)
                answer = peer.receive(0.15 if silent else 3)
                while answer and answer.status == 100:
                    answer = peer.receive(3)
                self.check(message, expected, answer)
                self.assert_alive()
        self.assertEqual(all_calls(self.server), [])

    def test_what_a_request_means_is_looked_at_when_it_is_for_us(self):
        """The rows that go to somebody else's domain and are 404 for that; here they come from a trunk, to us."""
        with Peer(("127.0.0.1", 9)) as trunk:
            trunks = Trunks()
            trunks.add(trunk.port)
            with BelfryServer(trunks.text) as server:
                trunk.server = ("127.0.0.1", server.sip_port)
                for name, expected, message in torture():
                    if name in ("bext01", "invut", "sdp01", "regaut01"):
                        with self.subTest(name):
                            ours = b"sip:+15550001111@127.0.0.1:%d" % server.sip_port
                            trunk.send(re.sub(rb"^(\S+) \S+", rb"\1 " + ours, over_udp(message), count=1))
                            self.assertEqual(str(trunk.receive(3).status), expected)
                self.assertEqual(all_calls(server), [])

    def check(self, message: bytes, expected: str, answer):
        if expected in ("drop", "accept"):
            return self.assertIsNone(answer)
        self.assertIsNotNone(answer)
        if expected == "process":
            self.assertNotEqual(answer.status, 400)
        elif answer.status not in (401, 404):  # a stranger, or somebody else's domain: asked before (rules S1, S2)
            self.assertEqual(str(answer.status), expected)
        self.assertNotIn(b"\0", answer.content)

    def test_the_same_over_tcp(self):
        for name, _, message in torture():
            with self.subTest(name), socket.create_connection(self.sip, 5) as stream:
                stream.sendall(message)
                stream.shutdown(socket.SHUT_WR)
                stream.settimeout(5)
                try:
                    while stream.recv(65536):
                        pass
                except ConnectionResetError:
                    pass
            self.assert_alive()
        self.assertEqual(all_calls(self.server), [])

    def test_garbage_of_all_sizes(self):
        dice = random.Random(4475)
        samples = [message for _, _, message in torture()]
        peer = self.peer("127.0.5.1")
        for _ in range(150):
            peer.send(dice.randbytes(dice.choice((0, 1, 4, 20, 200, 1400, 9000))))
            broken = bytearray(dice.choice(samples))
            for _ in range(dice.randrange(1, 12)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            peer.send(bytes(broken[: dice.randrange(1, len(broken))]))
        self.assert_alive()
        self.assertEqual(all_calls(self.server), [])


class Scans(Hostile):
    """Rules S1, S3 and S4: as SIPVicious does it."""

    METHODS = ("INVITE", "REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY")

    def probe(self, peer, method, user, **more):
        body = sdp(peer.address, 40000) if method == "INVITE" else ""
        from_user = more.pop("from_user", user)
        peer.send(peer.request(method, user, body=body, from_user=from_user, **more))
        return peer.receive(3)

    def test_every_method_needs_credentials_and_an_invented_tag_does_not_help(self):
        peer = self.peer("127.0.6.1")
        for method in self.METHODS:
            for user in ("desk1", "nobody"):
                for tag in ("", "invented"):
                    with self.subTest(method=method, user=user, tag=tag):
                        answer = self.probe(peer, method, user, to_tag=tag)
                        self.assertIn(answer.status, (401, 403, 481))
                        if not tag:
                            self.assertEqual(answer.status, 401)
        self.assertEqual(all_calls(self.server), [])

    def test_known_and_unknown_users_look_the_same(self):
        peer = self.peer("127.0.6.2")

        def shape(answer):
            text = answer.content.decode()
            for name in ("nonce", "branch", "tag"):
                text = re.sub(rf'{name}="?[^";,\s]*', name, text)
            return re.sub(r"Call-ID: \S+", "", text).replace("nobody", "desk1").replace("desk2", "desk1")

        for method in ("REGISTER", "INVITE"):
            known = self.probe(peer, method, "desk1")
            self.assertEqual(shape(known), shape(self.probe(peer, method, "nobody")))
            uri = f"sip:127.0.0.1:{self.server.sip_port}"
            refused = []
            for user in ("desk1", "desk2"):
                proof = authorization(known.get("WWW-Authenticate"), method, uri, user, "wrong")
                headers = f"Authorization: {proof}\r\n"
                refused.append(self.probe(peer, method, user, uri=uri, headers=headers, cseq=2))
            self.assertEqual(refused[0].status, 401)
            self.assertEqual(shape(refused[0]), shape(refused[1]))

    def test_a_scan_of_extensions_learns_nothing_and_gets_few_bytes_once(self):
        peer = self.peer("127.0.6.3")
        statuses = set()
        for extension in range(100, 140):
            for method in ("OPTIONS", "REGISTER", "INVITE"):
                answer = self.probe(peer, method, str(extension), headers="User-Agent: Asterisk PBX\r\n")
                if answer:
                    statuses.add((method, answer.status))
        self.assertEqual(statuses, {("OPTIONS", 200), ("REGISTER", 401), ("INVITE", 401)})
        self.assertLessEqual(peer.received_bytes, 3 * peer.sent_bytes)
        self.assertEqual(peer.all_within(6), [], "refusals are sent once")
        self.assertEqual(all_calls(self.server), [])

    def test_a_scanner_by_its_name_hears_nothing(self):
        peer = self.peer("127.0.6.4")
        for method in ("OPTIONS", "REGISTER", "INVITE"):
            peer.send(peer.request(method, "100", headers="User-Agent: friendly-scanner\r\n"))
        self.assertEqual(peer.all_within(1), [])
        self.assert_alive()

    def test_answers_go_to_where_the_request_came_from(self):
        victim, peer = self.peer("127.0.6.5"), self.peer("127.0.6.6")
        for via in (f"{victim.address}:{victim.port};received={victim.address}", f"{victim.address}:{victim.port};maddr={victim.address}"):
            text = peer.request("OPTIONS", "100").replace(f"Via: SIP/2.0/UDP {peer.address}:{peer.port}", f"Via: SIP/2.0/UDP {via}")
            peer.send(text.replace(";rport", ""))
            self.assertEqual(peer.wait_for(200).status, 200)
        route = f"Route: <sip:{victim.address}:{victim.port};lr>\r\n"
        peer.send(peer.request("OPTIONS", "100", headers=route))
        self.assertTrue(peer.receive(3))
        peer.send(peer.request("INVITE", "100", uri=f"sip:100@{victim.address}:{victim.port}", body=sdp(peer.address, 40000)))
        self.assertEqual(peer.receive(3).status, 404)  # rule S2
        self.assertEqual(victim.all_within(1), [])

    def test_guessing_is_banned_but_the_owner_elsewhere_is_not(self):
        guesser = self.peer("127.0.6.7")
        uri = f"sip:127.0.0.1:{self.server.sip_port}"
        answers = 0
        for guess in range(40):
            challenge = self.probe(guesser, "REGISTER", "desk1", uri=uri)
            if not challenge:
                break
            proof = authorization(challenge.get("WWW-Authenticate"), "REGISTER", uri, "desk1", f"guess {guess}")
            answer = self.probe(guesser, "REGISTER", "desk1", uri=uri, headers=f"Authorization: {proof}\r\n", cseq=2)
            answers += answer is not None
        self.assertGreaterEqual(answers, 5)
        self.assertLess(guess, 25, "about twenty wrong passwords a minute, then silence")
        self.assertEqual(self.peer("127.0.6.8").register("desk1", "correct horse").status, 200)


class StrangersAudio(unittest.TestCase):
    """Rules M1 and M6."""

    def test_a_strangers_packets_are_neither_heard_nor_answered(self):
        ear = self.enterContext(RtpEndpoint()).talk()
        sipp = self.enterContext(Sipp("answer", rtp_port=ear.port))
        trunks = Trunks()
        number = trunks.add(sipp.port)
        server = self.enterContext(BelfryServer(trunks.text))
        strangers = [self.enterContext(RtpEndpoint(f"127.0.7.{host}")) for host in (1, 2, 3)]
        first, last = map(int, server.media_ports.split("-"))
        ports = range(first, last + 1)
        self.spray(strangers[0], ports)  # before there is any call
        sid = notify(server, number)
        for _ in range(5):
            self.spray(strangers[0], ports)  # while it rings and is answered
        wait_until(lambda: ear.packets, 10, "audio")
        (media,) = ear.sources()
        self.press_and_shout(strangers[1], media)
        self.garbage(strangers[2], ports, server.sip_port)
        wait_until(lambda: ear.loud_seconds() > 3, 15, "the sentence in spite of it")
        call = server.request("GET", f"/admin/api/calls/{sid}")[1]
        self.assertEqual(call["status"], "in-progress")
        self.assertGreater(call["media"]["packets_in"], 50)
        self.assertLessEqual(call["media"]["packets_in"], ear.sent, "theirs are none of the call")
        _, events = server.request("GET", f"/admin/api/calls/{sid}/events")
        self.assertNotIn("digit.received", [event["type"] for event in events["items"]])
        ear.press("1")
        sipp.wait()
        packets = len(ear.packets)
        self.spray(strangers[0], ports)
        self.assertEqual(ear.sources(), {media})
        shown = server.request("GET", f"/notifications/call/{sid}")[1]
        self.assertTrue(shown["acknowledged"], "only its own key counts")
        for stranger in strangers:
            self.assertEqual(stranger.packets, [])
        self.assertEqual(len(ear.packets), packets, "after the call the port is silent")

    def spray(self, stranger, ports):
        for port in ports:
            stranger.send_packet(tone(0.02)[0], to=("127.0.0.1", port))

    def press_and_shout(self, stranger, media):
        stranger.remote = media
        stranger.send_key("1")
        for frame in tone(1):
            stranger.send_packet(frame)

    def garbage(self, stranger, ports, sip_port):
        dice = random.Random(7)
        for port in [*ports, *[sip_port] * 200]:
            stranger.send_raw(dice.randbytes(dice.choice((1, 3, 11, 12, 13, 60, 400, 1500))), ("127.0.0.1", port))


class OursOnly(unittest.TestCase):
    """Rule S5: a trunk's password is for that trunk."""

    def test_a_phone_that_challenges_us_gets_no_credentials(self):
        trunks = Trunks()
        port = self.enterContext(Peer(("127.0.0.1", 9))).port
        trunks.add(port, more='username = "belfry"\npassword = "trunk secret 7"\n')
        server = self.enterContext(BelfryServer(trunks.text + PHONES))
        with Peer(("127.0.0.1", server.sip_port)) as phone:
            self.assertEqual(phone.register("desk1", "correct horse").status, 200)
            for headers in ('WWW-Authenticate: Digest realm="carrier", nonce="n", qop="auth"\r\n',
                            f'Proxy-Authenticate: Digest realm="127.0.0.1:{port}", nonce="n", algorithm=MD5\r\n'):  # fmt: skip
                sid = notify(server, "+15550001111")
                invite = phone.wait_for("INVITE")
                phone.respond(invite, 407 if "Proxy" in headers else 401, headers=headers)
                phone.wait_for("ACK")
                self.assertEqual([each for each in phone.all_within(1) if each.method == "INVITE"], [])
                self.assertEqual(server.request("GET", f"/admin/api/calls/{sid}")[1]["status"], "failed")
            self.challenge_the_bye(server, phone)

    def challenge_the_bye(self, server, phone):
        ear = self.enterContext(RtpEndpoint()).talk()
        sid = notify(server, "+15550001111")
        invite = phone.wait_for("INVITE")
        phone.respond(invite, 200, body=sdp(ear.address, ear.port))
        phone.wait_for("ACK")
        server.request("POST", f"/admin/api/calls/{sid}/hang-up", {})
        bye = phone.wait_for("BYE")
        phone.respond(bye, 401, headers='WWW-Authenticate: Digest realm="carrier", nonce="n", qop="auth"\r\n')
        for message in phone.all_within(1):
            self.assertEqual(message.get("Authorization") + message.get("Proxy-Authorization"), "")


# The base has no tests of its own.
del Hostile
