"""SIGKILL at random moments (rules R1, R3, R7, R9): what was promised is kept, once."""

import collections
import http.client
import pathlib
import random
import shutil
import sqlite3
import tempfile
import threading
import time
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import FINAL, all_calls
from support.webhook_server import WebhookServer

KILLS = 32
READY_WITHIN = 5  # rule R9; a loaded machine gets as much again below
PHONES = """
[[sim.phone]]
number = "+15550000001"
on_call = "busy"
[[sim.phone]]
number = "+15550000002"
on_call = "reject"
answer_after_ms = 30
[[sim.phone]]
number = "+15550000003"
on_call = "unreachable"
[[sim.phone]]
number = "+15550000004"
answer_after_ms = 20
script = [{ after_ms = 60, hang_up = true }]
[[sim.phone]]
number = "+15550000005"
on_call = "no-answer"
[[sim.phone]]
number = "+15550000006"
answer_after_ms = 10
script = [{ after_ms = 200, press = "1" }, { after_ms = 300, hang_up = true }]
[calls]
ring_timeout = 3
"""


class Customer(threading.Thread):
    """Asks for calls until the server is gone; what was answered 201 is a promise."""

    def __init__(self, server, callback_url, seed):
        super().__init__(daemon=True)
        self.server, self.callback_url = server, callback_url
        self.random = random.Random(seed)
        self.promised = {}  # SID -> whether a status callback was asked for
        self.other = []

    def run(self):
        while True:
            number = f"+1555000000{self.random.randint(1, 6)}"
            by_flux = self.random.random() < 0.5
            if by_flux:
                path, body = "/notifications/call", {"phone_number": number, "task_title": "t", "task_id": "t"}
            else:
                path = "/admin/api/calls"
                body = {"to": number, "say": "hello", "status_callback": self.callback_url, "ring_timeout_s": 3}
            try:
                status, answer = self.server.request("POST", path, body, timeout=10)
            except (OSError, ValueError, http.client.HTTPException):
                return
            if status == 201 and isinstance(answer, dict):
                self.promised[answer["call_sid" if by_flux else "sid"]] = not by_flux
            else:
                self.other.append((status, answer))


def check_database(test, folder):
    """On a copy, so that the server does its own recovery."""
    with tempfile.TemporaryDirectory() as copy:
        for file in pathlib.Path(folder).iterdir():
            if file.is_file():
                shutil.copy(file, copy)
        databases = [file for file in pathlib.Path(copy).iterdir() if file.read_bytes()[:15] == b"SQLite format 3"]
        test.assertEqual(len(databases), 1, databases)
        connection = sqlite3.connect(databases[0])
        test.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        connection.close()


class Kills(unittest.TestCase):
    def test_no_promise_is_lost_and_none_is_kept_twice(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        promised, refused = {}, []
        with WebhookServer() as web, BelfryServer(PHONES) as server:
            for kill in range(KILLS):
                customers = [Customer(server, web.url + "/status", chance.random()) for _ in range(3)]
                for customer in customers:
                    customer.start()
                time.sleep(chance.uniform(0.02, 0.6))  # the moment of the crash, not a wait for something
                server.kill()
                for customer in customers:
                    customer.join(15)
                    self.assertFalse(customer.is_alive())
                    promised |= customer.promised
                    refused += customer.other
                check_database(self, server.data)
                begun = time.monotonic()
                server.start()
                self.assertLess(time.monotonic() - begun, 2 * READY_WITHIN, f"seed {seed}, kill {kill}")
            self.assertGreater(len(promised), KILLS, f"seed {seed}: too few calls to say anything")
            self.assertEqual([answer for answer in refused if answer[0] != 503], [], f"seed {seed}")
            self.check_calls(server, promised, seed)
            self.check_callbacks(server, web, promised, seed)
            print(f"[{KILLS} kills, {len(promised)} promised calls, seed {seed}]", end=" ", flush=True)

    def check_calls(self, server, promised, seed):
        def all_final():
            calls = {call["sid"]: call for call in all_calls(server)}
            return calls if all(call["status"] in FINAL for call in calls.values()) else None

        calls = wait_until(all_final, 60, f"the end of all calls (seed {seed})")
        self.assertEqual(set(promised) - set(calls), set(), f"seed {seed}: lost")
        for call in calls.values():
            self.assertTrue(call["end_reason"], f"seed {seed}: {call}")
            self.assertTrue(call["ended_at"], f"seed {seed}: {call}")
        for sid in random.Random(seed).sample(sorted(calls), min(150, len(calls))):
            _, events = server.request("GET", f"/admin/api/calls/{sid}/events")
            types = [event["type"] for event in events["items"]]
            last = [kind for kind in types if kind.removeprefix("call.") in FINAL]
            self.assertEqual(len(last), 1, f"seed {seed}: {sid} {types}")
            self.assertLessEqual(types.count("call.attempt"), 1, f"seed {seed}: {sid} {types}")
            numbers = [event["seq"] for event in events["items"]]
            self.assertEqual(numbers, sorted(set(numbers)), f"seed {seed}: {sid} {types}")

    def check_callbacks(self, server, web, promised, seed):
        expected = {sid for sid, with_callback in promised.items() if with_callback}

        def told():
            return {request.form["CallSid"] for request in web.requests("/status")}

        wait_until(lambda: expected <= told(), 60, f"every terminal callback (seed {seed})")
        by_call = collections.defaultdict(list)
        for request in web.requests("/status"):
            by_call[request.form["CallSid"]].append(request)
        for sid, requests in by_call.items():
            ids = {request.headers["I-Twilio-Idempotency-Token"] for request in requests}
            self.assertEqual(len(ids), 1, f"seed {seed}: {sid} has more than one terminal event")
            self.assertEqual(len({request.body for request in requests}), 1, f"seed {seed}: {sid}")
            status = requests[0].form["CallStatus"]
            self.assertIn(status, FINAL)
            self.assertEqual(server.request("GET", f"/admin/api/calls/{sid}")[1]["status"], status)


class SecondServer(unittest.TestCase):
    def test_two_servers_never_share_a_folder(self):
        """Rule R6."""
        with BelfryServer() as first:
            second = BelfryServer()
            self.addCleanup(second.close)
            second.data = first.data
            second.launch()
            self.assertNotEqual(second.wait(), 0)
            self.assertIn(str(first.process.pid), second.stderr)


if __name__ == "__main__":
    unittest.main()
