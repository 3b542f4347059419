"""The recording of a minute's call has its true length, and both its channels the same time."""

import random
import struct
import time
import unittest

from support.account import Account, seconds
from support.audio_codecs import Pcmu
from support.belfry_server import BelfryServer, wait_until
from support.party import Party
from support.rtp import FRAME, RtpEndpoint
from support.trunks import Trunks

OURS = '[[number]]\nnumber = "+15005550006"\ntwiml = "<Response/>"\n'
LENGTH = 60.0
ONE_FRAME = 0.02
BURST = 40  # samples: 5 ms
JITTER = 0.015  # seconds, at most
DUAL = {"Record": "true", "RecordingChannels": "dual", "Trim": "do-not-trim"}


class Clicker(RtpEndpoint):
    """Silence, and bursts at moments of `clock` that it shares with others. The network holds up its packets."""

    def __init__(self, clock: list, seed: int):
        super().__init__()
        self.codec = Pcmu()
        self._clock = clock
        self._random = random.Random(seed)

    def _send(self):
        began, frame = time.monotonic(), 0
        while not self._closed:
            sampled = began + frame * ONE_FRAME  # what the timestamp says
            late = self._random.choice([0, self._random.uniform(0, JITTER)])
            time.sleep(max(0.0, sampled + ONE_FRAME + late - time.monotonic()))
            try:
                self.send_packet(bytes(self._sample(sampled + i / 8000) for i in range(FRAME)))
            except OSError:
                return
            self._timestamp += FRAME
            frame += 1

    def _sample(self, at: float) -> int:
        return 0x90 if any(0 <= at - moment < BURST / 8000 for moment in self._clock) else 0xFF


class OneMinute(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clock = []
        cls.caller = cls.enterClassContext(Party(Clicker(cls.clock, 1)))
        cls.called = cls.enterClassContext(Party(Clicker(cls.clock, 2)))
        trunks = Trunks()
        caller, called = trunks.add(cls.caller.port), trunks.add(cls.called.port)
        cls.server = cls.enterClassContext(BelfryServer(OURS + trunks.text))
        cls.account = Account(cls.server)
        dial = f'<Response><Dial record="record-from-answer-dual"><Number>{called}</Number></Dial></Response>'
        cls.sid = cls.account.call(caller, dial, **DUAL)
        wait_until(lambda: cls.called.answered, 10, "the second answer")
        # Bursts in each ten seconds; the last packets are on their way when the call ends.
        cls.clock += [cls.called.answered + second for second in (3.0, 13.01, 23.02, 33.03, 43.04, 53.05, 59.06)]
        time.sleep(cls.caller.answered + LENGTH - time.monotonic())
        cls.ended = cls.caller.hang_up()

    def recordings(self) -> dict:
        """{source: (length, [left samples, right samples])}"""

        def finished():
            _, page = self.account.ask("GET", f"/Calls/{self.sid}/Recordings.json")
            found = page["recordings"]
            return found if len(found) == 2 and all(each["status"] == "completed" for each in found) else None

        sounds = {}
        for recording in wait_until(finished, 15, "both recordings"):
            sound = self.account.sound(recording["sid"])
            self.assertEqual((sound.getnchannels(), sound.getframerate()), (2, 8000))
            samples = struct.unpack(f"<{2 * sound.getnframes()}h", sound.readframes(sound.getnframes()))
            sounds[recording["source"]] = (seconds(sound), [samples[0::2], samples[1::2]])
            self.assertEqual(recording["duration"], str(round(seconds(sound))))
        return sounds

    def onsets(self, channel) -> list:
        """Where bursts begin, in samples."""
        found, quiet_since = [], -8000
        for at, sample in enumerate(channel):
            if abs(sample) > 1000:
                if at - quiet_since > 4000:
                    found.append(at)
                quiet_since = at
        return found

    def test_length_and_alignment(self):
        sounds = self.recordings()
        for source, began in {"OutboundAPI": self.caller.answered, "DialVerb": self.called.answered}.items():
            with self.subTest(source):
                length, channels = sounds[source]
                # The ring tone may end with the first tick of the recording.
                left, right = ([at / 8000 for at in self.onsets(channel) if at > 8000] for channel in channels)
                moments = [moment - began for moment in self.clock]
                told = (left, right, moments)
                early = [moment - heard for heard in left + right for moment in moments if abs(heard - moment) < 1]
                self.assertEqual(len(early), len(left) + len(right), told)
                # A machine that stands still for longer than a jitter buffer holds loses a burst; no other is out of
                # place, on either side, from the first to the last.
                self.assertGreaterEqual(min(len(left), len(right)), 5, told)
                self.assertLessEqual(max(early) - min(early), 0.002, told)
                # A frame comes when it is full, and a busy machine takes the answer in later than the party gives it.
                begun = sum(early) / len(early) + ONE_FRAME
                self.assertTrue(-0.002 < begun < 5 * ONE_FRAME, (begun, told))
                self.assertAlmostEqual(length, self.ended - began - begun, delta=ONE_FRAME)


if __name__ == "__main__":
    unittest.main()
