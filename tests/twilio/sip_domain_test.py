"""A phone that registers with a SIP domain's credentials, made through Twilio's API."""

import json
import unittest

from support.account import Account
from support.baresip import Baresip
from support.belfry_server import BelfryServer, wait_until
from support.sip import Peer, authorization, parameter, sdp, token
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
            self.assertEqual(request.form["SipDomainSid"], domain["sid"])
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

    # --- Addresses ---

    def domain(self, name: str, *ranges, users=(), kinds=("Calls",), **terms) -> dict:
        """One that answers calls from these ranges (address, bits), or of these users."""
        path = "/SIP/Domains"
        domain = self.api.create(path + ".json", DomainName=name, VoiceUrl=f"{self.web.url}/{name}", **terms)
        self.web.on(f"/{name}", twiml("<Response><Say>Good day.</Say></Response>"))
        path += f"/{domain['sid']}"
        if ranges:
            access = self.api.create("/SIP/IpAccessControlLists.json", FriendlyName=name)["sid"]
            for address, bits in ranges:
                self.api.create(
                    f"/SIP/IpAccessControlLists/{access}/IpAddresses.json",
                    FriendlyName="office", IpAddress=address, CidrPrefixLength=bits,
                )  # fmt: skip
            self.api.create(f"{path}/Auth/Calls/IpAccessControlListMappings.json", IpAccessControlListSid=access)
        if users:
            known = self.api.create("/SIP/CredentialLists.json", FriendlyName=name)["sid"]
            for user in users:
                self.api.create(f"/SIP/CredentialLists/{known}/Credentials.json", Username=user, Password=PASSWORD)
            for kind in kinds:
                self.api.create(f"{path}/Auth/{kind}/CredentialListMappings.json", CredentialListSid=known)
        return self.api.ask("GET", path + ".json")[1]

    def invite(self, peer, uri: str, user="", **more) -> int:
        """The final answer to a call; with the password when `user` is given."""
        call_id = token(20)
        body = sdp("127.0.0.1", 40000)

        def send(headers, cseq):
            peer.send(
                peer.request(
                    "INVITE", "x", uri=uri, headers=headers, body=body, call_id=call_id, cseq=cseq,
                    from_user=user or "guest", **more,
                )  # fmt: skip
            )
            while (answer := peer.receive(10)).status < 200 or answer.get("Call-ID") != call_id:
                pass
            if answer.status >= 300:
                peer.send(
                    peer.request("ACK", "x", uri=uri, call_id=call_id, cseq=cseq, to_tag=parameter(answer.get("To"), "tag"))
                )
            return answer

        answer = send("", 1)
        if user and answer.status == 401:
            proof = authorization(answer.get("WWW-Authenticate"), "INVITE", uri, user, PASSWORD)
            answer = send(f"Authorization: {proof}\r\n", 2)
        return answer.status

    def test_known_addresses_call_without_a_password(self):
        domain = self.domain("open.example", ("10.0.0.0", 8), ("127.0.0.0", 8))
        self.assertEqual(domain["auth_type"], "IP_ACL")
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertEqual(self.invite(peer, "sip:reception@open.example"), 200)
            asked = self.web.wait_for("/open.example", 1)[0].form
            self.assertEqual(asked["To"], "sip:reception@open.example")
            self.assertTrue(asked["From"].startswith("sip:guest@"))
            names = ("SipDomain", "SipDomainSid", "SipSourceIp")
            self.assertEqual([asked[name] for name in names], ["open.example", domain["sid"], "127.0.0.1"])
            # Rule S2: what is known by its address reaches the domain and nothing else.
            self.assertEqual(self.invite(peer, f"sip:+15550001234@127.0.0.1:{self.server.sip_port}"), 401)

    def test_unknown_addresses_are_refused_also_with_a_password(self):
        domain = self.domain("far.example", ("192.0.2.0", 24), users=["farmer"])
        self.assertEqual(domain["auth_type"], "IP_ACL,CREDENTIAL_LIST")
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertEqual(self.invite(peer, "sip:reception@far.example"), 403)
            self.assertEqual(self.invite(peer, "sip:reception@far.example", "farmer"), 403)
            self.assertEqual(
                self.invite(peer, f"sip:reception@127.0.0.1:{self.server.sip_port}", "farmer"), 403, "by another name"
            )
        self.assertEqual(self.web.requests("/far.example"), [])

    def test_with_both_the_address_and_the_password_must_be_right(self):
        self.domain("near.example", ("127.0.0.1", 32), users=["neighbour"])
        self.domain("other.example", users=["somebody"])
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertEqual(self.invite(peer, "sip:reception@near.example"), 401)
            self.assertEqual(self.invite(peer, "sip:reception@near.example", "somebody"), 403)
            self.assertEqual(self.invite(peer, "sip:reception@near.example", "neighbour"), 200)

    # --- Registrations ---

    def register(self, peer, host: str, user: str) -> int:
        """The final answer to a REGISTER of user@host; the packets go where the server is."""
        uri, call_id = f"sip:{host}", token(20)

        def send(headers, cseq):
            peer.send(
                peer.request(
                    "REGISTER", user, uri=uri, to_uri=f"sip:{user}@{host}", from_user=user, headers=headers,
                    call_id=call_id, cseq=cseq,
                )  # fmt: skip
            )
            return peer.receive(10)

        answer = send("", 1)
        if answer.status == 401:
            proof = authorization(answer.get("WWW-Authenticate"), "REGISTER", uri, user, PASSWORD)
            answer = send(f"Authorization: {proof}\r\n", 2)
        return answer.status

    def test_phones_register_at_the_name_of_their_domain_and_are_reached_there(self):
        self.domain("roam.example", users=["roamer"], kinds=("Calls", "Registrations"), SipRegistration="true")
        self.domain("else.example", users=["stranger"], kinds=("Calls", "Registrations"), SipRegistration="true")
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertEqual(self.register(peer, "nowhere.example", "roamer"), 404)
            self.assertEqual(self.register(peer, "roam.example", "stranger"), 403, "a user of another domain")
            self.assertEqual(self.register(peer, "roam.example", "roamer"), 200)
            terms = {"To": "sip:roamer@roam.example", "From": "+15005550006", "Twiml": "<Response/>"}
            sid = self.api.create("/Calls.json", **terms)["sid"]
            invite = wait_until(lambda: peer.receive(10), 10, "the call")
            self.assertTrue(invite.start.startswith("INVITE sip:roamer@"), invite.start)
            peer.respond(invite, 486)
            wait_until(lambda: self.api.ask("GET", f"/Calls/{sid}.json")[1]["status"] == "busy", 10, "its end")

    def test_a_list_is_for_calls_or_for_registrations_as_it_is_mapped(self):
        calls = self.domain("calls.example", users=["talker"], SipRegistration="true")
        self.domain("phones.example", users=["listener"], kinds=("Registrations",), SipRegistration="true")
        self.domain("closed.example", users=["waiter"], kinds=("Calls", "Registrations"))
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertEqual(self.register(peer, "calls.example", "talker"), 403)
            self.assertEqual(self.invite(peer, "sip:reception@calls.example", "talker"), 200)
            self.assertEqual(self.web.wait_for("/calls.example", 1)[0].form["SipDomainSid"], calls["sid"])
            self.assertEqual(self.register(peer, "phones.example", "listener"), 200)
            ours = f"sip:+15550001234@127.0.0.1:{self.server.sip_port}"
            for uri in ("sip:reception@phones.example", ours):
                self.assertEqual(self.invite(peer, uri, "listener"), 403, uri)
            self.assertEqual(self.register(peer, "closed.example", "waiter"), 403, "SipRegistration is false")
        self.assertEqual(self.web.requests("/phones.example"), [])

    def test_lists_of_addresses_are_kept_and_checked(self):
        lists = "/SIP/IpAccessControlLists"
        made = self.api.create(lists + ".json", FriendlyName="offices")
        self.assertRegex(made["sid"], "^AL[0-9a-f]{32}$")
        addresses = f"{lists}/{made['sid']}/IpAddresses"
        self.assertTrue(made["subresource_uris"]["ip_addresses"].endswith(addresses + ".json"))
        one = self.api.create(addresses + ".json", FriendlyName="Berlin", IpAddress="192.0.2.7")
        self.assertRegex(one["sid"], "^IP[0-9a-f]{32}$")
        self.assertEqual((one["ip_address"], one["cidr_prefix_length"]), ("192.0.2.7", 32))
        self.assertEqual(one["ip_access_control_list_sid"], made["sid"])
        for wrong in ({"IpAddress": "berlin"}, {"IpAddress": "192.0.2.7", "CidrPrefixLength": "33"}, {}):
            status, body = self.api.ask("POST", addresses + ".json", FriendlyName="x", **wrong)
            self.assertEqual((status, body["code"]), (400, 20001), wrong)
        status, changed = self.api.ask("POST", f"{addresses}/{one['sid']}.json", CidrPrefixLength="24")
        self.assertEqual((status, changed["ip_address"], changed["cidr_prefix_length"]), (200, "192.0.2.7", 24))
        _, listed = self.api.ask("GET", addresses + ".json")
        self.assertEqual([each["sid"] for each in listed["ip_addresses"]], [one["sid"]])
        domain = self.api.create("/SIP/Domains.json", DomainName="kept.example")
        mappings = f"/SIP/Domains/{domain['sid']}/IpAccessControlListMappings"
        self.api.create(mappings + ".json", IpAccessControlListSid=made["sid"])
        _, listed = self.api.ask("GET", mappings + ".json")
        self.assertEqual([each["sid"] for each in listed["ip_access_control_list_mappings"]], [made["sid"]])
        _, listed = self.api.ask("GET", f"/SIP/Domains/{domain['sid']}/Auth/Calls/IpAccessControlListMappings.json")
        self.assertEqual([each["friendly_name"] for each in listed["contents"]], ["offices"])
        self.assertEqual(self.api.ask("DELETE", f"{lists}/{made['sid']}.json")[0], 204)
        self.assertEqual(self.api.ask("GET", f"{addresses}/{one['sid']}.json")[0], 404)
        _, listed = self.api.ask("GET", mappings + ".json")
        self.assertEqual(listed["ip_access_control_list_mappings"], [])


if __name__ == "__main__":
    unittest.main()
