"""Recordings when the disk is full or the server is killed (rules R2, R8): the call goes on, the sound is kept."""

import base64
import io
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request
import wave

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, wait_final

SOURCE = pathlib.Path(__file__).parents[1] / "support" / "full_disk.c"
TEN_WORDS = "One two three four five six seven eight nine ten. "


class Account:
    """The API of a server, as its only account."""

    def __init__(self, server):
        self.server, self.keys = server, server.keys()
        credentials = f"{self.keys['account_sid']}:{self.keys['auth_token']}"
        self.headers = {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}
        self.base = f"/2010-04-01/Accounts/{self.keys['account_sid']}"

    def ask(self, method, path, **form):
        body = urllib.parse.urlencode(form).encode() if form else None
        headers = dict(self.headers)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.server.request(method, self.base + path, body, headers)

    def recorded_call(self, phone, twiml) -> str:
        terms = {"To": phone.number, "From": "+15005550006", "Twiml": twiml, "Record": "true", "Trim": "do-not-trim"}
        status, call = self.ask("POST", "/Calls.json", **terms)
        assert status == 201, call
        return call["sid"]

    def recording_of(self, call_sid):
        status, page = self.ask("GET", f"/Calls/{call_sid}/Recordings.json")
        assert status == 200, page
        return page["recordings"][0] if page["recordings"] else None

    def wait_status(self, call_sid, status):
        def reached():
            recording = self.recording_of(call_sid)
            return recording if recording and recording["status"] == status else None

        return wait_until(reached, 30, f"a recording that is {status}")

    def wait_for_seconds(self, call_sid, length):
        """Until so much of it can be heard, while it runs."""
        recording = self.wait_status(call_sid, "in-progress")
        wait_until(lambda: seconds(self.sound(recording["sid"])) > length, 30, f"{length} s of sound")

    def sound(self, recording_sid) -> wave.Wave_read:
        url = f"{self.server.url}{self.base}/Recordings/{recording_sid}.wav"
        with urllib.request.urlopen(urllib.request.Request(url, headers=self.headers), timeout=30) as response:
            return wave.open(io.BytesIO(response.read()))


def seconds(sound: wave.Wave_read) -> float:
    return sound.getnframes() / sound.getframerate()


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
            sid = account.recorded_call(phone, f"<Response><Say>{TEN_WORDS * 2}</Say><Say>The end.</Say></Response>")
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
            sid = account.recorded_call(phone, f"<Response><Say>{TEN_WORDS * 9}</Say></Response>")
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


if __name__ == "__main__":
    unittest.main()
