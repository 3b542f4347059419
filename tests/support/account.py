"""Twilio's API of a server, as its only account."""

import base64
import io
import json
import urllib.error
import urllib.parse
import urllib.request
import wave

from support.belfry_server import wait_until


class Account:
    def __init__(self, server):
        self.server, self.keys = server, server.keys()
        credentials = f"{self.keys['account_sid']}:{self.keys['auth_token']}"
        self._authorization = "Basic " + base64.b64encode(credentials.encode()).decode()
        self.base = f"/2010-04-01/Accounts/{self.keys['account_sid']}"

    def fetch(self, method, path, **form) -> tuple:
        """(status, content)"""
        body = urllib.parse.urlencode(form).encode() if method == "POST" else None
        request = urllib.request.Request(self.server.url + self.base + path, body, method=method)
        request.add_header("Authorization", self._authorization)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def ask(self, method, path, **form) -> tuple:
        """(status, what its JSON says)"""
        status, content = self.fetch(method, path, **form)
        return status, json.loads(content) if content else None

    def create(self, path, **form) -> dict:
        status, body = self.ask("POST", path, **form)
        if status not in (200, 201):
            raise AssertionError(f"{path}: {status} {body}")
        return body

    def call(self, number, twiml, **terms) -> str:
        return self.create("/Calls.json", **{"To": number, "From": "+15005550006", "Twiml": twiml} | terms)["sid"]

    # --- Recordings ---

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
        status, content = self.fetch("GET", f"/Recordings/{recording_sid}.wav")
        assert status == 200, content
        return wave.open(io.BytesIO(content))


def seconds(sound: wave.Wave_read) -> float:
    return sound.getnframes() / sound.getframerate()
