"""Web applications that misbehave: the caller hears something sensible, the call ends, and says why."""

import threading
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, wait_final
from support.webhook_server import WebhookServer, flood, hang, redirect, reply, twiml

APOLOGY = "We are sorry, an application error has occurred. Goodbye."
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE Response [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))
    + "]><Response><Say>&a9;</Say></Response>"
)
EXTERNAL = '<!DOCTYPE Response [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Say>&x;</Say></Response>'


def raw(content: bytes):
    """What is no HTTP answer."""

    def write(handler, _):
        handler.wfile.write(content)
        handler.close_connection = True

    return write


def slam(handler, _):
    handler.close_connection = True


class MainDocument(unittest.TestCase):
    """Each misbehaviour once with a fall-back URL and once without; all calls at once."""

    @classmethod
    def setUpClass(cls):
        cls.over = threading.Event()
        cls.web = cls.enterClassContext(WebhookServer())
        cls.addClassCleanup(cls.over.set)
        cls.server = cls.enterClassContext(BelfryServer())
        cls.cases = {
            "answers-500": (reply(500, "SECRET-OF-THE-BODY"), 11200),
            "answers-404": (reply(404), 11200),
            "hangs": (hang(cls.over), None),
            "redirects-to-itself": (redirect("/redirects-to-itself"), 11215),
            "200-MB": (flood(200 << 20), 11750),
            "200-MB-of-audio": (flood(200 << 20, "audio/wav"), 11750),
            "66-kB": (twiml("<Response>" + " " * 66_000 + "</Response>"), 11750),
            "wrong-type": (reply(200, "{}", "application/json"), 12300),
            "broken-xml": (twiml("<Response><Say>SECRET-OF-THE-BODY</Response>"), 12100),
            "no-utf-8": (reply(200, b"<Response>\xff\xfe</Response>", "text/xml"), 12100),
            "billion-laughs": (twiml(LAUGHS), 12100),
            "external-entity": (twiml(EXTERNAL), 12100),
            "deep": (twiml("<Response>" + "<Gather>" * 3000 + "</Gather>" * 3000 + "</Response>"), 12100),
            "empty": (reply(200, b"", "text/xml"), 11770),
            "no-http": (raw(b"SECRET-OF-THE-BODY\r\n\r\n"), 11206),
            "hangs-up": (slam, None),
            "half-a-head": (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), None),
            "short-body": (raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 999\r\n\r\n<Resp"), None),
            "audio-that-is-none": (reply(200, b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\x7f", "audio/wav"), None),
        }
        cls.alone, cls.rescued = {}, {}
        for name, (answer, _) in cls.cases.items():
            cls.web.on(f"/{name}", answer)
            cls.web.on(f"/fallback/{name}", twiml("<Response><Say>Plan B.</Say></Response>"))
            cls.alone[name] = cls.place(name)
            cls.rescued[name] = cls.place(name, fallback_url=f"{cls.web.url}/fallback/{name}")

    @classmethod
    def place(cls, name, **more):
        phone = Phone(cls.server, on_call="answer", answer_after_ms=50)
        url = f"{cls.web.url}/{name}" + ("#rt=1500&tt=1500" if name == "hangs" else "")
        status, call = cls.server.request("POST", "/admin/api/calls", {"to": phone.number, "url": url} | more)
        assert status == 201, (name, call)
        return phone, call["sid"]

    def check_code(self, name, code):
        expected = self.cases[name][1]
        if expected:
            self.assertEqual(code, expected)
        else:
            self.assertTrue(11200 <= code < 13500, code)

    def test_without_a_fallback_the_caller_hears_an_apology(self):
        for name, (phone, sid) in self.alone.items():
            with self.subTest(name):
                call = wait_final(self.server, sid)
                self.assertEqual(call["status"], "completed", call)
                self.check_code(name, call["error_code"])
                self.assertEqual(phone.heard(sid), APOLOGY)

    def test_the_fallback_is_asked_with_the_reason(self):
        for name, (phone, sid) in self.rescued.items():
            with self.subTest(name):
                call = wait_final(self.server, sid)
                self.check_code(name, call["error_code"])
                self.assertEqual(phone.heard(sid), "Plan B.")
                (request,) = self.web.requests(f"/fallback/{name}")
                self.check_code(name, int(request.form["ErrorCode"]))
                self.assertTrue(request.form["ErrorUrl"].startswith(f"{self.web.url}/{name}"), request.form)
                self.assertEqual(request.form["CallSid"], sid)

    def test_what_was_fetched_is_in_no_error_text(self):
        """Rule W1. The exchange itself shows the body to the account that asked, as GET /Calls/{Sid}/Events does."""
        for name, (_, sid) in self.alone.items():
            call = wait_final(self.server, sid)
            _, events = self.server.request("GET", f"/admin/api/calls/{sid}/events")
            self.assertTrue([event for event in events["items"] if event["type"] == "error"], name)
            told = [event for event in events["items"] if event["type"] != "webhook.response"]
            self.assertNotIn("SECRET-OF-THE-BODY", str([call, told]), name)
            self.assertNotIn("root:", str(events), name)
        self.assertNotIn("SECRET-OF-THE-BODY", self.server.stderr)

    def test_a_broken_fallback_ends_with_the_apology(self):
        self.web.on("/fallback/broken-too", reply(500))
        phone, sid = self.place("answers-500", fallback_url=self.web.url + "/fallback/broken-too")
        self.assertEqual(wait_final(self.server, sid)["error_code"], 11200)
        self.assertEqual(phone.heard(sid), APOLOGY)
        self.assertEqual(len(self.web.requests("/fallback/broken-too")), 1)

    def test_a_broken_action_document_has_the_fallback_too(self):
        gather = '<Response><Gather numDigits="1" timeout="1" actionOnEmptyResult="true" action="/answers-500"/></Response>'
        self.web.on("/gathers", twiml(gather))
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        fallback = {"url": f"{self.web.url}/gathers", "fallback_url": f"{self.web.url}/fallback/empty-action"}
        self.web.on("/fallback/empty-action", twiml("<Response><Say>Plan B.</Say></Response>"))
        _, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number} | fallback)
        wait_final(self.server, call["sid"])
        self.assertEqual(phone.heard(call["sid"]), "Plan B.")


class EndlessPrograms(unittest.TestCase):
    """Rule W3: programs stay small."""

    @classmethod
    def setUpClass(cls):
        cls.web = cls.enterClassContext(WebhookServer())
        cls.server = cls.enterClassContext(BelfryServer())

    def test_documents_that_redirect_for_ever_end_the_call(self):
        self.web.on("/loop", twiml("<Response><Redirect>/loop</Redirect></Response>"))
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        body = {"to": phone.number, "url": self.web.url + "/loop", "fallback_url": self.web.url + "/loop"}
        _, call = self.server.request("POST", "/admin/api/calls", body)
        self.assertEqual(wait_final(self.server, call["sid"])["error_code"], 11215)
        self.assertLessEqual(len(self.web.requests("/loop")), 60)

    def test_a_document_of_a_thousand_silent_verbs_ends(self):
        document = "<Response>" + '<Say></Say><Pause length="0"/>' * 900 + "</Response>"
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        _, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number, "twiml": document})
        self.assertEqual(wait_final(self.server, call["sid"])["status"], "completed")


class Callbacks(unittest.TestCase):
    def test_a_callback_that_fails_is_repeated_with_the_same_id_and_body(self):
        """Rule R7."""
        with WebhookServer() as web, BelfryServer() as server:
            web.on("/status", reply(500), slam, reply(204))
            phone = Phone(server, on_call="busy")
            body = {"to": phone.number, "say": "hello", "status_callback": web.url + "/status"}
            _, call = server.request("POST", "/admin/api/calls", body)
            tries = web.wait_for("/status", 3)
            self.assertEqual({request.form["CallSid"] for request in tries}, {call["sid"]})
            self.assertEqual({request.form["CallStatus"] for request in tries}, {"busy"})
            self.assertEqual(len({request.body for request in tries}), 1)
            self.assertEqual(len({request.headers["I-Twilio-Idempotency-Token"] for request in tries}), 1)
            self.assertEqual(len(tries), 3)

    def test_a_dead_receiver_does_not_hold_up_others(self):
        over = threading.Event()
        with WebhookServer() as dead, WebhookServer() as web, BelfryServer() as server:
            self.addCleanup(over.set)
            dead.on("/status", hang(over))
            for receiver in [dead] * 30 + [web]:
                body = {"to": Phone(server, on_call="busy").number, "say": "x", "status_callback": receiver.url + "/status"}
                self.assertEqual(server.request("POST", "/admin/api/calls", body)[0], 201)
            web.wait_for("/status", 1, within=5)
            over.set()


class Egress(unittest.TestCase):
    """Rule W1: where documents, sounds and callbacks may not come from or go to."""

    @classmethod
    def setUpClass(cls):
        cls.web = cls.enterClassContext(WebhookServer())
        cls.server = cls.enterClassContext(BelfryServer())
        port = cls.server.http_port
        cls.forbidden = [
            "http://169.254.169.254/latest/meta-data/",
            "http://10.0.0.1/",
            "http://192.168.0.1:8080/",
            "http://100.64.0.1/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            f"http://127.0.0.1:{port}/admin/api/calls",
            f"http://localhost:{port}/admin/api/calls",
            f"http://[::ffff:127.0.0.1]:{port}/admin/api/calls",
            f"http://0.0.0.0:{port}/admin/api/calls",
            "http://127.0.0.1:22/",
            "http://127.0.0.1:25/",
        ]

    def place(self, **body) -> tuple:
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        status, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number} | body)
        self.assertEqual(status, 201, call)
        return phone, call["sid"]

    def assert_refused(self, sid):
        """Refused by policy: what only failed to connect would read otherwise."""
        call = wait_final(self.server, sid)
        self.assertTrue(11100 <= call["error_code"] < 11300, call)
        _, events = self.server.request("GET", f"/admin/api/calls/{sid}/events")
        errors = [event["data"]["message"] for event in events["items"] if event["type"] == "error"]
        self.assertRegex(errors[0], "egress|own listeners|never connected to|not a web URL|scheme|localhost:.*connect")

    def test_forbidden_addresses_are_refused(self):
        placed = {url: self.place(url=url) for url in self.forbidden}
        for url, (phone, sid) in placed.items():
            with self.subTest(url):
                self.assert_refused(sid)
                self.assertEqual(phone.heard(sid), APOLOGY)

    def test_redirects_to_them_are_refused(self):
        placed = {}
        for number, url in enumerate([*self.forbidden, "file:///etc/passwd", "gopher://127.0.0.1/"]):
            self.web.on(f"/hop{number}", redirect(url, 307))
            placed[url] = self.place(url=f"{self.web.url}/hop{number}")
        for url, (_, sid) in placed.items():
            with self.subTest(url):
                self.assert_refused(sid)

    def test_sounds_and_redirect_verbs_are_refused(self):
        own = f"http://127.0.0.1:{self.server.http_port}/admin/api/calls"
        for verb in ("<Play>http://169.254.169.254/a.wav</Play>", f"<Play>{own}</Play>", f"<Redirect>{own}</Redirect>",
                     "<Play>file:///etc/passwd</Play>", "<Redirect>http://10.0.0.1/</Redirect>"):  # fmt: skip
            with self.subTest(verb):
                _, sid = self.place(twiml=f"<Response>{verb}</Response>")
                self.assert_refused(sid)

    def test_callbacks_to_them_never_leave(self):
        own = f"http://127.0.0.1:{self.server.http_port}"
        phone = Phone(self.server, on_call="busy")
        self.place(say="hello")  # something to count
        before = self.server.request("GET", "/sim/messages")
        for target in ("http://169.254.169.254/", f"{own}/sim/phones/{phone.number}/message"):
            body = {"to": phone.number, "say": "x", "status_callback": target}
            _, call = self.server.request("POST", "/admin/api/calls", body)
            wait_final(self.server, call["sid"])
            wait_until(lambda: f'webhook.failed call="{call["sid"]}"' in self.server.stderr, 10, "a failed delivery")
        self.assertEqual(self.server.request("GET", "/sim/messages"), before)

    def test_what_is_no_web_url_is_refused_at_once(self):
        for url in ("file:///etc/passwd", "gopher://127.0.0.1:6379/x", "ftp://example.org/", "javascript:alert(1)",
                    "http://a@b@c/", "http://127.0.0.1\\@example.org/", "http://2130706433/", "http://0x7f.1/",
                    "http://exa\nmple.org/", "//example.org/"):  # fmt: skip
            with self.subTest(url):
                status, answer = self.server.request("POST", "/admin/api/calls", {"to": "+15550009", "url": url})
                self.assertEqual(status, 422, answer)


if __name__ == "__main__":
    unittest.main()
