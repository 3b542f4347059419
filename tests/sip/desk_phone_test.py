"""A registered desk phone, which is baresip: it is rung, calls, presses keys and outlives our restart."""

import unittest

from support.baresip import Baresip
from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, all_calls, loud_seconds, wait_final
from support.trunks import acknowledged, events, notify

NUMBER = "+15550001111"
MENU = "+15550002222"
CONFIG = f"""simulator = "on"
[[phone]]
user = "desk1"
password = "secret1"
number = "{NUMBER}"
[[number]]
number = "{MENU}"
twiml = "<Response><Say>Welcome to the house of bells.</Say><Pause length='20'/></Response>"
"""


class DeskPhone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer(CONFIG))
        cls.phone = cls.enterClassContext(Baresip(cls.server, "desk1", "secret1"))
        cls.phone.wait_log("200 OK")

    def dial(self, number: str) -> str:
        """@return the SID of the call that comes in by it"""
        known = {call["sid"] for call in all_calls(self.server)}
        self.phone.command("dial", f"sip:{number}@127.0.0.1:{self.server.sip_port}")

        def new_call():
            return [call for call in all_calls(self.server) if call["sid"] not in known and call["direction"] == "inbound"]

        return wait_until(new_call, 10, f"a call to {number}")[0]["sid"]

    def test_it_is_rung_hears_the_sentence_and_its_key_acknowledges(self):
        sid = notify(self.server, NUMBER)
        wait_until(lambda: len(events(self.server, sid, "speech.finished")) >= 3, 20, "the sentence")
        self.assertGreater(self.phone.loud_seconds(), 2.5)
        self.phone.command("sndcode", "1")
        call = wait_final(self.server, sid)
        self.assertEqual(call["status"], "completed", call)
        self.assertTrue(acknowledged(self.server, sid))

    def test_it_calls_a_number_with_a_document_and_hangs_up(self):
        sid = self.dial(MENU)
        wait_until(lambda: self.phone.loud_seconds() > 1, 10, "the welcome")
        self.phone.command("hangup")
        call = wait_final(self.server, sid)
        self.assertEqual((call["status"], call["from"], call["to"]), ("completed", NUMBER, MENU))

    def test_it_calls_a_simulated_phone_that_hears_it_and_hangs_up(self):
        script = [{"after_ms": 3000, "hang_up": True}]
        other = Phone(self.server, "+15550004444", on_call="answer", answer_after_ms=100, script=script)
        sid = self.dial(other.number)
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")
        (child,) = [call for call in all_calls(self.server) if call["parent_sid"] == sid]
        self.assertEqual((child["to"], child["status"]), (other.number, "completed"))
        self.assertGreater(loud_seconds(*other.audio(child["sid"])), 1.5, "baresip's tone")
        self.assertIn("Call with", self.phone.log)
        wait_until(lambda: "terminated" in self.phone.log, 5, "the end of it at baresip")

    def test_it_is_still_registered_after_our_restart(self):
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        sid = notify(self.server, NUMBER)
        wait_until(lambda: events(self.server, sid, "call.in-progress"), 10, "the answer")
        self.phone.command("hangup")
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")
        self.assertFalse(acknowledged(self.server, sid))
