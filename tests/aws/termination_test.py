"""Calls of a PBX by a voice connector's termination."""

import itertools
import unittest

from support.account import Account
from support.aws import AwsClient
from support.belfry_server import BelfryServer, wait_until
from support.sip import Peer, authorization, parameter, sdp, token

PHONES = itertools.count(2345)


class Termination(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer('simulator = "on"\n'))
        cls.aws = AwsClient(cls.server)
        cls.twilio = Account(cls.server)

    def setUp(self):
        # Of its own: nobody hangs up here.
        self.phone = f"+1555000{next(PHONES)}"
        self.server.request("PUT", f"/sim/phones/%2B{self.phone[1:]}", {"on_call": "answer"})

    def connector(self, **termination) -> dict:
        made = self.aws.rest("chime", "POST", "/voice-connectors", {"Name": "PBX", "RequireEncryption": False})
        made = made["VoiceConnector"]
        path = f"/voice-connectors/{made['VoiceConnectorId']}/termination"
        self.aws.rest("chime", "PUT", path, {"Termination": {"CallingRegions": ["US"]} | termination})
        return made | {"path": path}

    def invite(self, peer, host: str, user="", password="") -> int:
        """The final answer to a call to the phone."""
        call_id = token(20)
        uri = f"sip:{self.phone}@{host}"

        def send(headers, cseq):
            peer.send(
                peer.request(
                    "INVITE", "x", uri=uri, headers=headers, body=sdp("127.0.0.1", 40000), call_id=call_id, cseq=cseq,
                    from_user=user or "+15550009999",
                )  # fmt: skip
            )
            while (answer := peer.receive(20)).status < 200 or answer.get("Call-ID") != call_id:
                pass
            peer.send(
                peer.request("ACK", "x", uri=uri, call_id=call_id, cseq=cseq, to_tag=parameter(answer.get("To"), "tag"))
            )
            return answer

        answer = send("", 1)
        if user and answer.status == 401:
            proof = authorization(answer.get("WWW-Authenticate"), "INVITE", uri, user, password)
            answer = send(f"Authorization: {proof}\r\n", 2)
        return answer.status

    def calls_to_phone(self) -> list:
        _, shown = self.twilio.ask("GET", f"/Calls.json?To=%2B{self.phone[1:]}")
        return [each for each in shown["calls"] if each["direction"] == "outbound-dial"]

    def test_known_addresses_reach_the_number_that_they_ask_for(self):
        made = self.connector(CidrAllowedList=["127.0.0.1/32"], DefaultPhoneNumber="+15550007000")
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertEqual(self.invite(peer, made["OutboundHostName"]), 200)
            call = wait_until(lambda: self.calls_to_phone(), 10, "the call")[0]
            self.assertEqual(call["from"], "+15550007000")
            self.aws.rest("chime", "DELETE", made["path"])
            self.assertIn(self.invite(peer, made["OutboundHostName"]), (401, 403, 404))

    def test_credentials_are_asked_for_once_there_are_some(self):
        made = self.connector()
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            self.assertIn(self.invite(peer, made["OutboundHostName"]), (401, 403), "nobody is let in")
            credentials = {"Credentials": [{"Username": "pbx7", "Password": "secret-7"}]}
            self.aws.rest("chime", "POST", made["path"] + "/credentials?operation=put", credentials)
            self.assertEqual(self.invite(peer, made["OutboundHostName"]), 401)
            self.assertIn(self.invite(peer, made["OutboundHostName"], "pbx7", "wrong"), (401, 403))
            self.assertEqual(self.invite(peer, made["OutboundHostName"], "pbx7", "secret-7"), 200)


if __name__ == "__main__":
    unittest.main()
