"""Stopping with calls under way (rule R9), and memory over many calls (rule R11)."""

import http.client
import json
import pathlib
import signal
import threading
import time
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import FINAL, Phone, all_calls, wait_final
from support.webhook_server import WebhookServer

LONG = "One two three four five six seven eight nine ten. " * 2 + "The end."


class Drain(unittest.TestCase):
    def live_call(self, server, web, say=LONG):
        phone = Phone(server, on_call="answer", answer_after_ms=50)
        body = {"to": phone.number, "say": say, "status_callback": web.url + "/status"}
        _, call = server.request("POST", "/admin/api/calls", body)
        phone.wait_heard("One", call["sid"])
        return phone, call["sid"]

    def test_a_live_call_is_finished_and_new_ones_are_refused(self):
        with WebhookServer() as web, BelfryServer() as server:
            phone, sid = self.live_call(server, web)
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: server.request("GET", "/readyz")[0] == 503, 5, "not being ready")
            self.assertEqual(server.request("GET", "/healthz")[0], 200)
            connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
            body = json.dumps({"phone_number": "+14155551234", "task_title": "t"})
            connection.request("POST", "/notifications/call", body, {"Content-Type": "application/json"})
            refusal = connection.getresponse()
            self.assertEqual(refusal.status, 503)
            self.assertGreaterEqual(int(refusal.headers["Retry-After"]), 1)
            connection.close()
            heard = wait_until(lambda: "The end." in phone.heard(sid) and phone.heard(sid), 30, "the end of the text")
            self.assertEqual(heard, LONG)
            self.assertEqual(server.wait(), 0)
            (request,) = web.requests("/status")
            self.assertEqual((request.form["CallSid"], request.form["CallStatus"]), (sid, "completed"))
            server.start()
            self.assertEqual(wait_final(server, sid)["status"], "completed")
            self.assertEqual(len(web.requests("/status")), 1, "what was told is not told again")

    def test_a_call_that_lasts_longer_is_hung_up_with_the_reason(self):
        with WebhookServer() as web, BelfryServer(arguments=("--drain-timeout", "1")) as server:
            _, sid = self.live_call(server, web, LONG * 5)
            begun = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begun, 15)
            (request,) = web.requests("/status")
            self.assertEqual(request.form["CallStatus"], "completed")
            server.start()
            call = wait_final(server, sid)
            self.assertEqual(call["status"], "completed")
            self.assertIn("the server is stopping", call["end_reason"])

    def test_a_second_signal_ends_it_at_once_and_clean(self):
        with WebhookServer() as web, BelfryServer() as server:
            _, sid = self.live_call(server, web, LONG * 5)
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: server.request("GET", "/readyz")[0] == 503, 5, "not being ready")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(5), 0)
            server.start()
            call = wait_final(server, sid)
            self.assertEqual(call["status"], "completed")
            self.assertTrue(call["end_reason"])

    def test_an_idle_server_stops_soon(self):
        with BelfryServer() as server:
            begun = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begun, 5)


class Memory(unittest.TestCase):
    """The first calls fill caches and pools; after them each may leave its row and nothing else."""

    WARM_UP, CALLS, CLIENTS = 500, 2000, 4
    GROWTH = 12 << 20  # 6 KiB a call: a leaked leg would be more

    def rss(self) -> int:
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) << 10

    def descriptors(self) -> int:
        return len(list(pathlib.Path(f"/proc/{self.server.process.pid}/fd").iterdir()))

    def place(self, count: int):
        failures = []

        def client(share):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=30)
            for number in range(share):
                body = json.dumps({"phone_number": f"+1415556{number % 50:04}", "task_title": f"Task {number}"})
                connection.request("POST", "/notifications/call", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                if response.status != 201:
                    failures.append(response.status)
            connection.close()

        clients = [threading.Thread(target=client, args=(count // self.CLIENTS,)) for _ in range(self.CLIENTS)]
        for each in clients:
            each.start()
        for each in clients:
            each.join(120)
        self.assertEqual(failures, [])

    def settled(self):
        """All calls are over and their callbacks delivered."""
        metrics = self.server.request("GET", "/metrics")[1]
        active = [line for line in metrics.splitlines() if line.startswith("belfry_call_legs_active")]
        return active and float(active[0].split()[-1]) == 0

    def test_it_stays_bounded(self):
        self.server = self.enterContext(BelfryServer())
        for number in range(50):
            Phone(self.server, f"+1415556{number:04}", on_call="busy")
        self.place(self.WARM_UP)
        wait_until(self.settled, 60, "the end of the first calls")
        memory, descriptors = self.rss(), self.descriptors()
        self.place(self.CALLS)
        wait_until(self.settled, 120, "the end of all calls")
        self.assertLess(self.rss() - memory, self.GROWTH)
        # What the last phones heard is written and closed a moment after their calls.
        wait_until(lambda: self.descriptors() - descriptors < 10, 30, "the closing of files and connections")
        calls = all_calls(self.server)
        self.assertEqual(len(calls), self.WARM_UP + self.CALLS)
        self.assertEqual({call["status"] for call in calls}, {"busy"})

    def test_answered_calls_leave_nothing_either(self):
        self.server = self.enterContext(BelfryServer())
        script = [{"after_ms": 100, "hang_up": True}]
        for number in range(50):
            Phone(self.server, f"+1415556{number:04}", on_call="answer", answer_after_ms=10, script=script)
        self.place(400)
        wait_until(self.settled, 60, "the end of the first calls")
        memory, descriptors = self.rss(), self.descriptors()
        self.place(400)
        wait_until(self.settled, 60, "the end of all calls")
        self.assertLess(self.rss() - memory, self.GROWTH)
        # What the last phones heard is written and closed a moment after their calls.
        wait_until(lambda: self.descriptors() - descriptors < 10, 30, "the closing of files and connections")
        self.assertLessEqual({call["status"] for call in all_calls(self.server)}, set(FINAL))


if __name__ == "__main__":
    unittest.main()
