"""A server on PostgreSQL: what it says of its database, and what it does while that is away (rules R1, R2, R6)."""

import os
import unittest
import urllib.parse

from support.belfry_server import BelfryServer, run_belfry, wait_until
from support.phone import FINAL, Phone, all_calls, wait_final

LONG = '<Response><Pause length="600"/></Response>'


def place(server, number="+14155551234", timeout=30) -> tuple:
    return server.request("POST", "/notifications/call", {"phone_number": number, "task_title": "t"}, timeout=timeout)


class OnPostgres(unittest.TestCase):
    def setUp(self):
        self.assertIn("BELFRY_DATABASE_URL", os.environ, "./test postgres sets it")
        self.server = self.enterContext(BelfryServer())
        self.database = self.server.database

    def is_database_ok(self) -> bool:
        return self.server.request("GET", "/readyz")[0] == 200

    def test_rows_are_there_and_no_file_is_made(self):
        status, answer = place(self.server)
        self.assertEqual(status, 201, answer)
        self.assertEqual(self.database.ask(f"SELECT count(*) FROM legs WHERE sid = '{answer['call_sid']}'"), "1")
        self.assertEqual(list(self.server.data.glob("belfry.db*")), [])

    def test_the_password_is_never_shown(self):
        password = urllib.parse.unquote(urllib.parse.urlsplit(self.database.url).password)
        self.assertGreater(len(password), 8)
        shown = run_belfry("config", *self.server.flags(), environment=self.server.environment)
        self.assertIn("database_url", shown.stdout)
        self.database.end_sessions()
        self.assertEqual(place(self.server)[0], 201)
        self.assertIn("store.reconnected", self.server.stderr)
        for text in (shown.stdout, shown.stderr, self.server.stdout, self.server.stderr):
            self.assertNotIn(password, text)
        with open(f"/proc/{self.server.process.pid}/cmdline", "rb") as file:
            self.assertNotIn(password.encode(), file.read())

    def test_a_second_server_on_the_database_names_the_first(self):
        second = BelfryServer(environment={"BELFRY_DATABASE_URL": self.database.url})
        self.addCleanup(second.close)
        second.launch()
        self.assertEqual(second.wait(), 1)
        self.assertIn(f"belfry {self.server.process.pid} on ", second.stderr)
        self.assertTrue(self.is_database_ok())

    def test_the_variables_of_take5_name_it(self):
        url = urllib.parse.urlsplit(self.database.url)
        variables = {
            "DB_HOST": urllib.parse.unquote(url.netloc.rpartition("@")[2]),
            "DB_USER": url.username, "DB_PASSWORD": urllib.parse.unquote(url.password), "DB_NAME": url.path[1:],
        }  # fmt: skip
        self.server.stop()
        del self.server.environment["BELFRY_DATABASE_URL"]
        self.server.environment |= variables
        self.server.start()
        sid = place(self.server)[1]["call_sid"]
        self.assertEqual(self.database.ask(f"SELECT count(*) FROM legs WHERE sid = '{sid}'"), "1")

    def test_sessions_that_are_ended_are_not_noticed_by_callers(self):
        sids = []
        for _ in range(10):
            self.database.end_sessions()
            status, answer = place(self.server)
            self.assertEqual(status, 201, answer)
            sids.append(answer["call_sid"])
        self.assertEqual(len(set(sids)), 10)
        rows = self.database.ask("SELECT count(*) FROM legs")
        self.assertEqual(rows, "10")

    def test_new_calls_are_refused_while_it_is_away_and_live_ones_go_on(self):
        phone = Phone(self.server)
        _, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number, "twiml": LONG})
        live = call["sid"]
        wait_until(lambda: self.status_of(live) == "in-progress", 20, "the answer")
        self.database.close_door()
        status, answer = wait_until(self.refusal, 60, "a refusal")
        self.assertEqual(status, 503, answer)
        self.assertFalse(self.is_database_ok())
        self.assertEqual(phone.state(), "in-call")
        self.database.open_door()
        wait_until(self.is_database_ok, 30, "a database")
        self.assertEqual(place(self.server)[0], 201)
        self.assertEqual(self.status_of(live), "in-progress")
        self.assertEqual(phone.state(), "in-call")

    def status_of(self, sid):
        return {call["sid"]: call["status"] for call in all_calls(self.server)}[sid]

    def refusal(self):
        """A call whose commit was under way waits for the database, since nobody knows whether it was written; those
        after it are refused."""
        try:
            answer = place(self.server, timeout=10)
        except TimeoutError:
            return None
        return answer if answer[0] != 201 else None

    def test_a_crash_leaves_what_was_acknowledged(self):
        sids = [place(self.server)[1]["call_sid"] for _ in range(5)]
        self.server.kill()
        self.server.start()
        self.assertLessEqual(set(sids), {call["sid"] for call in all_calls(self.server)})
        for sid in sids:
            self.assertIn(wait_final(self.server, sid)["status"], FINAL)
