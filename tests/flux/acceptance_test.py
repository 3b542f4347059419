"""Flux as its users meet it: a call reads a task's title, 1 acknowledges it, nothing else does."""

import json
import subprocess
import time
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import PRESS_1, Phone, loud_seconds, wait_final
from support.webhook_server import WebhookServer, standard_webhook_signature

SENTENCE = "Hi! This is Flux. You have a critical task: {}. Press 1 to acknowledge."
THANKS = "Thank you. Task acknowledged. Goodbye."
SORRY = "No acknowledgment received. Goodbye."
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY="


def notify(server, phone, title="Submit quarterly report", task_id=None) -> str:
    body = {"phone_number": phone.number, "task_title": title}
    if task_id is not None:
        body["task_id"] = task_id
    status, answer = server.request("POST", "/notifications/call", body)
    assert status == 201, (status, answer)
    return answer["call_sid"]


def shown(server, sid: str) -> dict:
    status, notification = server.request("GET", f"/notifications/call/{sid}")
    assert status == 200, (status, notification)
    return notification


class OnPort8000(BelfryServer):
    """With the listener that the document's commands name."""

    def flags(self):
        flags = super().flags()
        flags[flags.index("--http-extra-ports") + 1] = "8000"
        return flags


class DocumentExample(unittest.TestCase):
    CURL = """curl -s -w '\\n%{http_code}' -X POST http://localhost:8000/notifications/call \\
        -H "Content-Type: application/json" \\
        -d '{ "phone_number": "+14155551234", "task_title": "Submit quarterly report", "task_id": "task_12345" }'"""

    def start(self):
        """Port 8000 may be another server's for a while."""
        for _ in range(20):
            server = OnPort8000().__enter__()
            if "port_taken" not in server.stderr:
                self.addCleanup(server.close)
                return server
            server.close()
            time.sleep(3)
        self.fail("port 8000 of 127.0.0.1 is somebody else's")

    def test_the_documents_curl_places_the_call_as_printed(self):
        server = self.start()
        output = subprocess.run(self.CURL, shell=True, capture_output=True, text=True, timeout=30).stdout
        body, _, status = output.rpartition("\n")
        self.assertEqual(status, "201", output)
        answer = json.loads(body)
        self.assertEqual(list(answer), ["call_sid", "status", "to", "message", "initiated_at"])
        self.assertRegex(answer["call_sid"], r"^CA[0-9a-f]{32}$")
        self.assertEqual(answer["status"], "queued")
        self.assertEqual(answer["to"], "+14155551234")
        self.assertEqual(answer["message"], "Call initiated successfully to +14155551234")
        self.assertRegex(answer["initiated_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        Phone(server, "+14155551234").wait_heard("Hi!", answer["call_sid"])


class Calls(unittest.TestCase):
    """All calls are placed at once and each test waits for its own: one takes up to half a minute."""

    @classmethod
    def setUpClass(cls):
        cls.web = cls.enterClassContext(WebhookServer())
        config = f'[flux]\nwebhook_url = "{cls.web.url}/events"\nwebhook_secret = "{SECRET}"\n[calls]\nring_timeout = 4\n'
        cls.server = server = cls.enterClassContext(BelfryServer(config))
        cls.phones = {
            "one": Phone(server, "+14155551234", on_call="answer", answer_after_ms=100, script=PRESS_1),
            "two": Phone(server, on_call="answer", answer_after_ms=100, script=[{"after_speech": True, "press": "2"}]),
            "nothing": Phone(server),
            "hang-up": Phone(server, on_call="answer", answer_after_ms=100, script=[{"after_ms": 1500, "hang_up": True}]),
            "early": Phone(server, on_call="answer", answer_after_ms=100, script=[{"after_ms": 1500, "press": "1"}]),
            "busy": Phone(server, on_call="busy"),
            "no-answer": Phone(server, on_call="no-answer"),
            "reject": Phone(server, on_call="reject", answer_after_ms=100),
            "unreachable": Phone(server, on_call="unreachable"),
            "voicemail": Phone(server, on_call="voicemail", answer_after_ms=100),
        }
        cls.sids = {name: notify(server, phone, task_id=f"task-{name}") for name, phone in cls.phones.items()}

    def ended(self, name: str) -> tuple:
        """(the call as the admin pages show it, the notification) once it is over."""
        sid = self.sids[name]
        return wait_final(self.server, sid), shown(self.server, sid)

    def assert_not_acknowledged(self, name: str, status: str):
        call, notification = self.ended(name)
        self.assertEqual(call["status"], status, call)
        self.assertTrue(call["end_reason"], call)
        self.assertEqual(notification["status"], status)
        self.assertFalse(notification["acknowledged"])
        _, task = self.server.request("GET", f"/notifications/tasks/task-{name}")
        self.assertFalse(task["acknowledged"])
        told = [event.json["data"]["call_sid"] for event in self.web.requests("/events")]
        self.assertNotIn(self.sids[name], told)

    def assert_one_sorry(self, name: str):
        heard = self.phones[name].heard(self.sids[name])
        self.assertEqual(heard, SENTENCE.format("Submit quarterly report") + " " + SORRY)

    def test_the_sentence_is_heard_and_1_acknowledges_once(self):
        call, notification = self.ended("one")
        sid = self.sids["one"]
        heard = self.phones["one"].heard(sid)
        self.assertEqual(heard, SENTENCE.format("Submit quarterly report") + " " + THANKS)
        self.assertEqual(call["status"], "completed")
        self.assertEqual(call["application"], "flux")
        self.assertEqual(
            {name: notification[name] for name in ("call_sid", "task_id", "to", "status", "acknowledged", "digits")},
            {"call_sid": sid, "task_id": "task-one", "to": "+14155551234", "status": "completed",
             "acknowledged": True, "digits": "1"},
        )  # fmt: skip
        self.assertRegex(notification["processed_at"], r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        _, task = self.server.request("GET", "/notifications/tasks/task-one")
        self.assertTrue(task["acknowledged"])
        self.assertEqual([each["call_sid"] for each in task["calls"]], [sid])

    def test_the_acknowledgement_is_told_once_and_signed(self):
        sid = self.sids["one"]
        self.ended("one")

        def told():
            return [event for event in self.web.requests("/events") if event.json["data"]["call_sid"] == sid]

        (event,) = wait_until(told, 10, "the webhook task.acknowledged")
        self.assertEqual(event.json["type"], "task.acknowledged")
        self.assertEqual(event.json["data"]["task_id"], "task-one")
        self.assertLess(abs(int(event.headers["webhook-timestamp"]) - time.time()), 120)
        self.assertTrue(event.headers["webhook-id"])
        self.assertIn(standard_webhook_signature(SECRET, event), event.headers["webhook-signature"].split(" "))

    def test_what_was_heard_is_speech(self):
        sid = self.sids["one"]
        phone = self.phones["one"]
        phone.wait_end(sid)
        rate, samples = phone.audio(sid)
        call = wait_final(self.server, sid)
        seconds = len(samples) / rate
        self.assertGreaterEqual(rate, 8000)
        self.assertGreater(loud_seconds(rate, samples), 4, "19 words take more than 4 s to say")
        self.assertLess(abs(seconds - call["duration_s"]), 3, "the recording is as long as the call")

    def test_a_key_during_the_sentence_counts(self):
        _, notification = self.ended("early")
        self.assertTrue(notification["acknowledged"])
        heard = self.phones["early"].heard(self.sids["early"])
        self.assertTrue(heard.endswith(THANKS), heard)
        self.assertNotIn("Press 1", heard)

    def test_2_does_not_acknowledge(self):
        self.assert_not_acknowledged("two", "completed")
        self.assert_one_sorry("two")
        self.assertEqual(shown(self.server, self.sids["two"])["digits"], "2")

    def test_no_key_does_not_acknowledge_and_one_goodbye_is_spoken(self):
        self.assert_not_acknowledged("nothing", "completed")
        self.assert_one_sorry("nothing")

    def test_hanging_up_does_not_acknowledge(self):
        self.assert_not_acknowledged("hang-up", "completed")
        self.assertNotIn("Goodbye", self.phones["hang-up"].heard(self.sids["hang-up"]))

    def test_busy_does_not_acknowledge(self):
        self.assert_not_acknowledged("busy", "busy")

    def test_no_answer_does_not_acknowledge(self):
        self.assert_not_acknowledged("no-answer", "no-answer")

    def test_declining_does_not_acknowledge(self):
        self.assert_not_acknowledged("reject", "busy")

    def test_an_unreachable_number_does_not_acknowledge(self):
        self.assert_not_acknowledged("unreachable", "failed")

    def test_a_machine_does_not_acknowledge(self):
        self.assert_not_acknowledged("voicemail", "completed")

    def test_a_repeated_webhook_changes_nothing(self):
        self.ended("one")
        for name, digits, sentence in (("one", "2", THANKS), ("one", "1", THANKS), ("two", "1", SORRY)):
            self.ended(name)
            before = shown(self.server, self.sids[name])
            status, document = self.server.request(
                "POST", f"/notifications/call/gather?task_id=task-{name}",
                f"CallSid={self.sids[name]}&Digits={digits}", {"Content-Type": "application/x-www-form-urlencoded"},
            )  # fmt: skip
            self.assertEqual(status, 200)
            self.assertIn(sentence, document, "it says what is stored, not what was pressed now")
            self.assertEqual(shown(self.server, self.sids[name]), before)

    def test_a_person_answers_listens_and_presses(self):
        phone = Phone(self.server, on_call="person")
        sid = notify(self.server, phone, "Water the plants", "task-person")
        phone.wait_state("ringing")
        phone.answer()
        phone.wait_heard("Press 1 to acknowledge.", sid)
        phone.press("1")
        phone.wait_heard(THANKS, sid)
        phone.wait_end(sid)
        self.assertTrue(shown(self.server, sid)["acknowledged"])

    def test_its_own_callbacks_arrive(self):
        for name in self.sids:
            self.ended(name)
        self.assertNotIn("webhook.failed", self.server.stderr)

    def test_the_list_has_them_all(self):
        status, answer = self.server.request("GET", "/notifications/call")
        self.assertEqual(status, 200)
        self.assertLessEqual(set(self.sids.values()), {item["call_sid"] for item in answer["items"]})


if __name__ == "__main__":
    unittest.main()
