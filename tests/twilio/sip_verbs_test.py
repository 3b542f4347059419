"""Refer, Dial with Sip, and transfers that a phone asks for: with parties that speak SIP."""

import unittest

from support.account import Account
from support.belfry_server import BelfryServer, wait_until
from support.party import Party, Silence
from support.phone import Phone, wait_final
from support.sip import digest_parameters, digest_response
from support.trunks import Trunks
from support.webhook_server import WebhookServer, twiml

OURS = 'simulator = "on"\n[[number]]\nnumber = "+15005550006"\ntwiml = "<Response/>"\n'
EXPERT = "sip:expert@192.0.2.7"


class SipVerbs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        trunks = Trunks()
        cls.parties, cls.numbers = {}, {}
        for name, statuses in {"willing": {"REFER": 202}, "unwilling": {"REFER": 603}, "asking": {}}.items():
            cls.parties[name] = cls.enterClassContext(Party(Silence(), statuses))
            cls.numbers[name] = trunks.add(cls.parties[name].port)
        cls.web = cls.enterClassContext(WebhookServer())
        cls.server = cls.enterClassContext(BelfryServer(OURS + trunks.text))
        cls.account = Account(cls.server)

    def place(self, number, path, document) -> str:
        self.web.on(path, twiml(f"<Response>{document}</Response>"))
        terms = {"To": number, "From": "+15005550006", "Url": self.web.url + path}
        return self.account.create("/Calls.json", **terms)["sid"]

    def codes(self, sid) -> list:
        _, page = self.account.ask("GET", f"/Calls/{sid}/Notifications.json")
        return [int(each["error_code"]) for each in page["notifications"]]

    # --- Refer ---

    def test_a_party_is_referred_and_its_new_call_told_to_the_action(self):
        party = self.parties["willing"]
        self.web.on("/referred", twiml("<Response/>"))
        sid = self.place(self.numbers["willing"], "/refer", f'<Refer action="/referred"><Sip>{EXPERT}?X-Case=7</Sip></Refer>')
        refer = party.wait_for("REFER")
        self.assertIn(EXPERT, refer.get("Refer-To"))
        party.notify("100 Trying", "active;expires=60")
        party.notify("200 OK", "terminated;reason=noresource")
        form = self.web.wait_for("/referred")[0].form
        results = [form[name] for name in ("ReferCallStatus", "ReferSipResponseCode", "NotifySipResponseCode", "CallSid")]
        self.assertEqual(results, ["completed", "202", "200", sid])
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")
        party.wait_for("BYE")

    def test_a_party_that_does_not_want_to_be_referred_stays(self):
        self.web.on("/stays", twiml("<Response><Pause length='30'/></Response>"))
        sid = self.place(self.numbers["unwilling"], "/refer-no", f'<Refer action="/stays" method="GET"><Sip>{EXPERT}</Sip></Refer>')
        asked = self.web.wait_for("/stays")[0]
        self.assertEqual((asked.method, asked.query["ReferCallStatus"], asked.query["ReferSipResponseCode"]), ("GET", "failed", "603"))
        self.assertNotIn("NotifySipResponseCode", asked.query)
        self.parties["unwilling"].hang_up()
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")

    def test_who_does_not_speak_sip_cannot_be_referred(self):
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        sid = self.place(phone.number, "/refer-phone", f"<Refer><Sip>{EXPERT}</Sip></Refer>")
        wait_final(self.server, sid)
        self.assertIn(13801, wait_until(lambda: self.codes(sid), 10, "the notification"))

    # --- Dial with Sip ---

    def test_a_sip_address_is_dialled_with_its_headers_and_credentials(self):
        self.web.on("/sip-done", twiml("<Response/>"))
        with Party(Silence(), credentials=("joe", "se cret"), headers="X-Agent: 42\r\n") as party:
            caller = Phone(self.server, on_call="answer", answer_after_ms=50)
            uri = f"sip:desk@127.0.0.1:{party.port}?X-Ticket=7&amp;X-Name=Ann%20B"
            status = f'statusCallback="{self.web.url}/sip-steps" statusCallbackEvent="initiated ringing answered completed"'
            noun = f'<Sip username="joe" password="se cret" {status}>{uri}</Sip>'
            sid = self.place(caller.number, "/sip-dial", f'<Dial action="/sip-done">{noun}</Dial>')
            wait_until(lambda: party.answered, 10, "the answer")
            invite = party.invite
            self.assertTrue(invite.start.startswith("INVITE sip:desk@127.0.0.1"), invite.start)
            self.assertEqual((invite.get("X-Ticket"), invite.get("X-Name")), ("7", "Ann B"))
            given = digest_parameters(invite.get("Authorization"))
            self.assertEqual(given["username"], "joe")
            self.assertEqual(given["response"], digest_response("INVITE", given["uri"], given, "joe", "se cret"))
            wait_until(lambda: any(request.form["CallStatus"] == "in-progress" for request in self.web.requests("/sip-steps")), 10, "the answer's callback")
            party.hang_up()
            form = self.web.wait_for("/sip-done")[0].form
            names = ("DialCallStatus", "DialSipResponseCode", "DialSipCallId", "DialSipHeader_X-Agent")
            self.assertEqual([form.get(name) for name in names], ["completed", "200", invite.get("Call-ID"), "42"])
            steps = [request.form["CallStatus"] for request in self.web.wait_for("/sip-steps", 3)]
            self.assertEqual([step for step in steps if step != "ringing"], ["initiated", "in-progress", "completed"])
            wait_final(self.server, sid)

    def test_a_sip_address_that_refuses_is_told_with_its_code(self):
        self.web.on("/sip-refused", twiml("<Response/>"))
        with Party(Silence(), credentials=("joe", "right")) as party:
            caller = Phone(self.server, on_call="answer", answer_after_ms=50)
            noun = f"<Sip>sip:desk@127.0.0.1:{party.port}</Sip>"
            sid = self.place(caller.number, "/sip-no", f'<Dial action="/sip-refused">{noun}</Dial>')
            form = self.web.wait_for("/sip-refused")[0].form
            self.assertEqual((form["DialCallStatus"], form["DialSipResponseCode"]), ("failed", "401"))
            wait_final(self.server, sid)
            self.assertIsNone(party.invite)

    # --- referUrl ---

    def test_a_transfer_that_a_party_asks_for_is_the_business_of_referUrl(self):
        party = self.parties["asking"]
        self.web.on("/transfer", twiml("<Response><Say>You are transferred.</Say></Response>"))
        caller = Phone(self.server, on_call="answer", answer_after_ms=50)
        document = f'<Dial referUrl="/transfer"><Number>{self.numbers["asking"]}</Number></Dial>'
        sid = self.place(caller.number, "/refer-dial", document)
        wait_until(lambda: party.answered, 10, "the answer")
        party.wait_for("ACK")
        party.request("REFER", f"Refer-To: <{EXPERT}>\r\n")
        self.assertEqual(party.wait_for(202).get("CSeq"), "1 REFER")
        form = self.web.wait_for("/transfer")[0].form
        self.assertIn(EXPERT, form["ReferTransferTarget"])
        caller.wait_heard("You are transferred.", sid)
        party.wait_for("BYE")
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")

    def test_a_transfer_that_nobody_has_a_document_for_is_an_error_of_the_call(self):
        with Party(Silence()) as party:
            trunks = Trunks()
            number = trunks.add(party.port)
            with BelfryServer(OURS + trunks.text) as server:
                account = Account(server)
                terms = {"To": number, "From": "+15005550006", "Twiml": "<Response><Pause length='30'/></Response>"}
                sid = account.create("/Calls.json", **terms)["sid"]
                wait_until(lambda: party.answered, 10, "the answer")
                party.wait_for("ACK")
                party.request("REFER", f"Refer-To: <{EXPERT}>\r\n")
                self.assertEqual(party.wait_for(603).get("CSeq"), "1 REFER")

                def noted():
                    _, page = account.ask("GET", f"/Calls/{sid}/Notifications.json")
                    return page["notifications"]

                (notification,) = wait_until(noted, 10, "the notification")
                self.assertEqual((notification["error_code"], notification["log"]), ("13802", "0"))
                self.assertEqual(notification["call_sid"], sid)
                self.assertIn("referUrl", notification["message_text"])
                party.hang_up()


if __name__ == "__main__":
    unittest.main()
