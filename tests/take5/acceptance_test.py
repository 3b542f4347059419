"""Take5 as its users meet it: the document's commands as printed, and a call that ends by itself."""

import json
import subprocess
import time
import unittest

from support.belfry_server import BelfryServer
from support.phone import Phone
from take5.people import add_group, create_call, e164, must, new_number, status_of, wait_participant, wait_status

CREATE = """curl -s -w '\\n%{http_code}' -X POST http://localhost:3000/api/chime/call \\
    -H "Content-Type: application/json" \\
    -d '{"groupId": 1, "scheduledTime": "2025-08-27T10:00:00.000Z"}'"""
STATUS = "curl -s -w '\\n%{{http_code}}' http://localhost:3000/api/chime/call/{}/status"
SMS = """curl -s -w '\\n%{http_code}' -X POST http://localhost:3000/api/chime/sms \\
    -H "Content-Type: application/json" \\
    -d '{"phoneNumbers":["5551234567"],"message":"Test SMS from Take5"}'"""


class OnPort3000(BelfryServer):
    """With the listener that the document's commands name."""

    def flags(self):
        flags = super().flags()
        flags[flags.index("--http-extra-ports") + 1] = "3000"
        return flags


class DocumentExample(unittest.TestCase):
    def start(self):
        """Port 3000 may be another server's for a while."""
        for _ in range(20):
            server = OnPort3000(environment={"SEED_DATABASE": "true"}).__enter__()
            if "port_taken" not in server.stderr:
                self.addCleanup(server.close)
                return server
            server.close()
            time.sleep(3)
        self.fail("port 3000 of 127.0.0.1 is somebody else's")

    def run_command(self, command):
        output = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30).stdout
        body, status = output.rsplit("\n", 1)
        return int(status), json.loads(body)

    def test_the_documents_commands_work_as_printed(self):
        self.start()
        status, created = self.run_command(CREATE)
        self.assertEqual((status, created["call"]["status"]), (201, "created"))
        self.assertEqual(created["call"]["groupName"], "Daily Check-in")
        self.assertEqual(created["call"]["participants"], 3)
        self.assertEqual(created["call"]["phoneNumbers"][:2], ["+15551234567", "+15559876543"])
        status, shown = self.run_command(STATUS.format(created["call"]["callId"]))
        self.assertEqual((status, shown["call"]["status"]), (200, "created"))
        status, sent = self.run_command(SMS)
        self.assertEqual((status, sent["result"]["sent"]), (200, 1))


class SampleData(unittest.TestCase):
    def test_is_made_once_and_only_if_it_is_wanted(self):
        with BelfryServer(environment={"SEED_DATABASE": "true"}) as server:
            self.assertEqual(len(must(server, "GET", "/api/group")), 3)
            must(server, "DELETE", "/api/group/2", status=204)
            server.stop()
            server.start()
            self.assertEqual([group["id"] for group in must(server, "GET", "/api/group")], [1, 3])
        with BelfryServer(environment={"SEED_DATABASE": "false"}) as server:
            self.assertEqual(must(server, "GET", "/api/user"), [])


class GroupCall(unittest.TestCase):
    CONFIG = "[take5]\nmax_duration = 12\nnotice = 6\n"

    def test_two_meet_hear_the_notice_and_are_parted(self):
        with BelfryServer(self.CONFIG, environment={"CHIME_OUTBOUND_PHONE_NUMBER": "+15550100177"}) as server:
            numbers = [new_number(), new_number()]
            phones = [Phone(server, e164(number), on_call="answer", answer_after_ms=200) for number in numbers]
            call = create_call(server, add_group(server, numbers))["callId"]
            must(server, "POST", f"/api/chime/call/{call}/start")
            for number in numbers:
                wait_participant(server, call, number, "connected")
            wait_status(server, call, "ended", within=40)
            self.assertEqual(status_of(server, call)["duration"], 12)
            for phone in phones:
                heard = phone._ask("GET", "")["calls"][0]
                words = " ".join(piece["text"] for piece in heard["heard"])
                self.assertIn("Hello! This is your Take5 call: Daily Check-in.", words)
                self.assertIn("This call ends in 6 seconds.", words)
                self.assertEqual(heard["from"], "+15550100177")

    def test_the_placeholder_of_the_document_is_no_number(self):
        with BelfryServer(environment={"CHIME_OUTBOUND_PHONE_NUMBER": "your-chime-phone-number-id"}) as server:
            number = new_number()
            phone = Phone(server, e164(number), on_call="answer", answer_after_ms=100)
            call = create_call(server, add_group(server, [number]))["callId"]
            must(server, "POST", f"/api/chime/call/{call}/start")
            wait_participant(server, call, number, "connected")
            self.assertRegex(phone._ask("GET", "")["calls"][0]["from"], r"^\+1\d{10}$")


if __name__ == "__main__":
    unittest.main()
