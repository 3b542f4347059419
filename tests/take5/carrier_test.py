"""A group call through a trunk whose carrier is difficult: a stand-in that the test can count on."""

import unittest

from support.belfry_server import BelfryServer, wait_until
from support.due_calls import CONFIG
from support.exchange import Exchange
from take5.people import add_group, create_call, must, participants_of, status_of, wait_status

TALKS, SILENT, FORKED, LATE = "6501000001", "6501000007", "6501000008", "6501000009"


class Carrier(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exchange = cls.enterClassContext(Exchange())
        cls.server = cls.enterClassContext(BelfryServer(CONFIG.format(port=cls.exchange.port)))
        cls.call = create_call(cls.server, add_group(cls.server, [TALKS, SILENT, FORKED, LATE]))["callId"]
        must(cls.server, "POST", f"/api/chime/call/{cls.call}/start")

    def ring(self, number):
        (ring,) = wait_until(lambda: self.exchange.rings_of("+1" + number), 20, f"a ring of {number}")
        return ring

    def test_of_two_devices_that_answer_the_second_is_hung_up(self):
        ring = self.ring(FORKED)
        wait_until(lambda: ring.heard["BYE", ring.fork_tag], 30, "a BYE for the second")
        self.assertGreater(ring.heard["ACK", ring.fork_tag], 0, "the second needs its ACK too")
        self.assertGreater(ring.heard["ACK", ring.tag], 0)

    def test_an_answer_that_crosses_the_cancel_is_hung_up(self):
        ring = self.ring(LATE)
        wait_until(lambda: ring.heard["BYE", ring.tag], 30, "a BYE")
        self.assertGreater(ring.heard["CANCEL", ""], 0)
        self.assertGreater(ring.heard["ACK", ring.tag], 0)

    def test_a_carrier_that_says_nothing_more_holds_nothing_up(self):
        ring = self.ring(SILENT)
        wait_until(lambda: ring.heard["CANCEL", ""], 30, "a CANCEL")
        wait_status(self.server, self.call, "ended", 30)
        self.assertEqual(len(ring.contents), 1, "one INVITE, whatever is repeated")

    def test_the_call_ends_and_says_who_was_there(self):
        wait_status(self.server, self.call, "ended", 30)
        statuses = participants_of(self.server, self.call)
        expected = {TALKS: "left", FORKED: "left", SILENT: "no-answer", LATE: "no-answer"}
        self.assertEqual(statuses, {"+1" + number: status for number, status in expected.items()})
        self.assertTrue(status_of(self.server, self.call)["reason"])
        wait_until(lambda: not self.exchange.busy(), 60, "phones that fall silent")
        for number in (TALKS, SILENT, FORKED, LATE):
            self.assertEqual(len(self.exchange.rings_of("+1" + number)), 1, number)


if __name__ == "__main__":
    unittest.main()
