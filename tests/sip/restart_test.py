"""Rule R3 on real sockets: SIGKILL in the middle of calls, and what phones see of it."""

import signal
import unittest

from support.trunks import Trunks, acknowledged, events, notify
from support.belfry_server import BelfryServer, wait_until
from support.phone import all_calls, wait_final
from support.rtp import RtpEndpoint
from support.sipp import Sipp


class Restart(unittest.TestCase):
    def start(self, scenario: str) -> tuple:
        """(server, sipp, ear, sid) with a call on its way."""
        ear = self.enterContext(RtpEndpoint()).talk()
        sipp = self.enterContext(Sipp(scenario, rtp_port=ear.port))
        trunks = Trunks()
        number = trunks.add(sipp.port)
        server = self.enterContext(BelfryServer(trunks.text))
        return server, sipp, ear, notify(server, number)

    def status(self, server, sid) -> str:
        return server.request("GET", f"/admin/api/calls/{sid}")[1]["status"]

    def test_a_ringing_phone_gets_the_same_invite_again_and_rings_once(self):
        server, sipp, ear, sid = self.start("slow")
        wait_until(lambda: self.status(server, sid) == "ringing", 10, "ringing")
        server.kill()
        before = sipp.received("INVITE")
        server.start()
        wait_until(lambda: len(sipp.received("INVITE")) > len(before), 10, "the INVITE again")
        wait_until(lambda: self.status(server, sid) == "in-progress", 15, "the answer")
        ear.press("1")
        call = wait_final(server, sid)
        self.assertEqual(call["status"], "completed", call)
        self.assertTrue(acknowledged(server, sid))
        sipp.wait()  # it knows one call; an INVITE of another would be a second one, and unexpected
        invites = sipp.received("INVITE")
        self.assertEqual({message.content for message in invites}, {before[0].content})
        self.assertGreater(ear.loud_seconds(), 1)
        self.assertEqual([each["sid"] for each in all_calls(server)], [sid])

    def test_a_second_signal_ends_the_server_in_order_with_a_call_on_the_line(self):
        server, sipp, ear, sid = self.start("answer")
        wait_until(lambda: ear.loud_seconds() > 1, 10, "some of the sentence")
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: server.request("GET", "/readyz")[0] == 503, 5, "the drain")
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(10), 0)
        server.start()
        sipp.wait()
        self.assertEqual(len(sipp.received("BYE")), 1)
        self.assertEqual(wait_final(server, sid)["status"], "completed")

    def test_an_answered_call_is_hung_up_with_the_reason(self):
        server, sipp, ear, sid = self.start("answer")
        wait_until(lambda: ear.loud_seconds() > 1, 10, "some of the sentence")
        server.kill()
        server.start()
        sipp.wait()
        (bye,) = sipp.received("BYE")
        self.assertEqual(bye.get("Reason"), 'SIP;cause=503;text="restart"')
        invite = sipp.received("INVITE")[0]
        self.assertEqual(bye.get("Call-ID"), invite.get("Call-ID"))
        self.assertEqual(bye.get("From"), invite.get("From"))
        call = wait_final(server, sid)
        self.assertEqual(call["status"], "completed", call)
        self.assertIn("restart", call["end_reason"])
        self.assertIsNotNone(call["duration_s"])
        self.assertEqual(events(server, sid, "media.ended"), [], "what was seen of its audio went with the crash")
        self.assertIsNone(call["audio"])
        self.assertFalse(acknowledged(server, sid))

    def test_sigterm_lets_the_call_end_first(self):
        server, sipp, ear, sid = self.start("answer")
        wait_until(lambda: ear.loud_seconds() > 0.5, 10, "some of the sentence")
        server.process.terminate()
        wait_until(lambda: ear.loud_seconds() > 3, 15, "the sentence going on")
        ear.press("1")
        self.assertEqual(server.wait(), 0)
        sipp.wait()
        server.start()
        call = wait_final(server, sid)
        self.assertEqual(call["status"], "completed")
        self.assertEqual(call["audio"]["fault"], "muted", "the last that was seen of its audio is kept")
        self.assertTrue(acknowledged(server, sid))
