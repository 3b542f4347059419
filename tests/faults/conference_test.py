"""A conference whose moderator's process is killed: its silence ends the leg, and with it the conference."""

import time
import unittest

from support.account import Account
from support.baresip import Baresip
from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, all_calls, wait_final
from support.webhook_server import WebhookServer, twiml

ROOM = "+15550002222"
MODERATED = "+15550003333"


class Conference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.web = cls.enterClassContext(WebhookServer())
        config = 'simulator = "on"\n[[phone]]\nuser = "desk1"\npassword = "secret1"\nnumber = "+15550001111"\n'
        for number, path in ((ROOM, "/guest"), (MODERATED, "/moderator")):
            config += f'[[number]]\nnumber = "{number}"\nvoice_url = "{cls.web.url}{path}"\n'
        cls.server = cls.enterClassContext(BelfryServer(config))
        cls.api = Account(cls.server)

    def test_it_ends_with_a_moderator_whose_process_is_killed(self):
        room = f'<Conference {{}} statusCallback="{self.web.url}/events" statusCallbackEvent="start end leave">team</Conference>'
        moderator = room.format('endConferenceOnExit="true"')
        self.web.on("/moderator", twiml(f"<Response><Dial>{moderator}</Dial></Response>"))
        guest = Phone(self.server, answer_after_ms=50)
        document = f"<Response><Dial>{room.format('')}</Dial><Say>The meeting is over.</Say></Response>"
        with Baresip(self.server, "desk1", "secret1") as desk:
            desk.wait_log("200 OK")
            desk.command("dial", f"sip:{MODERATED}@127.0.0.1:{self.server.sip_port}")
            call = self.api.create("/Calls.json", To=guest.number, From=ROOM, Twiml=document)
            wait_until(lambda: "conference-start" in self.told(), 20, "the conference")
            leg = next(each for each in all_calls(self.server) if each["to"] == MODERATED)
            killed = time.monotonic()
            desk.process.kill()
            desk.process.wait()
            ended = wait_final(self.server, leg["sid"], within=100)
            silent_for = time.monotonic() - killed
        self.assertEqual(ended["status"], "completed")
        self.assertGreater(silent_for, 50, "rule S9: a minute without RTP")
        guest.wait_heard("The meeting is over.", call["sid"])
        self.assertEqual(wait_final(self.server, call["sid"])["status"], "completed")
        wait_until(lambda: "conference-end" in self.told(), 10, "the end of the conference")
        end = next(each.form for each in self.web.requests("/events") if each.form["StatusCallbackEvent"] == "conference-end")
        self.assertEqual(end["CallSidEndingConference"], leg["sid"])

    def told(self) -> list:
        return [each.form["StatusCallbackEvent"] for each in self.web.requests("/events")]


if __name__ == "__main__":
    unittest.main()
