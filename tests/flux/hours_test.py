"""Rule P1: nobody is rung by a machine outside the calling hours of where they are."""

import unittest

from support.belfry_server import BelfryServer
from support.sipp import Sipp
from support.trunks import Trunks

TASK = {"phone_number": "+14155559999", "task_title": "Submit quarterly report"}
NEVER_OPEN = {"BELFRY_FLUX__CALLING_UNTIL": "0"}


class CallingHours(unittest.TestCase):
    def test_a_carrier_is_not_asked_outside_of_them_and_the_answer_says_why(self):
        with Sipp("refuse_486") as carrier:
            trunks = Trunks()
            number = trunks.add(carrier.port)
            with BelfryServer(trunks.text, environment=NEVER_OPEN) as server:
                status, answer = server.request("POST", "/notifications/call", TASK | {"phone_number": number})
                self.assertEqual(status, 403, answer)
                self.assertIn("automatic calls are made from 00:00 to 00:00 at the callee", answer["detail"])
                self.assertEqual(server.request("GET", "/admin/api/calls")[1]["items"], [])
            self.assertFalse(carrier.received("INVITE"))

    def test_a_simulated_phone_disturbs_nobody(self):
        with BelfryServer(environment=NEVER_OPEN) as server:
            self.assertEqual(server.request("POST", "/notifications/call", TASK)[0], 201)


if __name__ == "__main__":
    unittest.main()
