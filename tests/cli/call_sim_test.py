"""`belfry call` and `belfry sim` against a running server."""

import json
import re
import threading
import unittest

from support.belfry_server import BelfryServer, run_belfry, wait_until

GATHER = '<Response><Gather numDigits="1"><Say>Press one.</Say></Gather><Say>Nothing.</Say></Response>'


class CallAndSim(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = BelfryServer().start()
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.sim("reset")

    def sim(self, *arguments):
        answer = self.server.command("sim", *arguments)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout

    def show(self, number):
        return json.loads(self.sim("show", number, "--json"))

    def call(self, *arguments):
        return self.server.command("call", *arguments)

    def assert_in_order(self, text, *words):
        at = 0
        for word in words:
            found = text.find(word, at)
            self.assertNotEqual(found, -1, f"no {word!r} after {text[:at]!r} in {text!r}")
            at = found + len(word)

    # --- call ---

    def test_a_call_tells_each_step_and_completes(self):
        self.sim("set", "+15550000001", "--answer-after-ms", "100")
        answer = self.call("+15550000001", "--say", "Hello from the tests", "--from", "+15550009999")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assert_in_order(
            answer.stdout, "to +15550000001", "ringing", "answered", "Hello from the tests", "completed"
        )
        for line in answer.stdout.splitlines()[1:]:
            self.assertRegex(line, r"^ *\d+\.\d\d s  \S")
        [call] = self.show("+15550000001")["calls"]
        self.assertEqual(call["from"], "+15550009999")
        self.assertIn("Hello from the tests", " ".join(heard["text"] for heard in call["heard"]))

    def test_keys_that_are_pressed_are_told(self):
        document = self.server.folder / "gather.xml"
        document.write_text(GATHER)
        self.sim("set", "+15550000002", "--answer-after-ms", "100", "--press", "1")
        answer = self.call("+15550000002", "--twiml", document)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assert_in_order(answer.stdout, "answered", "Press one.", "key pressed: 1", "completed")

    def test_a_call_that_does_not_complete_fails(self):
        for behaviour, word in (("busy", "busy"), ("reject", ""), ("unreachable", "failed")):
            self.sim("set", "+15550000003", "--on-call", behaviour)
            answer = self.call("+15550000003", "--say", "Hello")
            self.assertEqual(answer.returncode, 1, answer)
            self.assertIn(word, answer.stdout.splitlines()[-1])

    def test_without_waiting_only_the_call_is_named(self):
        self.sim("set", "+15550000004", "--on-call", "person")
        answer = self.call("+15550000004", "--say", "Hello", "--no-wait")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        sid = re.fullmatch(r"call (CA[0-9a-f]{32}) to \+15550000004\n", answer.stdout)
        self.assertTrue(sid, answer.stdout)
        status, call = self.server.request("GET", f"/admin/api/calls/{sid[1]}")
        self.assertEqual((status, call["to"]), (200, "+15550000004"))

    def test_steps_are_printed_as_they_happen(self):
        self.sim("set", "+15550000005", "--on-call", "person")
        outcome = []
        caller = threading.Thread(
            target=lambda: outcome.append(self.call("+15550000005", "--say", "At last"))
        )
        caller.start()
        wait_until(lambda: self.show("+15550000005")["state"] == "ringing", what="ringing")
        self.sim("answer", "+15550000005")
        caller.join()
        self.assertEqual(outcome[0].returncode, 0, outcome[0])
        self.assert_in_order(outcome[0].stdout, "ringing", "answered", "At last", "completed")

    def test_what_the_caller_did_wrong_is_told(self):
        for arguments, word in (
            (["+15551234567"], "--say"),
            (["+15551234567", "--say", "a", "--url", "http://127.0.0.1/"], "--say"),
            (["not a number", "--say", "a"], "to"),
            (["+15551234567", "--url", "gopher://x/"], "url"),
            (["+15551234567", "--twiml", "/nowhere.xml"], "/nowhere.xml"),
        ):
            answer = self.call(*arguments)
            self.assertEqual(answer.returncode, 2, (arguments, answer))
            self.assertIn(word, answer.stderr)

    def test_no_server_is_a_failure_with_advice(self):
        for command in (["call", "+15551234567", "--say", "a"], ["sim", "phones"]):
            answer = run_belfry(*command, "--server", "http://127.0.0.1:1")
            self.assertEqual(answer.returncode, 1)
            self.assertIn("belfry serve", answer.stderr)
            self.assertIn("http://127.0.0.1:1", answer.stderr)

    # --- sim ---

    def test_a_phone_keeps_the_behaviour_that_it_was_given(self):
        self.sim(
            "set", "+15550000010", "--on-call", "answer", "--answer-after-ms", "200", "--press", "1", "--press", "2#",
            "--json", '{"on_call": "busy", "network": {"loss": 0.25}, "script": [{"say": "hi"}]}',
        )  # fmt: skip
        phone = self.show("+15550000010")
        self.assertEqual((phone["on_call"], phone["answer_after_ms"]), ("answer", 200))
        self.assertEqual(phone["network"]["loss"], 0.25)
        self.assertEqual([step.get("press") for step in phone["script"]], [None, "1", "2#"])
        self.assertIn("+15550000010", self.sim("phones"))

    def test_a_behaviour_that_is_none_is_refused(self):
        for arguments in (["--on-call", "explode"], ["--json", "[]"], ["--json", "{"], ["--press", "x"]):
            answer = self.server.command("sim", "set", "+15550000011", *arguments)
            self.assertEqual(answer.returncode, 2, (arguments, answer))
            self.assertTrue(answer.stderr)

    def test_a_person_picks_up_speaks_presses_and_hangs_up(self):
        number = "+15550000012"
        document = self.server.folder / "pause.xml"
        document.write_text('<Response><Gather timeout="60" numDigits="2"/></Response>')
        self.sim("set", number, "--on-call", "person")
        self.assertEqual(self.call(number, "--twiml", document, "--no-wait").returncode, 0)
        wait_until(lambda: self.show(number)["state"] == "ringing", what="ringing")
        self.sim("answer", number)
        wait_until(lambda: self.show(number)["state"] == "in-call", what="the call")
        self.sim("say", number, "good morning")
        self.sim("press", number, "7")
        self.sim("hang-up", number)
        wait_until(lambda: self.show(number)["state"] == "idle", what="the end")
        self.assertIn("ended", self.sim("show", number))

    def test_a_phone_without_a_call_cannot_be_picked_up(self):
        answer = self.server.command("sim", "answer", "+15550000013")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("neither rings nor is in a call", answer.stderr)

    def test_messages_arrive(self):
        self.sim("message", "+15550000014", "+15550000015", "see you")
        self.assertIn("+15550000014 -> +15550000015  see you", self.sim("messages"))
        [message] = json.loads(self.sim("messages", "--json"))["items"]
        self.assertEqual(message["body"], "see you")

    def test_a_phone_calls_a_phone(self):
        self.sim("set", "+15550000016", "--on-call", "person")
        self.sim("call", "+15550000017", "+15550000016")
        wait_until(lambda: self.show("+15550000017")["calls"], what="the call")

    def test_reset_forgets_everything(self):
        self.sim("set", "+15550000018", "--on-call", "busy")
        self.sim("message", "+15550000018", "+15550000019", "x")
        self.sim("reset")
        self.assertEqual(self.sim("phones") + self.sim("messages"), "")
        self.assertEqual(self.show("+15550000018")["on_call"], "answer")

    def test_a_seed_is_taken(self):
        self.assertEqual(self.sim("seed", "7"), "")
        self.assertEqual(self.server.command("sim", "seed", "x").returncode, 2)


class Terminal(unittest.TestCase):
    def test_what_a_party_says_does_not_drive_the_terminal(self):
        with BelfryServer() as server:
            self.assertEqual(server.command("sim", "message", "+15550000001", "+15550000002", "a\x1b[2Jb").returncode, 0)
            self.assertNotIn("\x1b", server.command("sim", "messages").stdout)


if __name__ == "__main__":
    unittest.main()
