"""How a server ends (rule R9)."""

import signal
import time
import unittest

from support.belfry_server import BelfryServer, wait_until


class Ending(unittest.TestCase):
    def serve(self, **settings):
        server = BelfryServer(**settings)
        self.addCleanup(server.close)
        return server.start()

    def place_a_long_call(self, server):
        server.request("PUT", "/sim/phones/%2B15550000001", {"on_call": "answer", "answer_after_ms": 0})
        twiml = '<Response><Pause length="60"/></Response>'
        status, call = server.request("POST", "/admin/api/calls", {"to": "+15550000001", "twiml": twiml})
        self.assertEqual(status, 201, call)
        path = f"/admin/api/calls/{call['sid']}"
        wait_until(lambda: server.request("GET", path)[1]["status"] == "in-progress", what="the answer")
        return path

    def test_the_first_sigterm_or_sigint_ends_an_idle_server_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.serve()
            server.process.send_signal(number)
            self.assertEqual(server.wait(), 0)
            self.assertIn("server.stopped", server.stderr)

    def test_sigterm_lets_live_calls_end_and_takes_no_new_ones(self):
        server = self.serve(config="drain_timeout = 60")
        path = self.place_a_long_call(server)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: server.request("GET", "/readyz")[0] == 503, what="the drain")
        status, _ = server.request("POST", "/admin/api/calls", {"to": "+15550000002", "say": "too late"})
        self.assertEqual(status, 503)
        self.assertEqual(server.request("GET", path)[1]["status"], "in-progress")
        self.assertEqual(server.request("POST", path + "/hang-up")[0], 202)
        self.assertEqual(server.wait(), 0)

    def test_calls_are_ended_when_the_time_to_drain_is_over(self):
        server = self.serve(config="drain_timeout = 1")
        path = self.place_a_long_call(server)
        self.assertEqual(server.stop(), 0)
        server.start()
        status, call = server.request("GET", path)
        self.assertEqual((status, call["status"]), (200, "completed"))
        self.assertIsNotNone(call["ended_at"])

    def test_a_second_sigterm_ends_at_once(self):
        server = self.serve(config="drain_timeout = 60")
        self.place_a_long_call(server)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: server.request("GET", "/readyz")[0] == 503, what="the drain")
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.wait()
        self.assertLess(time.monotonic() - begun, 5)


if __name__ == "__main__":
    unittest.main()
