"""A conference of three codecs: PCMU, G.722 and Opus over RTP, each coded by the library that defines it."""

import threading
import unittest

from support.account import Account
from support.audio_codecs import G722, Opus, Pcmu
from support.belfry_server import BelfryServer, wait_until
from support.party import CodedVoice, Party, tone_frames
from support.trunks import Trunks
from support.webhook_server import WebhookServer, reply

TONES = {"PCMU": 440, "G.722": 740, "Opus": 1240}
CODECS = {"PCMU": Pcmu, "G.722": G722, "Opus": Opus}
MUSIC = 1850
ROOM = '<Response><Dial><Conference beep="false" waitUrl="">codecs</Conference></Dial></Response>'
OURS = '[[number]]\nnumber = "+15005550006"\ntwiml = "<Response/>"\n'
LOUD, QUIET = 3000, 150  # amplitudes, of 32768; the tones are sent with 6000


def wav(hertz: int) -> bytes:
    """Half a minute, so that nothing begins anew while somebody listens."""
    data = 300 * b"".join(sample.to_bytes(2, "little", signed=True) for frame in tone_frames(8000, hertz) for sample in frame)
    words = [36 + len(data), 16, 8000, 16000, len(data)]
    riff, size, rate, byte_rate, length = (word.to_bytes(4, "little") for word in words)
    return b"RIFF" + riff + b"WAVEfmt " + size + b"\1\0\1\0" + rate + byte_rate + b"\2\0\20\0data" + length + data


class ThreeCodecs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        trunks = Trunks()
        cls.parties = {name: cls.enterClassContext(Party(CodedVoice(CODECS[name], hertz))) for name, hertz in TONES.items()}
        numbers = {name: trunks.add(party.port) for name, party in cls.parties.items()}
        cls.web = cls.enterClassContext(WebhookServer())
        cls.web.on("/hold.wav", reply(200, wav(MUSIC), "audio/wav"))
        cls.server = cls.enterClassContext(BelfryServer(OURS + trunks.text))
        cls.account = Account(cls.server)
        cls.sids = {name: cls.account.call(number, ROOM) for name, number in numbers.items()}
        cls.room = wait_until(cls.full_room, 15, "three participants")

    @classmethod
    def full_room(cls):
        _, rooms = cls.account.ask("GET", "/Conferences.json?Status=in-progress")
        for room in rooms["conferences"]:
            _, present = cls.account.ask("GET", f"/Conferences/{room['sid']}/Participants.json")
            if len(present["participants"]) == len(TONES):
                return f"/Conferences/{room['sid']}/Participants"
        return None

    def update(self, name, **terms):
        self.account.create(f"{self.room}/{self.sids[name]}.json", **terms)

    def assert_heard(self, expected: dict):
        """Each listener hears the tones of those, loud and without a break, and nothing of the others."""
        levels = {}
        settled = 15  # frames, until what was asked for is heard

        def listen(name, party):
            party.voice.listen(settled)
            levels[name] = party.voice.levels([*TONES.values(), MUSIC])

        threads = [threading.Thread(target=listen, args=pair) for pair in self.parties.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, sources in expected.items():
            wanted = [TONES.get(source, MUSIC) for source in sources]
            for hertz, (least, greatest) in levels[name].items():
                with self.subTest(listener=name, hertz=hertz):
                    if hertz in wanted:
                        self.assertGreater(least, LOUD)
                    else:
                        self.assertLess(greatest, QUIET)

    def test_each_hears_exactly_the_other_two(self):
        self.assert_heard({"PCMU": ["G.722", "Opus"], "G.722": ["PCMU", "Opus"], "Opus": ["PCMU", "G.722"]})
        for party in self.parties.values():
            kinds = {packet[1] for packet in list(party.voice.packets)}
            self.assertEqual(kinds, {party.voice.codec.payload_type}, "each in its own codec")

    def test_hold_music_is_for_the_held_one_alone(self):
        for held in TONES:
            self.update(held, Hold="true", HoldUrl=self.web.url + "/hold.wav", HoldMethod="GET")
            others = [name for name in TONES if name != held]
            self.assert_heard({held: ["music"], others[0]: [others[1]], others[1]: [others[0]]})
            self.update(held, Hold="false")
        self.test_each_hears_exactly_the_other_two()

    def test_a_coach_is_heard_by_the_agent_alone(self):
        customer, agent, coach = "PCMU", "G.722", "Opus"
        self.update(coach, Coaching="true", CallSidToCoach=self.sids[agent])
        self.assert_heard({customer: [agent], agent: [customer, coach], coach: [customer, agent]})
        self.update(coach, Coaching="false")
        self.test_each_hears_exactly_the_other_two()


if __name__ == "__main__":
    unittest.main()
