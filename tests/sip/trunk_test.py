"""Flux calls over trunks: sipp is the carrier, our own RTP end the party's ear."""

import threading
import unittest

from support.belfry_server import BelfryServer, free_port, wait_until
from support.phone import all_calls, wait_final
from support.rtp import RtpEndpoint, longest_pause, spectrum, windows
from support.sip import Peer, digest_parameters, digest_response, parameter, sdp, token
from support.sipp import Sipp
from support.trunks import Trunks, acknowledged, events, notify

ACCOUNT = ("belfry", "trunk secret 7")


def seconds_between(first: dict, second: dict) -> float:
    def seconds(event):
        clock, _, rest = event["at"].partition("T")[2].rstrip("Z").partition(".")
        hours, minutes, whole = map(int, clock.split(":"))
        return hours * 3600 + minutes * 60 + whole + float("0." + (rest or "0"))

    return (seconds(second) - seconds(first)) % 86400


class Calls(unittest.TestCase):
    """All calls are placed at once, each over a trunk of its own; a test waits for its own."""

    SCENARIOS = {  # name: scenario, keys, whether somebody listens
        "one": ("answer", {}, True),
        "two": ("answer", {}, True),
        "busy": ("refuse_486", {}, False),
        "declined": ("refuse_603", {}, False),
        "no-answer": ("ring", {}, False),
        "cross": ("cross", {}, True),
        "challenge": ("challenge", {}, True),
        "hold": ("hold", {}, True),
        "hang-up": ("hang_up", {}, True),
        "tcp": ("answer", {"transport": "t1"}, True),
    }

    @classmethod
    def setUpClass(cls):
        trunks = Trunks()
        cls.sipps, cls.ears, cls.numbers = {}, {}, {}
        for name, (scenario, keys, listens) in cls.SCENARIOS.items():
            if listens:
                cls.ears[name] = cls.enterClassContext(RtpEndpoint())
                keys = keys | {"rtp_port": cls.ears[name].port}
                cls.ears[name].talk()
            cls.sipps[name] = cls.enterClassContext(Sipp(scenario, **keys))
            more = 'transport = "tcp"\n' if name == "tcp" else ""
            if name == "challenge":
                more = f'username = "{ACCOUNT[0]}"\npassword = "{ACCOUNT[1]}"\n'
            cls.numbers[name] = trunks.add(cls.sipps[name].port, more=more)
        cls.ears["fail-over"] = cls.enterClassContext(RtpEndpoint()).talk()
        cls.sipps["overloaded"] = cls.enterClassContext(Sipp("refuse_503"))
        cls.sipps["fail-over"] = cls.enterClassContext(Sipp("answer", rtp_port=cls.ears["fail-over"].port))
        cls.numbers["fail-over"] = trunks.add(cls.sipps["overloaded"].port, cls.sipps["fail-over"].port)
        cls.numbers["refused connection"] = trunks.add(free_port(), more='transport = "tcp"\n')
        silent = Trunks()
        number = silent.add(free_port())
        cls.patient = cls.enterClassContext(BelfryServer(silent.text))
        cls.silent_sid = notify(cls.patient, number)
        cls.server = cls.enterClassContext(BelfryServer(trunks.text + "[calls]\nring_timeout = 4\n"))
        cls.sids = {name: notify(cls.server, number) for name, number in cls.numbers.items()}
        cls.spoken, cls.sentences = {}, {}
        for name, key in {"one": "1", "two": "2", "challenge": "1", "tcp": "1", "fail-over": "1"}.items():
            threading.Thread(target=cls.press_after_the_sentence, args=(name, key), daemon=True).start()

    @classmethod
    def press_after_the_sentence(cls, name: str, key: str):
        ear = cls.ears[name]
        cls.spoken[name] = seconds_between(*cls.wait_spoken(name))
        packets = len(ear.packets)
        wait_until(lambda: len(ear.packets) > packets + 15, 5, "some silence")
        cls.sentences[name] = ear.loud()
        ear.press(key)

    @classmethod
    def wait_spoken(cls, name: str, words="Press 1") -> tuple:
        """(first word, last word): the events at both ends of what was said when a piece with `words` is over."""

        def spoken():
            began = events(cls.server, cls.sids[name], "speech.started")
            ended = events(cls.server, cls.sids[name], "speech.finished")
            for number, piece in enumerate(began[: len(ended)]):
                if words in piece["data"]["text"]:
                    return began[0], ended[number]

        return wait_until(spoken, 30, f"“{words}” in the call {name}")

    def ended(self, name: str) -> dict:
        call = wait_final(self.server, self.sids[name])
        self.assertTrue(call["end_reason"], call)
        return call

    def assert_failed(self, name: str, status: str):
        call = self.ended(name)
        self.assertEqual(call["status"], status, call)
        self.assertFalse(acknowledged(self.server, self.sids[name]))

    def test_the_sentence_is_in_the_audio_and_1_acknowledges(self):
        ear, sid = self.ears["one"], self.sids["one"]
        call = self.ended("one")
        self.sipps["one"].wait()
        self.assertEqual(call["status"], "completed", call)
        self.assertTrue(acknowledged(self.server, sid))
        spoken, sentence = self.spoken["one"], self.sentences["one"]
        self.assertGreater(spoken, 4)
        first, last = sentence.index(True), len(sentence) - 1 - sentence[::-1].index(True)
        self.assertLess(abs((last - first) / 50 - spoken), 1.0, "as long as the events say")
        self.assertLess(longest_pause(sentence[: last + 1]), 1.2)
        self.assertGreater(sum(sentence) / 50, spoken * 0.55, "no holes in it")
        self.assertFalse(any(sentence[last + 1 :]))
        self.check_is_speech([window for window, loud in zip(windows(ear.samples()), sentence) if loud])
        after = ear.loud()[len(sentence) :]
        self.assertGreater(sum(after) / 50, 1, "a confirmation is heard")

    def check_is_speech(self, loud: list):
        """Most of it between 100 and 3400 Hz, and over many pitches: neither noise, hum nor a tone."""
        powers = [sum(bins) for bins in zip(*(spectrum(window) for window in loud[::5]))]
        total = sum(powers)
        self.assertGreater(sum(powers[2:69]) / total, 0.9)
        self.assertLess(max(powers) / total, 0.5)
        self.assertGreater(sum(powers[2:20]), sum(powers[50:]), "voices are stronger below 1 kHz than above 2.5")

    def test_packets_are_numbered_and_timed_without_gap_from_one_port(self):
        self.ended("one")
        packets = list(self.ears["one"].packets)
        self.assertEqual(len(self.ears["one"].sources()), 1)
        steps = [(second[2] - first[2]) & 0xFFFF for first, second in zip(packets, packets[1:])]
        self.assertEqual(set(steps), {1}, "each sequence number once and in order")
        clock = [(second[3] - first[3]) & 0xFFFFFFFF for first, second in zip(packets, packets[1:])]
        self.assertEqual(set(clock), {160}, "20 ms of the RTP clock a packet")

    def test_2_does_not_acknowledge(self):
        self.assert_failed("two", "completed")
        self.sipps["two"].wait()
        _, shown = self.server.request("GET", f"/notifications/call/{self.sids['two']}")
        self.assertEqual(shown["digits"], "2")

    def test_busy(self):
        self.assert_failed("busy", "busy")
        self.sipps["busy"].wait()
        self.assertEqual(len(self.sipps["busy"].received("INVITE")), 1)

    def test_declined(self):
        self.assert_failed("declined", "busy")
        self.sipps["declined"].wait()

    def test_nobody_answers_and_it_is_cancelled(self):
        self.assert_failed("no-answer", "no-answer")
        self.sipps["no-answer"].wait()
        (cancel,) = self.sipps["no-answer"].received("CANCEL")
        (invite,) = self.sipps["no-answer"].received("INVITE")
        self.assertEqual(cancel.branch, invite.branch)

    def test_an_answer_that_crosses_the_cancel_is_hung_up(self):
        self.assert_failed("cross", "no-answer")
        self.sipps["cross"].wait()
        self.assertEqual(len(self.sipps["cross"].received("BYE")), 1)

    def test_503_goes_to_the_next_trunk(self):
        sipp = self.sipps["fail-over"]
        self.assertEqual(self.ended("fail-over")["status"], "completed")
        self.assertTrue(acknowledged(self.server, self.sids["fail-over"]))
        self.sipps["overloaded"].wait()
        sipp.wait()
        (refused,) = self.sipps["overloaded"].received("INVITE")
        (taken,) = sipp.received("INVITE")
        self.assertNotEqual(refused.branch, taken.branch)

    def test_a_trunk_that_does_not_take_connections(self):
        self.assert_failed("refused connection", "failed")

    def test_udp_without_an_answer_fails_after_64_times_t1(self):
        call = wait_final(self.patient, self.silent_sid)
        self.assertEqual(call["status"], "failed", call)
        self.assertFalse(acknowledged(self.patient, self.silent_sid))

    def test_a_challenge_of_the_trunk_is_answered_with_its_password(self):
        sipp = self.sipps["challenge"]
        self.assertEqual(self.ended("challenge")["status"], "completed")
        sipp.wait()
        first, second = sipp.received("INVITE")
        self.assertEqual(first.get("Proxy-Authorization"), "")
        self.assertEqual(first.get("Call-ID"), second.get("Call-ID"))
        self.assertLess(int(first.get("CSeq").split()[0]), int(second.get("CSeq").split()[0]))
        proof = second.get("Proxy-Authorization")
        given = digest_parameters(proof)
        self.assertEqual(given["algorithm"], "SHA-256", "the stronger of the two that were offered")
        self.assertEqual(given["uri"], second.start.split(" ")[1])
        self.assertEqual((given["username"], given["nonce"], given["nc"]), (ACCOUNT[0], "8a3f0c", "00000001"))
        expected = digest_response("INVITE", given["uri"], given, *ACCOUNT)
        self.assertEqual(given["response"], expected)

    def test_on_hold_nothing_is_sent_and_afterwards_it_goes_on(self):
        ear = self.ears["hold"]
        self.ended("hold")
        self.sipps["hold"].wait()
        times = [packet[0] for packet in ear.packets]
        gaps = sorted(second - first for first, second in zip(times, times[1:]))
        self.assertGreater(gaps[-1], 1.5, "two seconds on hold")
        self.assertLess(gaps[-1], 2.6)
        self.assertLess(gaps[-2], 0.5, "held once")

    def test_a_party_that_hangs_up_in_the_sentence(self):
        self.assert_failed("hang-up", "completed")
        self.sipps["hang-up"].wait()
        packets = list(self.ears["hang-up"].packets)
        self.assertLess(packets[-1][0] - packets[0][0], 2.5, "nothing is sent after BYE")

    def test_a_trunk_over_tcp(self):
        self.assertEqual(self.ended("tcp")["status"], "completed")
        self.assertTrue(acknowledged(self.server, self.sids["tcp"]))
        self.sipps["tcp"].wait()
        (invite,) = self.sipps["tcp"].received("INVITE")
        self.assertIn("SIP/2.0/TCP", invite.get("Via"))

    def test_each_call_is_one_record(self):
        self.assertEqual(sorted(call["sid"] for call in all_calls(self.server)), sorted(self.sids.values()))


class IncomingCalls(unittest.TestCase):
    NUMBER = "+15550001111"

    @classmethod
    def setUpClass(cls):
        cls.trunk_port = free_port()
        trunks = Trunks()
        trunks.add(cls.trunk_port)
        document = "<Response><Say>Welcome to the house of bells.</Say></Response>"
        number = f'[[number]]\nnumber = "{cls.NUMBER}"\ntwiml = "{document}"\n'
        cls.server = cls.enterClassContext(BelfryServer(trunks.text + number))

    def call(self, scenario: str) -> RtpEndpoint:
        ear = self.enterContext(RtpEndpoint()).talk()
        to = ("127.0.0.1", self.server.sip_port)
        with Sipp(scenario, self.trunk_port, to, self.NUMBER, rtp_port=ear.port) as sipp:
            sipp.wait()
        return ear

    def test_a_call_from_a_trunk_hears_its_document(self):
        ear = self.call("call")
        self.assertGreater(ear.loud_seconds(), 1)
        newest = all_calls(self.server)[0]
        self.assertEqual((newest["direction"], newest["to"]), ("inbound", self.NUMBER))
        self.assertEqual(wait_final(self.server, newest["sid"])["status"], "completed")

    def test_an_ack_that_comes_late_still_makes_the_call(self):
        ear = self.enterContext(RtpEndpoint()).talk()
        with Peer(("127.0.0.1", self.server.sip_port), port=self.trunk_port) as peer:
            invite = peer.request("INVITE", self.NUMBER, body=sdp(ear.address, ear.port), call_id=token(), from_tag="late")
            peer.send(invite)
            first = peer.wait_for(200)
            again = [message for message in peer.all_within(4.5) if message.get("CSeq") == "1 INVITE"]
            self.assertGreaterEqual(len(again), 3, "200 is repeated until the ACK (RFC 3261, 13.3.1.4)")
            self.assertEqual({message.content for message in again}, {first.content})
            tag = parameter(first.get("To"), "tag")
            peer.send(peer.request("ACK", self.NUMBER, call_id=first.get("Call-ID"), from_tag="late", to_tag=tag))
            bye = peer.wait_for("BYE")
            peer.respond(bye, 200)
        self.assertGreater(ear.loud_seconds(), 1)
