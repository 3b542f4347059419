"""Flux's HTTP face: what is refused, in which words, and the documents that the telephony side fetches."""

import json
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree

from support.belfry_server import BelfryServer
from support.phone import PRESS_1, Phone, wait_final
from support.webhook_server import twilio_signature

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = {"phone_number": "+14155559999", "task_title": "Submit quarterly report"}


class Validation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())

    def complaints(self, body) -> list:
        status, answer = self.server.request(
            "POST", "/notifications/call", body, {"Content-Type": "application/json"}
        )
        self.assertEqual(status, 422, (body, answer))
        for each in answer["detail"]:
            self.assertLessEqual({"type", "loc", "msg", "input"}, set(each), each)
        return answer["detail"]

    def test_a_missing_member_is_named_as_fastapi_names_it(self):
        body = {"phone_number": "+14155551234"}
        self.assertEqual(
            self.complaints(body),
            [{"type": "missing", "loc": ["body", "task_title"], "msg": "Field required", "input": body}],
        )

    def test_each_kind_of_mistake(self):
        for change, location, kind in (
            ({"phone_number": None}, "phone_number", "string_type"),
            ({"phone_number": 14155551234}, "phone_number", "string_type"),
            ({"phone_number": ""}, "phone_number", "value_error"),
            ({"phone_number": "4155551234"}, "phone_number", "value_error"),
            ({"phone_number": "+04155551234"}, "phone_number", "value_error"),
            ({"phone_number": "+123456"}, "phone_number", "value_error"),
            ({"phone_number": "+1234567890123456"}, "phone_number", "value_error"),
            ({"phone_number": "+1 415 555 1234"}, "phone_number", "value_error"),
            ({"phone_number": "+1415555123４"}, "phone_number", "value_error"),
            ({"phone_number": "+14155551234\n"}, "phone_number", "value_error"),
            ({"task_title": ""}, "task_title", "string_too_short"),
            ({"task_title": "x" * 501}, "task_title", "string_too_long"),
            ({"task_title": "漢" * 501}, "task_title", "string_too_long"),
            ({"task_title": ["x"]}, "task_title", "string_type"),
            ({"task_title": {"a": 1}}, "task_title", "string_type"),
            ({"task_id": 7}, "task_id", "string_type"),
            ({"task_id": "x" * 256}, "task_id", "string_too_long"),
            ({"task_id": "a\0b"}, "task_id", "value_error"),
        ):
            with self.subTest(change=str(change)[:60]):
                found = self.complaints(GOOD | change)
                self.assertEqual([(each["loc"], each["type"]) for each in found], [(["body", location], kind)])

    def test_what_is_no_json_object(self):
        for body in ("", "   ", "[]", "7", '"text"', "{", '{"a":1,"a":2}', "[" * 5000, '{"phone_number":"\ud800"}'):
            with self.subTest(body[:20]):
                body = body.encode("utf-8", "surrogatepass")
                status, answer = self.server.request(
                    "POST", "/notifications/call", body, {"Content-Type": "application/json"}
                )
                self.assertEqual(status, 422, answer)
                self.assertEqual(answer["detail"][0]["loc"][0], "body")

    def test_limits_that_are_just_kept(self):
        for change in ({"task_title": "x" * 500}, {"task_title": "漢" * 500}, {"task_id": None}, {"task_id": ""}):
            status, answer = self.server.request("POST", "/notifications/call", GOOD | change)
            self.assertEqual(status, 201, (change, answer))

    def test_other_refusals_have_a_detail_too(self):
        for status, method, path, body in (
            (404, "GET", "/notifications/nothing/here", None),
            (404, "GET", "/notifications/call/CA" + 32 * "0", None),
            (404, "GET", "/notifications/tasks/unknown", None),
            (405, "DELETE", "/notifications/call", None),
            (405, "PUT", "/notifications/call/gather", "x"),
            (413, "POST", "/notifications/call", json.dumps(GOOD | {"extra": "x" * (1 << 20)})),
        ):
            with self.subTest(path=path, status=status):
                seen, answer = self.server.request(method, path, body, {"Content-Type": "application/json"} if body else None)
                self.assertEqual(seen, status, answer)
                self.assertEqual(list(answer), ["detail"])
                self.assertIsInstance(answer["detail"], str)

    def test_the_documentation_is_served(self):
        status, page = self.server.request("GET", "/docs")
        self.assertEqual(status, 200)
        self.assertIn("<html", page)
        status, description = self.server.request("GET", "/openapi.json")
        self.assertEqual(status, 200)
        self.assertIn("post", description["paths"]["/notifications/call"])
        self.assertTrue(description["openapi"].startswith("3."))


class Documents(unittest.TestCase):
    """The three webhooks as somebody else's telephony would ask them."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())

    def post(self, path, form="", headers=None):
        return self.server.request("POST", path, form, FORM | (headers or {}))

    def test_the_announcement_is_a_gather_with_an_absolute_action(self):
        title = "R&D <now> \"it's\" 漢 #1"
        query = urllib.parse.urlencode({"task_title": title, "task_id": "a&b c"})
        status, document = self.post(f"/notifications/call/twiml?{query}", "CallSid=CA1")
        self.assertEqual(status, 200)
        (gather,) = ElementTree.fromstring(document.encode())
        self.assertEqual(gather.tag, "Gather")
        self.assertEqual(gather.get("numDigits"), "1")
        self.assertEqual(gather.get("method"), "POST")
        self.assertEqual(gather.get("timeout"), "10")
        self.assertEqual(gather.get("action"), f"{self.server.url}/notifications/call/gather?task_id=a%26b%20c")
        (say,) = gather
        self.assertEqual(say.text, f"Hi! This is Flux. You have a critical task: {title}. Press 1 to acknowledge.")
        self.assertEqual((say.get("voice"), say.get("language")), ("alice", "en-US"))

    def test_a_proxy_on_this_machine_says_how_it_was_reached(self):
        proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "flux.example"}
        _, document = self.post("/notifications/call/twiml?task_title=t", headers=proxied)
        action = ElementTree.fromstring(document.encode())[0].get("action")
        self.assertEqual(action, "https://flux.example/notifications/call/gather")

    def test_a_title_is_required(self):
        status, answer = self.post("/notifications/call/twiml")
        self.assertEqual(status, 422)
        self.assertEqual(answer["detail"][0]["loc"], ["query", "task_title"])

    def test_digits_decide_what_is_said(self):
        for digits, sentence in (
            ("&Digits=1", "Thank you. Task acknowledged. Goodbye."),
            ("&Digits=2", "No acknowledgment received. Goodbye."),
            ("&Digits=11", "No acknowledgment received. Goodbye."),
            ("&Digits=", "No acknowledgment received. Goodbye."),
            ("", "No acknowledgment received. Goodbye."),
            ("&Digits=1&AnsweredBy=machine_start", "No acknowledgment received. Goodbye."),
        ):
            with self.subTest(digits):
                sid = "CA" + digits.encode().hex().rjust(32, "0")[-32:]
                status, document = self.post("/notifications/call/gather", f"CallSid={sid}{digits}")
                self.assertEqual(status, 200)
                self.assertEqual(ElementTree.fromstring(document.encode()).find("Say").text, sentence)

    def test_a_gather_without_a_call_is_refused(self):
        status, answer = self.post("/notifications/call/gather", "Digits=1")
        self.assertEqual(status, 422)
        self.assertEqual(answer["detail"][0]["loc"], ["body", "CallSid"])

    def test_the_status_is_received(self):
        status, answer = self.post("/notifications/call/status", "CallSid=CA9&CallStatus=busy")
        self.assertEqual((status, answer), (200, {"status": "received", "call_sid": "CA9"}))
        self.assertEqual(self.post("/notifications/call/status", "CallStatus=busy")[0], 422)

    def test_a_page_of_another_site_cannot_place_calls(self):
        """Rule H4: a browser on this machine carries requests of any page to us."""
        for foreign in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            status, _ = self.server.request("POST", "/notifications/call", GOOD, foreign)
            self.assertIn(status, (400, 403, 421), foreign)


class Settings(unittest.TestCase):
    def server(self, *arguments, **options):
        return self.enterContext(BelfryServer(*arguments, **options))

    def test_what_is_given_as_empty_is_not_initialized(self):
        for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER"):
            with self.subTest(name):
                server = self.server(environment={name: ""})
                status, answer = server.request("POST", "/notifications/call", GOOD)
                self.assertEqual(status, 503)
                self.assertTrue(answer["detail"].startswith("Twilio service not initialized."), answer)
                self.assertEqual(server.request("POST", "/notifications/call", {})[0], 422)

    def test_the_configured_number_is_the_caller(self):
        server = self.server(environment={"TWILIO_PHONE_NUMBER": "+12345678900"})
        phone = Phone(server, on_call="busy")
        _, answer = server.request("POST", "/notifications/call", GOOD | {"phone_number": phone.number})
        self.assertEqual(wait_final(server, answer["call_sid"])["from"], "+12345678900")

    def test_too_many_calls_are_refused_until_later(self):
        server = self.server("[flux]\nrate_per_minute = 3\n")
        statuses = [server.request("POST", "/notifications/call", GOOD)[0] for _ in range(5)]
        self.assertEqual(statuses, [201, 201, 201, 429, 429])
        status, answer = server.request("POST", "/notifications/call", GOOD)
        self.assertEqual(status, 429)
        self.assertIsInstance(answer["detail"], str)

    def test_webhooks_must_be_signed_when_that_is_on(self):
        token = "0123456789abcdef0123456789abcdef"
        config = f'[flux]\nvalidate_signatures = "on"\n[twilio]\nauth_token = "{token}"\n'
        server = self.server(config)
        form = {"CallSid": "CA" + 32 * "a", "Digits": "1", "CallStatus": "completed"}
        body = urllib.parse.urlencode(form)
        for path in ("/notifications/call/twiml?task_title=a%20b", "/notifications/call/gather?task_id=t", "/notifications/call/status"):
            with self.subTest(path):
                right = twilio_signature(token, server.url + path, form)
                other = twilio_signature("another token", server.url + path, form)
                for signature, expected in ((None, 403), ("", 403), ("x", 403), (other, 403), (right, 200)):
                    headers = FORM | ({"X-Twilio-Signature": signature} if signature is not None else {})
                    status, answer = server.request("POST", path, body, headers)
                    self.assertEqual(status, expected, (signature, answer))
                    if expected == 403:
                        self.assertEqual(list(answer), ["detail"])
        # A signature is for one body.
        path = "/notifications/call/gather?task_id=t"
        headers = FORM | {"X-Twilio-Signature": twilio_signature(token, server.url + path, form)}
        self.assertEqual(server.request("POST", path, body.replace("Digits=1", "Digits=2"), headers)[0], 403)

    def test_its_own_calls_pass_the_signature_check(self):
        server = self.server('[flux]\nvalidate_signatures = "on"\n')
        phone = Phone(server, on_call="answer", answer_after_ms=100, script=PRESS_1)
        title = "R&D: \"50%\" 漢 + #1"
        _, answer = server.request(
            "POST", "/notifications/call", {"phone_number": phone.number, "task_title": title, "task_id": "a b&c"}
        )
        call = wait_final(server, answer["call_sid"])
        self.assertIsNone(call["error_code"], call)
        _, task = server.request("GET", "/notifications/tasks/a%20b%26c")
        self.assertTrue(task["acknowledged"], task)

    def test_calls_survive_a_restart(self):
        server = self.server()
        phone = Phone(server, on_call="answer", answer_after_ms=100, script=PRESS_1)
        _, answer = server.request("POST", "/notifications/call", GOOD | {"phone_number": phone.number, "task_id": "t"})
        sid = answer["call_sid"]
        wait_final(server, sid)
        before = server.request("GET", f"/notifications/call/{sid}")
        self.assertTrue(before[1]["acknowledged"])
        server.kill()
        server.start()
        self.assertEqual(server.request("GET", f"/notifications/call/{sid}"), before)


if __name__ == "__main__":
    unittest.main()
