"""What KIN says on the telephone: the literal texts of its document, the menu, inbound calls and the voicemail."""

import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form_of(**fields) -> str:
    return urllib.parse.urlencode(fields)


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(
            BelfryServer('[kin]\nsales = ["+14155550001", "client:ann"]\nagent = ["client:agent"]\n')
        )

    def document(self, path, body="", method="POST"):
        status, text = self.server.request(method, path, body if method == "POST" else None, FORM)
        self.assertEqual(status, 200, path)
        return ElementTree.fromstring(text)

    def test_the_greeting_is_at_every_path_that_the_document_names(self):
        for path in ("/voice/twiml", "/api/voice/twiml", "/voice"):
            verbs = [(verb.tag, verb.text) for verb in self.document(path)]
            self.assertEqual(
                verbs,
                [
                    ("Say", "Hello! This is a call from KIN Communications Platform."),
                    ("Pause", None),
                    ("Say", "How can I help you today?"),
                ],
                path,
            )

    def test_documents_are_text_xml(self):
        request = urllib.request.Request(self.server.url + "/voice/twiml", b"", method="POST")
        with urllib.request.urlopen(request) as response:
            self.assertTrue(response.headers["Content-Type"].startswith("text/xml"))
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_the_basic_document_says_a_message_with_alice(self):
        (say,) = self.document("/voice/twiml/basic")
        self.assertEqual((say.get("voice"), say.text), ("alice", "Hello from KIN Communications Platform"))
        (say,) = self.document("/voice/twiml/basic?message=%3CHangup%2F%3E+%26")
        self.assertEqual(say.text, "<Hangup/> &")

    def test_the_menu_leads_to_destinations_and_repeats_itself_three_times(self):
        gather, sorry, hangup = self.document("/voice/twiml/menu")
        self.assertEqual(
            gather.attrib, {"numDigits": "1", "action": "/voice/handle-input", "method": "POST"}
        )
        self.assertEqual(
            gather.find("Say").text, "Press 1 for sales, 2 for support, or 3 to speak with an operator."
        )
        self.assertEqual(sorry.text, "Sorry, I didn't receive any input. Goodbye!")
        self.assertEqual(hangup.tag, "Hangup")

        dial = self.document("/voice/handle-input", form_of(Digits="1")).find("Dial")
        self.assertEqual([(noun.tag, noun.text) for noun in dial], [("Number", "+14155550001"), ("Client", "ann")])
        path = "/voice/handle-input"
        for _ in range(2):
            gather = self.document(path, form_of(Digits="9")).find("Gather")
            path = gather.get("action")
        self.assertEqual(path, "/voice/handle-input?attempt=3")
        last = self.document(path, form_of(Digits="9"))
        self.assertIsNone(last.find("Gather"))
        self.assertIsNotNone(last.find("Hangup"))

    def test_an_inbound_call_goes_to_the_agent_and_then_to_the_voicemail(self):
        dial = self.document("/voice/inbound").find("Dial")
        self.assertEqual((dial.get("timeout"), dial.get("timeLimit")), ("30", "3600"))
        self.assertEqual(dial.find("Client").text, "agent")
        after = self.document(dial.get("action"), form_of(DialCallStatus="no-answer"))
        record = self.document(after.find("Redirect").text).find("Record")
        self.assertEqual((record.get("maxLength"), record.get("finishOnKey")), ("300", "#"))
        self.assertIsNotNone(self.document(record.get("action")).find("Hangup"))


class Voicemail(unittest.TestCase):
    def test_a_caller_of_kins_number_is_greeted_and_leaves_a_message(self):
        number = "+14155557777"
        with BelfryServer(f'[kin]\nnumber = "{number}"\n') as server:
            caller = Phone(
                server,
                script=[
                    {"after_speech": True, "after_ms": 1500, "tone_hz": 440, "ms": 1500},
                    {"after_ms": 200, "press": "#"},
                ],
            )
            caller._ask("POST", "/call", {"to": number})

            def left():
                calls = server.request("GET", "/api/voice/calls?direction=inbound")[1]["calls"]
                if not calls:
                    return None
                call = server.request("GET", f"/api/voice/calls/{calls[0]['sid']}")[1]["call"]
                return call.get("recordingStatus") == "completed" and call

            call = wait_until(left, within=30, what="the message")
            self.assertEqual(call["to"], number)
            heard = caller.heard(call["sid"])
            self.assertIn("Thank you for calling KIN", heard)
            self.assertIn("leave a message after the tone", heard)


if __name__ == "__main__":
    unittest.main()
