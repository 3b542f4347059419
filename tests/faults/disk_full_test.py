"""A disk without room (rule R2): new calls are refused honestly, the rest goes on, and it recovers.

The server's own limit on file sizes stands in for the disk: it needs no privileges and can be lifted again."""

import resource
import unittest
import urllib.error
import urllib.request

from support.belfry_server import BelfryServer, wait_until
from support.phone import FINAL, Phone, all_calls, wait_final


def limit_files(server, size: int):
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, most))


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(BelfryServer())
        self.busy = Phone(self.server, on_call="busy")

    def place(self) -> tuple:
        return self.server.request("POST", "/notifications/call", {"phone_number": self.busy.number, "task_title": "t"})

    def fill(self) -> tuple:
        """Lets the database grow against a limit just above its size: (calls taken, the refusal)."""
        largest = max(file.stat().st_size for file in self.server.data.iterdir() if file.is_file())
        limit_files(self.server, largest + 100_000)
        taken = []

        def refused():
            status, answer = self.place()
            if status == 201:
                taken.append(answer["call_sid"])
                return None
            return status, answer

        return taken, wait_until(refused, 60, "a refusal")

    def test_new_calls_are_refused_and_taken_again_when_there_is_room(self):
        taken, (status, answer) = self.fill()
        self.assertEqual(status, 503, answer)
        self.assertGreater(len(taken), 0)
        request = urllib.request.Request(
            self.server.url + "/notifications/call",
            b'{"phone_number":"+14155551234","task_title":"t"}', {"Content-Type": "application/json"},
        )  # fmt: skip
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=10)
        self.assertEqual(refusal.exception.code, 503)
        self.assertGreaterEqual(int(refusal.exception.headers["Retry-After"]), 1)
        refusal.exception.close()
        self.assertEqual(self.server.request("GET", "/healthz")[0], 200, "the server lives")
        self.assertEqual(self.server.request("POST", "/admin/api/calls", {"to": "+15559", "say": "x"})[0], 503)

        limit_files(self.server, resource.RLIM_INFINITY)
        wait_until(lambda: self.place()[0] == 201, 30, "taking calls again")
        for sid in taken:
            self.assertIn(wait_final(self.server, sid)["status"], FINAL)

    def test_a_call_that_lives_when_the_disk_fills_is_finished(self):
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        text = "One two three four five six seven eight nine ten. " * 4
        _, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number, "say": text + "The end."})
        phone.wait_heard("One two", call["sid"])
        self.fill()
        ended = phone.wait_end(call["sid"])
        self.assertTrue(phone.heard(call["sid"]).endswith("The end."), ended)
        limit_files(self.server, resource.RLIM_INFINITY)
        self.assertEqual(wait_final(self.server, call["sid"])["status"], "completed")

    def test_a_crash_while_the_disk_is_full_loses_nothing(self):
        taken, _ = self.fill()
        self.server.kill()
        self.server.start()
        wait_until(lambda: all(call["status"] in FINAL for call in all_calls(self.server)), 30, "the end of all calls")
        self.assertEqual(set(taken) - {call["sid"] for call in all_calls(self.server)}, set())


if __name__ == "__main__":
    unittest.main()
