"""A phone that registers with a SIP domain's credentials, made through Twilio's API."""

import json
import unittest

from support.account import Account
from support.baresip import Baresip
from support.belfry_server import BelfryServer, wait_until
from support.webhook_server import WebhookServer, twiml

PASSWORD = "Long-enough-1"


class SipDomain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer('simulator = "on"\n'))
        cls.web = cls.enterClassContext(WebhookServer())
        cls.api = Account(cls.server)

    def test_its_phones_register_and_its_document_answers_their_calls(self):
        self.web.on("/desk", twiml("<Response><Say>Good morning from the domain.</Say><Pause length='20'/></Response>"))
        domain = self.api.create(
            "/SIP/Domains.json", DomainName="desk.example", VoiceUrl=self.web.url + "/desk", SipRegistration="true"
        )
        self.assertRegex(domain["sid"], "^SD[0-9a-f]{32}$")
        self.assertIs(domain["sip_registration"], True)
        list_sid = self.api.create("/SIP/CredentialLists.json", FriendlyName="desks")["sid"]
        self.api.create(f"/SIP/CredentialLists/{list_sid}/Credentials.json", Username="reception", Password=PASSWORD)
        for kind in ("Calls", "Registrations"):
            mapping = self.api.create(
                f"/SIP/Domains/{domain['sid']}/Auth/{kind}/CredentialListMappings.json", CredentialListSid=list_sid
            )
            self.assertEqual(mapping["sid"], list_sid)
        _, listed = self.api.ask("GET", f"/SIP/Domains/{domain['sid']}/Auth/Calls/CredentialListMappings.json")
        self.assertEqual([each["sid"] for each in listed["contents"]], [list_sid])

        with Baresip(self.server, "reception", PASSWORD) as phone:
            phone.wait_log("200 OK")
            phone.command("dial", f"sip:+15550006000@127.0.0.1:{self.server.sip_port}")
            wait_until(lambda: phone.loud_seconds() > 1, 10, "the domain's words")
            request = self.web.wait_for("/desk", 1)[0]
            self.assertEqual(request.form["To"], "+15550006000")
            self.assertTrue(request.form["From"].startswith("sip:reception@"))
            phone.command("hangup")

    def test_passwords_are_strong_and_never_shown(self):
        list_sid = self.api.create("/SIP/CredentialLists.json", FriendlyName="others")["sid"]
        path = f"/SIP/CredentialLists/{list_sid}/Credentials.json"
        for weak in ("short1A", "nodigitsHERE!", "no-capitals-1", "NO-SMALLS-12"):
            status, body = self.api.ask("POST", path, Username="weak", Password=weak)
            self.assertEqual((status, body["code"]), (400, 20001), weak)
        made = self.api.create(path, Username="strong", Password=PASSWORD)
        self.assertNotIn("password", made)
        status, body = self.api.ask("POST", path, Username="strong", Password=PASSWORD)
        self.assertEqual((status, body["code"]), (409, 20409))
        _, shown = self.api.ask("GET", path)
        self.assertNotIn(PASSWORD, json.dumps(shown))
        status, _ = self.api.ask("DELETE", f"/SIP/CredentialLists/{list_sid}.json")
        self.assertEqual(status, 204)
        status, _ = self.api.ask("GET", path)
        self.assertEqual(status, 404)


if __name__ == "__main__":
    unittest.main()
