"""A title goes through JSON, a URL and XML before it is spoken: what was written is what is heard."""

import unittest

from support.belfry_server import BelfryServer
from support.phone import Phone, loud_seconds, wait_final

TITLES = {
    "xml": "Q&A <b>now</b> \"today\" it's &amp; &#65; ]]> <!-- -->",
    "url": "50% off? a=b&task_id=stolen #1 + 2 /../ http://x/?y=%41;z",
    "emoji": "Call Zoë 🎉👩\u200d💻 at noon",
    "chinese": "提交季度报告。马上！",
    "arabic": "تقديم التقرير الفصلي",
    "lines": "first line\nsecond\r\nthird\tend",
    "control": "be\x00ep \x07bell\x1b[31m\x7f del\ufffe\uffff done",
    "template": "{task_title} %s ${HOME} `id` $(id)",
    "only-signs": "!!! ### &&&",
    "long": "word " * 99 + "end",
    "long-chinese": "漢" * 500,
}

def expected(title: str) -> str:
    """As heard: without control characters and noncharacters, in one line."""
    kept = (c if c == " " or c.isprintable() or c in "\u200d" else " " if c in "\n\r\t" else "" for c in title)
    return "".join(kept)


def bare(text: str) -> str:
    """Sentences are heard one by one; blanks between them are nobody's."""
    return "".join(text.split())


class Titles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())
        cls.phones, cls.sids = {}, {}
        for name, title in TITLES.items():
            cls.phones[name] = Phone(cls.server, on_call="answer", answer_after_ms=100)
            body = {"phone_number": cls.phones[name].number, "task_title": title, "task_id": f"{name}&<\"'#é"}
            status, answer = cls.server.request("POST", "/notifications/call", body)
            assert status == 201, (name, status, answer)
            cls.sids[name] = answer["call_sid"]
        for name, phone in cls.phones.items():
            # Nobody listens to 500 characters to the end.
            phone.wait_heard("a critical task:" if name.startswith("long") else "Press 1", cls.sids[name], 120)
            phone.press("1")

    def test_every_title_is_heard_as_written(self):
        for name, title in TITLES.items():
            with self.subTest(name):
                call = wait_final(self.server, self.sids[name], within=240)
                self.assertEqual(call["status"], "completed", call)
                self.assertIsNone(call["error_code"], call)
                sentence = f"Hi! This is Flux. You have a critical task: {expected(title)}. Press 1 to acknowledge."
                heard = self.phones[name].heard(self.sids[name])
                self.assertEqual(bare(heard).startswith(bare(sentence)), not name.startswith("long"), heard)
                self.assertTrue(bare(heard).startswith(bare(sentence)[:40]), heard)

    def test_every_title_can_be_acknowledged_under_its_task_id(self):
        for name in TITLES:
            with self.subTest(name):
                wait_final(self.server, self.sids[name], within=240)
                _, notification = self.server.request("GET", f"/notifications/call/{self.sids[name]}")
                self.assertTrue(notification["acknowledged"], notification)
                self.assertEqual(notification["task_id"], f"{name}&<\"'#é")
                self.assertEqual(notification["task_title"], TITLES[name])

    def test_other_scripts_are_sound_too(self):
        for name in ("chinese", "arabic", "emoji"):
            with self.subTest(name):
                wait_final(self.server, self.sids[name], within=240)
                rate, samples = self.phones[name].audio(self.sids[name])
                self.assertGreater(loud_seconds(rate, samples), 4)


if __name__ == "__main__":
    unittest.main()
