"""Recordings when the disk is full or the server is killed (rules R2, R8): the call goes on, the sound is kept."""

import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import wave

from support.account import Account, seconds
from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, wait_final

SOURCE = pathlib.Path(__file__).parents[1] / "support" / "full_disk.c"
RECORDED = {"Record": "true", "Trim": "do-not-trim"}
TEN_WORDS = "One two three four five six seven eight nine ten. "


class DiskFull(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.library = cls.folder + "/full_disk.so"
        compiler = next(name for name in ("cc", "gcc", "clang-19", "clang") if shutil.which(name))
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", cls.library, str(SOURCE), "-ldl"], check=True)

    def test_a_recording_without_room_fails_and_its_call_goes_on(self):
        lever = pathlib.Path(self.folder) / "full"
        server = BelfryServer()
        server.environment = {
            "LD_PRELOAD": self.library, "FULL_DISK_FOLDER": str(server.data / "recordings"), "FULL_DISK_SWITCH": str(lever),
        }  # fmt: skip
        with server:
            account = Account(server)
            phone = Phone(server, on_call="answer", answer_after_ms=50)
            sid = account.call(phone.number, f"<Response><Say>{TEN_WORDS * 2}</Say><Say>The end.</Say></Response>", **RECORDED)
            account.wait_for_seconds(sid, 2)
            lever.touch()
            failed = account.wait_status(sid, "failed")
            self.assertEqual(server.request("GET", f"/admin/api/calls/{sid}")[1]["status"], "in-progress")
            phone.wait_end(sid)
            self.assertTrue(phone.heard(sid).endswith("The end."))
            self.assertEqual(wait_final(server, sid)["status"], "completed")
            lever.unlink()
            self.assertGreaterEqual(int(failed["duration"]), 1, "what was written is kept")
            self.assertGreater(seconds(account.sound(failed["sid"])), 0.5)


class Killed(unittest.TestCase):
    def test_the_sound_up_to_the_last_second_survives_a_kill(self):
        with BelfryServer() as server:
            account = Account(server)
            phone = Phone(server, on_call="answer", answer_after_ms=50)
            sid = account.call(phone.number, f"<Response><Say>{TEN_WORDS * 9}</Say></Response>", **RECORDED)
            account.wait_status(sid, "in-progress")
            began = time.monotonic()
            account.wait_for_seconds(sid, 4)
            server.kill()
            lasted = time.monotonic() - began
            [part] = (server.data / "recordings").glob("*.part")
            with wave.open(str(part)) as left:  # as it is, before anybody repairs it
                self.assertGreater(seconds(left), lasted - 1.2)
            server.start()
            recording = account.wait_status(sid, "completed")
            self.assertGreater(seconds(account.sound(recording["sid"])), lasted - 1.2)
            self.assertEqual(wait_final(server, sid)["status"], "completed")
            self.assertEqual(list((server.data / "recordings").glob("*.part")), [])

    def test_one_that_had_no_sound_yet_is_absent(self):
        with BelfryServer() as server:
            account = Account(server)
            phone = Phone(server, on_call="answer", answer_after_ms=50)
            sid = account.call(phone.number, "<Response><Pause length='60'/></Response>", **RECORDED)
            account.wait_status(sid, "in-progress")
            [part] = wait_until(lambda: list((server.data / "recordings").glob("*.part")), 10, "its file")
            server.kill()
            part.write_bytes(b"")  # what a power cut leaves of a young file
            server.start()
            self.assertEqual(account.wait_status(sid, "absent")["error_code"], 16101)
            self.assertEqual(wait_final(server, sid)["status"], "completed")


if __name__ == "__main__":
    unittest.main()
