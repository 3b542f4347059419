"""A simulated phone, seen through the simulator's HTTP control."""

import io
import itertools
import struct
import urllib.error
import urllib.parse
import urllib.request
import wave

from support.belfry_server import wait_until

_numbers = itertools.count(4155550000)

PRESS_1 = [{"after_speech": True, "press": "1"}]


def new_number() -> str:
    """One that no other test of this process uses."""
    return f"+1{next(_numbers)}"


class Phone:
    def __init__(self, server, number=None, **behaviour):
        """A phone without `behaviour` answers after a second and listens."""
        self.server = server
        self.number = number or new_number()
        self.path = "/sim/phones/" + urllib.parse.quote(self.number, safe="")
        if behaviour:
            self.behave(**behaviour)

    def behave(self, **behaviour):
        self._ask("PUT", "", behaviour)

    def press(self, digits: str):
        self._ask("POST", "/press", {"digits": digits})

    def answer(self):
        self._ask("POST", "/answer")

    def hang_up(self):
        self._ask("POST", "/hang-up")

    def _ask(self, method, path, body=None):
        status, answer = self.server.request(method, self.path + path, body)
        if not 200 <= status < 300:
            raise AssertionError(f"{method} {self.path}{path}: {status} {answer}")
        return answer

    def state(self) -> str:
        return self._ask("GET", "")["state"]

    def call(self, sid: str) -> dict:
        """What the phone knows of a call; nothing when it never rang."""
        for call in self._ask("GET", "")["calls"]:
            if call["call_sid"] == sid:
                return call
        return {}

    def heard(self, sid: str) -> str:
        return " ".join(piece["text"] for piece in self.call(sid).get("heard", []))

    def wait_state(self, state: str, within=15.0):
        wait_until(lambda: self.state() == state, within, f"phone {self.number} {state}")

    def wait_heard(self, words: str, sid: str, within=30.0):
        wait_until(lambda: words in self.heard(sid), within, f"“{words}” at {self.number}")

    def wait_end(self, sid: str, within=60.0) -> dict:
        def ended():
            call = self.call(sid)
            return call if call.get("state") == "ended" else None

        return wait_until(ended, within, f"the end of {sid} at {self.number}")

    def audio(self, sid: str) -> list:
        """Samples of what was heard, at 8 kHz or more, with the rate in front: (rate, samples)."""

        def fetched():
            url = self.call(sid)["audio_url"]
            try:
                with urllib.request.urlopen(self.server.url + url, timeout=20) as response:
                    return response.read()
            except urllib.error.HTTPError:
                return None  # the file has its name once it is complete

        content = wait_until(fetched, 10, f"what was heard in {sid}")
        with wave.open(io.BytesIO(content)) as file:
            assert (file.getnchannels(), file.getsampwidth()) == (1, 2), file.getparams()
            frames = file.readframes(file.getnframes())
            return file.getframerate(), list(struct.unpack(f"<{len(frames) // 2}h", frames))


def loud_seconds(rate: int, samples: list, above=300) -> float:
    """How much of it is sound: 20 ms windows with an RMS above the threshold."""
    window = rate // 50
    loud = 0
    for start in range(0, len(samples) - window, window):
        piece = samples[start : start + window]
        if (sum(sample * sample for sample in piece) / window) ** 0.5 > above:
            loud += 1
    return loud / 50


FINAL = ("completed", "busy", "failed", "no-answer", "canceled")


def wait_final(server, sid: str, within=60.0) -> dict:
    """The call as /admin/api shows it once it is over."""

    def final():
        _, call = server.request("GET", f"/admin/api/calls/{sid}")
        return call if isinstance(call, dict) and call.get("status") in FINAL else None

    return wait_until(final, within, f"a final status of {sid}")


def all_calls(server) -> list:
    """Every call that the server knows, page by page."""
    calls, cursor = [], ""
    while True:
        status, page = server.request("GET", f"/admin/api/calls?limit=200{cursor}")
        assert status == 200, page
        calls += page["items"]
        if not page["nextCursor"]:
            return calls
        cursor = "&cursor=" + page["nextCursor"]
