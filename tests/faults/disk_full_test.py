"""A disk without room (rule R2): new calls are refused honestly, live ones go on, and it recovers.

A preloaded library stands in for the disk: it needs no privileges, and room can be made again."""

import http.client
import pathlib
import resource
import shutil
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from support.belfry_server import BelfryServer, wait_until
from support.phone import FINAL, Phone, all_calls, wait_final

SOURCE = pathlib.Path(__file__).parents[1] / "support" / "full_disk.c"
STORAGE_FAILED = 74  # EX_IOERR
BUSY = "+14155557777"  # by configuration: it stays busy over a restart
CONFIG = f'[[sim.phone]]\nnumber = "{BUSY}"\non_call = "busy"\n'


def all_final(server) -> bool:
    return all(call["status"] in FINAL for call in all_calls(server))


def place(server) -> tuple:
    """A call that ends at once; the answer to it."""
    return server.request("POST", "/notifications/call", {"phone_number": BUSY, "task_title": "t"})


class DiskFull(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.library = cls.folder + "/full_disk.so"
        compiler = next(name for name in ("cc", "gcc", "clang-19", "clang") if shutil.which(name))
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", cls.library, str(SOURCE), "-ldl"], check=True)

    def setUp(self):
        self.lever = pathlib.Path(self.folder) / "full"
        self.addCleanup(self.lever.unlink, missing_ok=True)
        server = BelfryServer(CONFIG)
        server.environment = {
            "LD_PRELOAD": self.library, "FULL_DISK_FOLDER": str(server.data), "FULL_DISK_SWITCH": str(self.lever),
        }  # fmt: skip
        self.server = self.enterContext(server)

    def fill(self):
        self.lever.touch()
        return wait_until(lambda: refused if (refused := place(self.server))[0] != 201 else None, 20, "a refusal")

    def test_new_calls_are_refused_and_taken_again_when_there_is_room(self):
        taken = [place(self.server)[1]["call_sid"] for _ in range(20)]
        status, answer = self.fill()
        self.assertEqual(status, 503, answer)
        self.assertIsInstance(answer["detail"], str)
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

        self.lever.unlink()
        wait_until(lambda: place(self.server)[0] == 201, 30, "taking calls again")
        for sid in taken:
            # "failed" is honest too: the attempt could not be stored, so nobody was rung (rule R3).
            self.assertIn(wait_final(self.server, sid)["status"], ("busy", "failed"))
        self.assertEqual(self.server.stop(), 0)

    def test_a_call_that_lives_when_the_disk_fills_is_finished(self):
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        text = "One two three four five six seven eight nine ten. "
        document = f"<Response><Say>{text}</Say><Say>The end.</Say></Response>"
        _, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number, "twiml": document})
        phone.wait_heard("One two", call["sid"])
        self.fill()
        phone.wait_end(call["sid"])
        self.assertTrue(phone.heard(call["sid"]).endswith("The end."))
        self.lever.unlink()
        self.assertEqual(wait_final(self.server, call["sid"])["status"], "completed")
        wait_until(lambda: place(self.server)[0] == 201, 30, "taking calls again")
        _, events = self.server.request("GET", f"/admin/api/calls/{call['sid']}/events")
        self.assertIn("call.completed", [event["type"] for event in events["items"]])

    def test_a_crash_while_the_disk_is_full_loses_nothing(self):
        taken = [place(self.server)[1]["call_sid"] for _ in range(20)]
        self.fill()
        self.server.kill()
        self.lever.unlink()
        self.server.start()
        wait_until(lambda: all_final(self.server), 30, "the end of all calls")
        self.assertEqual(set(taken) - {call["sid"] for call in all_calls(self.server)}, set())


class WriteError(unittest.TestCase):
    def test_a_write_that_fails_otherwise_ends_the_process_and_loses_nothing(self):
        """What is on disk is unknown then, so nothing more may be promised."""
        with BelfryServer(CONFIG) as server:
            largest = max(file.stat().st_size for file in server.data.iterdir() if file.is_file())
            _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest + 100_000, most))
            taken = []
            while server.process.poll() is None:
                try:
                    status, answer = place(server)
                except (OSError, http.client.HTTPException):
                    continue
                if status == 201:
                    taken.append(answer["call_sid"])
            self.assertEqual(server.wait(), STORAGE_FAILED)
            self.assertGreater(len(taken), 0)
            server.start()
            wait_until(lambda: all_final(server), 30, "the end of all calls")
            self.assertEqual(set(taken) - {call["sid"] for call in all_calls(server)}, set())


if __name__ == "__main__":
    unittest.main()
