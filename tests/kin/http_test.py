"""KIN's HTTP face: the assertions of its document's two test files, every path that the document names, and
what is refused."""

import base64
import hashlib
import hmac
import json
import time
import unittest
import urllib.parse

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone
from support.webhook_server import twilio_signature

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CALL = {"to": "+1234567890", "from": "+0987654321"}


def form_of(**fields) -> str:
    return urllib.parse.urlencode(fields)


def read_jwt(token: str, secret: str) -> tuple[dict, dict]:
    """Header and payload, once the signature has been checked."""

    def decode(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    head, payload, signature = token.split(".")
    expected = hmac.new(secret.encode(), f"{head}.{payload}".encode(), hashlib.sha256).digest()
    assert hmac.compare_digest(decode(signature), expected), "the signature of the token"
    return json.loads(decode(head)), json.loads(decode(payload))


class TheDocumentsOwnTests(unittest.TestCase):
    """`voice.test.js` and `voice.integration.test.js`, by HTTP."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())

    def test_generates_an_access_token(self):
        status, answer = self.server.request("POST", "/api/voice/token", {"identity": "test-user"})
        self.assertEqual(status, 200)
        self.assertIs(answer["success"], True)
        self.assertTrue(answer["token"])

    def test_creates_an_outbound_call(self):
        status, answer = self.server.request("POST", "/api/voice/calls", CALL)
        self.assertEqual(status, 200)
        self.assertIs(answer["success"], True)
        self.assertRegex(answer["callSid"], "^CA[0-9a-f]{32}$")


class Token(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.environment = {
            "TWILIO_APPLICATION_SID": "AP" + "1" * 32,
            "TWILIO_TWIML_APP_SID": "AP" + "2" * 32,
            "TWILIO_API_KEY_SID": "SK" + "3" * 32,
            "TWILIO_API_KEY_SECRET": "a-secret",
        }
        cls.server = cls.enterClassContext(BelfryServer(environment=cls.environment))

    def token(self, server, path="/api/voice/token"):
        status, answer = server.request("POST", path, {"identity": "test-user"})
        self.assertEqual((status, answer["success"]), (200, True))
        return answer["token"]

    def test_it_holds_a_voice_grant_signed_with_the_key_of_the_environment(self):
        header, payload = read_jwt(self.token(self.server), "a-secret")
        self.assertEqual(header, {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"})
        self.assertEqual(payload["iss"], self.environment["TWILIO_API_KEY_SID"])
        self.assertEqual(payload["sub"], self.server.keys()["account_sid"])
        self.assertEqual(payload["exp"] - payload["iat"], 3600)
        self.assertLess(abs(payload["iat"] - time.time()), 60)
        self.assertTrue(payload["jti"].startswith(payload["iss"] + "-"))
        self.assertEqual(
            payload["grants"],
            {
                "identity": "test-user",
                "voice": {
                    "incoming": {"allow": True},
                    "outgoing": {"application_sid": self.environment["TWILIO_APPLICATION_SID"]},
                },
            },
        )

    def test_without_that_environment_the_installations_own_key_signs(self):
        environment = {"TWILIO_TWIML_APP_SID": "AP" + "2" * 32}
        with BelfryServer(environment=environment) as server:
            _, payload = read_jwt(self.token(server), server.keys()["api_key_secret"])
            self.assertEqual(payload["iss"], server.keys()["api_key_sid"])
            self.assertEqual(
                payload["grants"]["voice"]["outgoing"]["application_sid"], "AP" + "2" * 32, "the other name"
            )

    def test_an_identity_is_required(self):
        for body in ({}, {"identity": ""}, {"identity": None}, {"identity": 7}, [], "not json"):
            status, answer = self.server.request(
                "POST", "/api/voice/token", body, {"Content-Type": "application/json"}
            )
            self.assertEqual((status, answer), (400, {"success": False, "error": "Identity is required"}), body)


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())

    def place(self, phone, **options):
        status, answer = self.server.request(
            "POST", "/api/voice/calls", {"to": phone.number, "from": "+0987654321", "options": options}
        )
        self.assertEqual((status, answer["success"]), (200, True), answer)
        return answer

    def show(self, sid):
        status, answer = self.server.request("GET", f"/api/voice/calls/{sid}")
        self.assertEqual((status, answer["success"]), (200, True), answer)
        return answer["call"]

    def wait_for_status(self, sid, status):
        return wait_until(lambda: (call := self.show(sid))["status"] == status and call, what=status)

    def test_both_parties_are_required(self):
        for body in ({}, {"to": "+1"}, {"from": "+1"}, {"to": "", "from": "+1"}, {"to": 7, "from": 8}, [], "x"):
            status, answer = self.server.request(
                "POST", "/api/voice/calls", body, {"Content-Type": "application/json"}
            )
            self.assertEqual((status, answer), (400, {"success": False, "error": "To and From are required"}), body)

    def test_a_new_call_says_what_it_is(self):
        phone = Phone(self.server)
        answer = self.place(phone)
        self.assertEqual(
            answer,
            {
                "success": True,
                "callSid": answer["callSid"],
                "status": "queued",
                "direction": "outbound-api",
                "from": "+0987654321",
                "to": phone.number,
                "startTime": None,
                "endTime": None,
            },
        )

    def test_a_call_speaks_the_documents_greeting_and_can_be_seen_and_ended(self):
        phone = Phone(self.server, on_call="answer", answer_after_ms=100)
        sid = self.place(phone)["callSid"]
        wait_until(lambda: "Hello! This is a call from KIN" in phone.heard(sid), what="the greeting")
        call = self.show(sid)
        self.assertEqual(
            set(call),
            {
                "sid", "status", "direction", "from", "to", "startTime", "endTime", "duration", "price",
                "priceUnit",
            },
        )  # fmt: skip
        self.assertEqual(call["status"], "in-progress")
        self.assertIsNotNone(call["startTime"])
        status, answer = self.server.request("POST", f"/api/voice/calls/{sid}/hangup")
        self.assertEqual((status, answer), (200, {"success": True, "callSid": sid, "status": "completed"}))
        over = self.show(sid)
        self.assertEqual((over["status"], over["priceUnit"]), ("completed", "USD"))
        self.assertRegex(over["duration"], r"^\d+$")
        again = self.server.request("POST", f"/voice/calls/{sid}/hangup")
        self.assertEqual(again, (200, {"success": True, "callSid": sid, "status": "completed"}))

    def test_failures_of_the_telephony_are_200_without_success(self):
        unknown = "CA" + "0" * 32
        for method, path, body in (
            ("GET", f"/api/voice/calls/{unknown}", None),
            ("POST", f"/api/voice/calls/{unknown}/hangup", None),
            ("POST", "/api/voice/calls", {"to": "not a number", "from": "+1"}),
        ):
            status, answer = self.server.request(method, path, body)
            self.assertEqual((status, answer["success"]), (200, False), path)
            self.assertTrue(answer["error"])

    def test_or_have_fitting_statuses_when_that_is_asked_for(self):
        with BelfryServer("[kin]\nfitting_statuses = true\n") as server:
            unknown = "CA" + "0" * 32
            self.assertEqual(server.request("GET", f"/api/voice/calls/{unknown}")[0], 404)
            status, answer = server.request("POST", "/api/voice/calls", {"to": "x y", "from": "+1"})
            self.assertEqual((status, answer["success"]), (400, False))

    def test_the_history_has_filters_and_pages(self):
        busy = Phone(self.server, on_call="busy")
        answered = Phone(self.server, on_call="answer", answer_after_ms=100, script=[{"after_ms": 200, "hang_up": True}])
        sids = [self.place(busy)["callSid"], self.place(answered)["callSid"], self.place(answered)["callSid"]]
        self.wait_for_status(sids[0], "busy")

        def history(**filters):
            status, answer = self.server.request("GET", "/api/voice/calls?" + form_of(**filters))
            self.assertEqual((status, answer["success"]), (200, True), answer)
            return answer

        found = history(search=busy.number[2:])
        self.assertEqual([call["sid"] for call in found["calls"]], sids[:1])
        self.assertEqual(found["calls"][0]["state"], "FAILED")
        self.assertEqual(found["pagination"], {"page": 1, "limit": 20, "total": 1, "totalPages": 1})
        self.assertEqual(history(search=busy.number[2:], status="COMPLETED")["calls"], [])
        self.assertEqual(history(search=busy.number[2:], direction="inbound")["calls"], [])
        newest = history(contactId=answered.number, limit=1)
        self.assertEqual([call["sid"] for call in newest["calls"]], sids[2:])
        self.assertEqual(newest["pagination"]["total"], 2)
        oldest = history(contactId=answered.number, limit=1, sortOrder="asc")
        self.assertEqual([call["sid"] for call in oldest["calls"]], sids[1:2])
        second = history(contactId=answered.number, limit=1, page=2)
        self.assertEqual([call["sid"] for call in second["calls"]], sids[1:2])
        self.assertEqual(history(search=busy.number[2:], dateTo="2020-01-01")["calls"], [])
        for wrong in ("limit=101", "limit=0", "page=x", "sortBy=color", "dateFrom=yesterday"):
            status, answer = self.server.request("GET", "/api/voice/calls?" + wrong)
            self.assertEqual((status, answer["success"]), (400, False), wrong)

    def test_a_recorded_call_shows_its_recording_and_keeps_a_copy(self):
        phone = Phone(
            self.server, on_call="answer", answer_after_ms=100,
            script=[{"after_ms": 1500, "hang_up": True}],
        )  # fmt: skip
        sid = self.place(phone, record=True, recordingChannels="dual", recordingFormat="wav")["callSid"]
        call = wait_until(
            lambda: (found := self.show(sid)).get("recordingStatus") == "completed" and found, what="the recording"
        )
        self.assertRegex(call["recordingSid"], "^RE[0-9a-f]{32}$")
        self.assertIn(call["recordingSid"], call["recordingUrl"])
        self.assertIs(call["recordingStored"], True)
        copy = self.server.data / "kin" / "recordings" / (call["recordingSid"] + ".wav")
        audio = copy.read_bytes()
        self.assertEqual((audio[:4], audio[22:24]), (b"RIFF", b"\x02\x00"), "a WAV file of two channels")
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)


class Webhooks(unittest.TestCase):
    PATHS = {
        "call": ("/webhooks/call-status", "/api/voice/webhooks/call-status", "/voice/webhooks/call-status", "/status"),
        "recording": (
            "/webhooks/recording-status", "/api/voice/webhooks/recording-status",
            "/voice/webhooks/recording-status", "/recording",
        ),
    }  # fmt: skip

    @classmethod
    def setUpClass(cls):
        cls.base = "https://your-domain.com"
        cls.server = cls.enterClassContext(
            BelfryServer(environment={"TWILIO_WEBHOOK_BASE_URL": cls.base})
        )
        cls.token = cls.server.keys()["auth_token"]

    def post(self, path, fields, signature=None):
        headers = dict(FORM)
        if signature:
            headers["X-Twilio-Signature"] = signature
        return self.server.request("POST", path, form_of(**fields), headers)

    def sign(self, path, fields):
        return twilio_signature(self.token, self.base + path, fields)

    def test_every_path_takes_what_is_signed_for_the_public_url(self):
        fields = {"CallSid": "CA" + "a" * 32, "CallStatus": "ringing", "RecordingSid": "RE1", "RecordingStatus": "in-progress"}
        for path in self.PATHS["call"] + self.PATHS["recording"]:
            self.assertEqual(self.post(path, fields, self.sign(path, fields)), (200, "OK"), path)

    def test_a_wrong_signature_is_forbidden(self):
        fields = {"CallSid": "CA1", "CallStatus": "ringing"}
        for path in self.PATHS["call"] + self.PATHS["recording"]:
            self.assertEqual(self.post(path, fields, "bm9wZQ=="), (403, "Forbidden"), path)
            self.assertEqual(self.post(path, fields), (403, "Forbidden"), path + ": none, behind a proxy")
        inner = twilio_signature(self.token, self.server.url + "/status", fields)
        self.assertEqual(self.post("/status", fields, inner)[0], 403, "signed for the proxy's inner URL")
        changed = {"CallSid": "CA1", "CallStatus": "completed"}
        self.assertEqual(self.post("/status", changed, self.sign("/status", fields))[0], 403, "changed on the way")


    def test_documents_are_for_who_signs_too(self):
        for path in ("/voice", "/voice/twiml", "/api/voice/twiml/menu", "/voice/inbound"):
            fields = {"CallSid": "CA1", "From": "+14155551234"}
            self.assertEqual(self.post(path, fields, self.sign(path, fields))[0], 200, path)
            self.assertEqual(self.post(path, fields, "bm9wZQ==")[0], 403, path)
            self.assertEqual(self.post(path, fields)[0], 403, path)


class WebhookState(unittest.TestCase):
    """What the webhooks do, on a server without a proxy, where the own machine needs no signature."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())

    def report(self, **fields):
        self.assertEqual(self.server.request("POST", "/webhooks/call-status", form_of(**fields), FORM), (200, "OK"))

    def test_repeated_and_late_reports_are_taken_and_change_nothing(self):
        sid = "CA" + "b" * 32
        for number, status in enumerate(("initiated", "ringing", "in-progress", "completed")):
            for _ in range(2):
                self.report(CallSid=sid, CallStatus=status, SequenceNumber=number)
        self.report(CallSid=sid, CallStatus="ringing", SequenceNumber="9")
        self.report(CallSid=sid, CallStatus="failed")
        self.report(CallStatus="ringing")

    def test_rates_are_limited_where_that_is_asked_for(self):
        with BelfryServer("[kin]\nrate_per_minute = 2\n") as server:
            statuses = [
                server.request("POST", "/api/voice/token", {"identity": "a"})[0] for _ in range(3)
            ]
            self.assertEqual(statuses, [200, 200, 429])

    def test_unknown_paths_and_methods_are_answered_in_kins_words(self):
        status, answer = self.server.request("GET", "/api/voice/nonsense")
        self.assertEqual((status, answer["success"]), (404, False))
        status, answer = self.server.request("DELETE", "/api/voice/calls")
        self.assertEqual((status, answer["success"]), (405, False))


if __name__ == "__main__":
    unittest.main()
