"""A long recording goes to a store of somebody else's in parts."""

import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from support.account import Account
from support.belfry_server import BelfryServer, free_port, wait_until
from support.long_recording import leave_long_recording
from support.phone import Phone

S3RVER = pathlib.Path(__file__).parents[1] / "node_modules" / "s3rver" / "bin" / "s3rver.js"
MORE = 20 << 20
PARTS = 3  # of 8 MiB


class LongRecording(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.port = free_port()
        words = ["node", S3RVER, "-d", folder, "-a", "127.0.0.1", "-p", self.port, "--configure-bucket", "calls"]
        self.log = self.enterContext(open(f"{folder}/log", "w+"))
        store = subprocess.Popen(list(map(str, words)), stdout=self.log, stderr=subprocess.STDOUT)
        self.addCleanup(store.wait)
        self.addCleanup(store.terminate)
        wait_until(lambda: self.fetch("/calls") is not None, 30, "the store")

    def fetch(self, path):
        """Headers and bytes; nothing while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.headers, error.read()
        except OSError:
            return None

    def test_comes_in_parts_and_is_whole(self):
        config = f"""
[aws]
endpoint_url = "http://127.0.0.1:{self.port}"
access_key_id = "S3RVER"
secret_access_key = "S3RVER"
recordings_bucket = "calls"
recordings_key = "{{recording}}.wav"
"""
        with BelfryServer(config) as server:
            phone = Phone(server, on_call="answer", answer_after_ms=20)
            twiml = f"<Response><Say>{'This is the begin of a long call. ' * 20}</Say></Response>"
            sid = Account(server).call(phone.number, twiml, Record="true", Trim="do-not-trim")
            leave_long_recording(server, sid, MORE)
            server.start()
            recording = Account(server).wait_status(sid, "completed")
            path = f"/calls/{recording['sid']}.wav"
            wait_until(lambda: self.fetch(path)[0].get("ETag"), 60, "the copy")
            headers, copy = self.fetch(path)
            _, ours = Account(server).fetch("GET", f"/Recordings/{recording['sid']}.wav")
            self.assertGreater(len(ours), MORE)
            self.assertTrue(copy == ours, "the copy is not the recording")
            self.assertEqual(headers["Content-Type"], "audio/wav")
        self.log.seek(0)
        put = re.findall(r"\?partNumber=(\d+)", self.log.read())
        self.assertEqual(put, [str(number + 1) for number in range(PARTS)])


if __name__ == "__main__":
    unittest.main()
