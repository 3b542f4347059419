"""`<Dial><Sip>`: what the called endpoint says in its SIP responses reaches the action."""

import re
import unittest

from support.account import Account
from support.belfry_server import BelfryServer
from support.phone import Phone
from support.sip import Peer, sdp
from support.webhook_server import WebhookServer, twiml


class DialSip(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer('simulator = "on"\n'))
        cls.web = cls.enterClassContext(WebhookServer())
        cls.api = Account(cls.server)

    def dial(self, peer, name) -> str:
        """Has a simulated phone dial the peer; the call's SID."""
        done = f"{self.web.url}/{name}"
        self.web.on(f"/{name}", twiml("<Response/>"))
        document = (
            f'<Response><Dial action="{done}"><Sip>sip:desk@127.0.0.1:{peer.port}?X-Question=why</Sip></Dial></Response>'
        )
        phone = Phone(self.server, answer_after_ms=50)
        return self.api.create("/Calls.json", To=phone.number, From="+15550100100", Twiml=document)["sid"]

    def result(self, name) -> dict:
        return self.web.wait_for(f"/{name}", 1)[0].form

    def test_headers_of_the_answer(self):
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.dial(peer, "answered")
            invite = peer.wait_for("INVITE")
            self.assertEqual(invite.get("X-Question"), "why")
            headers = "X-Ticket: 4711\r\nSubject: no\r\nX-Queue-Name: night shift\r\n"
            peer.respond(invite, 200, "OK", headers=headers, body=sdp("127.0.0.1", 40000))
            ack = peer.wait_for("ACK")
            target = re.search(r"<([^>]+)>", invite.get("Contact"))[1]
            peer.send(
                f"BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{peer.port};branch=z9hG4bKbye;rport\r\n"
                f"Max-Forwards: 70\r\nFrom: {ack.get('To')}\r\nTo: {ack.get('From')}\r\n"
                f"Call-ID: {ack.get('Call-ID')}\r\nCSeq: 1 BYE\r\nX-Ticket: of-the-bye\r\nContent-Length: 0\r\n\r\n"
            )
            peer.wait_for(200)
            told = self.result("answered")
        self.assertEqual((told["DialCallStatus"], told["DialSipResponseCode"]), ("completed", "200"))
        self.assertEqual(told["DialSipCallId"], invite.get("Call-ID"))
        self.assertEqual(told["DialSipHeader_X-Ticket"], "4711")
        self.assertEqual(told["DialSipHeader_X-Queue-Name"], "night shift")
        self.assertNotIn("DialSipHeader_Subject", told)

    def test_headers_of_a_refusal(self):
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.dial(peer, "refused")
            invite = peer.wait_for("INVITE")
            peer.respond(invite, 486, "Busy Here", headers="X-Back-At: 14:00\r\n")
            peer.wait_for("ACK")
            told = self.result("refused")
        self.assertEqual((told["DialCallStatus"], told["DialSipResponseCode"]), ("busy", "486"))
        self.assertEqual(told["DialSipHeader_X-Back-At"], "14:00")


if __name__ == "__main__":
    unittest.main()
