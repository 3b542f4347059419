"""Why is there no audio? Faults put into real packets, and what the server says of them."""

import json
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, wait_final
from support.rtp import FRAME, RtpEndpoint, tone
from support.sipp import Sipp
from support.trunks import Trunks, events

LONG = "<Response><Pause length='120'/></Response>"


class Muttering(RtpEndpoint):
    """The noise of a quiet room: about -55 dBov."""

    def talk(self):
        self.play([b"\xf8\x78" * (FRAME // 2)] * 6000)
        return super().talk()


class WrongCodec(RtpEndpoint):
    """G.729, whatever was agreed."""

    def send_packet(self, payload, payload_type=18, **more):
        super().send_packet(payload[:20], payload_type, **more)


class Speaking(RtpEndpoint):
    def talk(self):
        self.play(tone(120))
        return super().talk()


class Verdicts(unittest.TestCase):
    """One call for each fault, all at once; each is judged while it lasts, by a command, and when it is over."""

    def place(self, server, number: str) -> str:
        status, call = server.request("POST", "/admin/api/calls", {"to": number, "twiml": LONG})
        self.assertEqual(status, 201, call)
        return call["sid"]

    def show(self, server, sid: str) -> dict:
        status, call = server.request("GET", f"/admin/api/calls/{sid}")
        self.assertEqual(status, 200, call)
        return call

    def wait_fault(self, server, sid: str, fault: str, words: str) -> dict:
        """Of a live call; the whole of it."""
        seen = {}

        def is_judged():
            seen.update(self.show(server, sid))
            audio = seen["audio"] or {}
            return audio.get("fault") == fault and words in audio["words"]

        try:
            wait_until(is_judged, 30, "verdict")
        except AssertionError as error:
            raise AssertionError(f"no {fault} with “{words}”, but {seen}") from error
        return seen

    def trace(self, server, sid: str, fault: str, words: str):
        answer = server.command("trace", sid)
        self.assertEqual(answer.returncode, 0 if fault == "none" else 1, answer)
        lines = answer.stdout.splitlines()
        self.assertTrue(lines[0].startswith(sid), answer.stdout)
        (verdict,) = [line for line in lines if line.startswith("audio: ")]
        self.assertIn(words, verdict)
        self.assertIn(" packets in, ", answer.stdout)
        self.assertTrue(any(line.endswith("  answered") for line in lines), answer.stdout)

    def end_and_check(self, server, sid: str, fault: str, words: str):
        """What is kept of the call is the same."""
        server.request("POST", f"/admin/api/calls/{sid}/hang-up")
        self.assertEqual(wait_final(server, sid)["status"], "completed")
        (ended,) = wait_until(lambda: events(server, sid, "media.ended"), 5, "the end of its media")
        self.assertEqual(ended["data"]["audio"]["fault"], fault, ended)
        self.assertIn(words, ended["data"]["audio"]["words"])
        call = self.show(server, sid)
        self.assertEqual({"media": call["media"], "audio": call["audio"]}, ended["data"])
        self.trace(server, sid, fault, words)

    def check(self, server, calls: dict, expected: dict):
        self.assertEqual(calls.keys(), expected.keys())
        for name, (fault, words) in expected.items():
            with self.subTest(name):
                self.wait_fault(server, calls[name], fault, words)
        for name, (fault, words) in expected.items():
            with self.subTest(name, over=False):
                self.trace(server, calls[name], fault, words)
        for name, (fault, words) in expected.items():
            with self.subTest(name, over=True):
                self.end_and_check(server, calls[name], fault, words)

    def test_real_packets_of_a_trunk(self):
        trunks, numbers, sipps = Trunks(), {}, {}
        ears = {
            "well": Speaking(),
            "muted": RtpEndpoint(),
            "silent": Muttering(),
            "codec": WrongCodec(),
            "nothing": RtpEndpoint(),
            "stranger": RtpEndpoint(),
        }
        for name, ear in ears.items():
            self.enterContext(ear)
            if name not in ("nothing", "stranger"):
                ear.talk()
            sipps[name] = self.enterContext(Sipp("answer", rtp_port=ear.port))
            numbers[name] = trunks.add(sipps[name].port)
        server = self.enterContext(BelfryServer(trunks.text))
        calls = {name: self.place(server, number) for name, number in numbers.items()}
        (invite,) = wait_until(lambda: sipps["stranger"].received("INVITE"), 10, "the call")
        elsewhere = self.enterContext(RtpEndpoint("127.0.0.2", remote=invite.media)).talk()
        self.check(
            server,
            calls,
            {
                "well": ("none", "Sound was heard"),
                "muted": ("muted", "digital silence"),
                "silent": ("silent", "-50 dBov"),
                "codec": ("codec-not-agreed", "payload type 18"),
                "nothing": ("no-packets", "firewall or NAT"),
                "stranger": ("wrong-address", f"from 127.0.0.2:{elsewhere.port}, but the party was to send from "
                                              f"127.0.0.1:{ears['stranger'].port}"),
            },
        )  # fmt: skip
        for sipp in sipps.values():
            sipp.wait()

    def test_networks_of_simulated_phones(self):
        server = self.enterContext(BelfryServer())
        talks = [{"say": "One two three four five six seven eight nine ten."}] * 20
        networks = {
            "deaf leg": {"one_way": "in"},
            "deaf phone": {"one_way": "out"},
            "lossy": {"loss": 0.3},
            "well": {},
        }
        calls = {"listener": self.place(server, Phone(server, answer_after_ms=0).number)}
        for name, network in networks.items():
            phone = Phone(server, answer_after_ms=0, network=network, script=talks)
            calls[name] = self.place(server, phone.number)
        self.check(
            server,
            calls,
            {
                "deaf leg": ("no-packets", "firewall or NAT"),
                "deaf phone": ("not-heard", "one-way"),
                "lossy": ("heavy-loss", "% of the packets from the party"),
                "well": ("none", "its reports say that it hears us"),
                "listener": ("none", "made to say nothing, and listens"),
            },
        )

    def test_a_call_that_nobody_answers_has_no_verdict(self):
        server = self.enterContext(BelfryServer())
        phone = Phone(server, on_call="busy")
        sid = self.place(server, phone.number)
        wait_final(server, sid)
        self.assertEqual((self.show(server, sid)["media"], self.show(server, sid)["audio"]), (None, None))
        answer = server.command("trace", sid)
        self.assertEqual(answer.returncode, 0, answer)
        self.assertIn("nothing is known", answer.stdout)
        self.assertEqual(events(server, sid, "media.ended"), [])

    def test_what_the_command_is_asked_for_wrongly(self):
        server = self.enterContext(BelfryServer())
        answer = server.command("trace", "CA" + "0" * 32)
        self.assertEqual((answer.returncode, answer.stdout), (1, ""))
        self.assertIn("no call", answer.stderr)
        sid = self.place(server, Phone(server, on_call="busy").number)
        wait_final(server, sid)
        shown = json.loads(server.command("trace", sid, "--json").stdout)
        self.assertEqual((shown["call"]["sid"], shown["events"][0]["type"]), (sid, "call.queued"))


if __name__ == "__main__":
    unittest.main()
