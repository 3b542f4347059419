"""Work that falls due while a server is killed, and what must have become of it: group calls of Take5 that start by
themselves, schedules and campaigns, to phones behind a stand-in trunk (`Exchange`) and to simulated ones."""

import collections
import csv
import datetime
import http.client
import io
import itertools
import time

from support.belfry_server import wait_until
from support.exchange import BEHAVIOURS
from support.phone import FINAL, all_calls

SETTLED_WITHIN = 90
CONFIG = """
simulator = "on"
[calls]
allowed_countries = ["*"]
trunk_calls_at_once = 0
trunk_calls_a_day = 0
trunk_minutes_a_day = 0
calls_to_one_number_an_hour = 0
[take5]
retries = 0
ring_timeout = 2
max_duration = 10
notice = 0
[[trunk]]
name = "stand-in"
host = "127.0.0.1:{port}"
max_calls_per_second = 1000
max_channels = 1000
[[route]]
prefix = "+1650"
trunk = "stand-in"
"""
# Ends by itself, so that calls that the phone does not end are ended by the server.
PROGRAM = '<Response><Pause length="1"/></Response>'
ANY_HOUR = {"from": "00:00", "until": "24:00"}
NOT_READY = (OSError, http.client.HTTPException, ValueError)


def to_time(second: float) -> str:
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class DueCalls:
    def __init__(self, test, server, exchange, web):
        self.test, self.server, self.exchange, self.web = test, server, exchange, web
        self.once = {}  # number: what it is called for
        self.each_minute = {}  # likewise
        self.group_calls = {}  # call: (group, {user: number})
        self.schedules = []
        self.campaigns = []
        self._numbers = itertools.count(100_000)
        self._rounds = itertools.count()
        self._creation = 0.3  # seconds that it took, for the next moment to lie behind it

    # --- What is due ---

    def plan(self) -> float:
        """One more of each, all at one whole second. @return it, as time.time()"""
        begun = time.time()
        due = float(int(begun + 1.5 * self._creation + 0.15) + 1)
        number = next(self._rounds)
        self._plan_group_call(due)
        self._plan_schedule(f"due-{number}", due)
        self._plan_campaign(f"due {number}")
        self._creation = time.time() - begun
        return due

    def _take_numbers(self, behaviours: str, what: str) -> list:
        """Phones of the trunk that behave so, and a simulated one."""
        assert set(behaviours) <= set(BEHAVIOURS)
        numbers = ["+1650" + str(next(self._numbers)) + each for each in behaviours]
        numbers.append("+1415" + str(next(self._numbers)) + "0")
        self.once |= dict.fromkeys(numbers, what)
        return numbers

    def _must(self, status, method, path, body=None):
        got, answer = self.server.request(method, path, body)
        self.test.assertIn(got, (status,) if isinstance(status, int) else status, (method, path, answer))
        return answer

    def _plan_group_call(self, due):
        numbers = self._take_numbers("015", "group call")
        users = {}
        for number in numbers:
            body = {"givenName": "A", "familyName": "B", "phoneNumber": number.removeprefix("+1")}
            users[self._must(201, "POST", "/api/user", body)["id"]] = number
        # It has no moments of its own: it is called when this says so.
        group = {"name": "Due", "users": list(users), "cadence": "daily", "frequency": 1, "duration": 5}
        group |= {"enabled": False, "smsReminder": False}
        group = self._must(201, "POST", "/api/group", group)["id"]
        call = {"groupId": group, "scheduledTime": to_time(due)}
        call = self._must(201, "POST", "/api/chime/call", call)["call"]["callId"]
        self.group_calls[call] = (group, users)
        if time.time() >= due:  # the machine has slept: a call of the past waits for its start
            self._must((200, 409), "POST", f"/api/chime/call/{call}/start")

    def _terms(self, what):
        return {
            "twiml": PROGRAM, "status_callback": f"{self.web.url}/status/{what}",
            "ring_timeout_s": 2, "calling_hours": ANY_HOUR,
        }  # fmt: skip

    def _plan_schedule(self, name, due):
        parameters = self._terms("schedule") | {"to": self._take_numbers("0234", "schedule")}
        self.schedules.append(name)

        def is_taken():  # a moment that has passed meanwhile is refused
            moment = max(due, float(int(time.time()) + 1))
            body = {"rule": f"at({to_time(moment)})", "parameters": parameters}
            return "id" in self._must((201, 422), "PUT", f"/admin/api/schedules/{name}", body)

        wait_until(is_taken, 30, "a schedule")

    def plan_each_minute(self):
        """A schedule by rate(…), from two seconds on until the check."""
        numbers = self._take_numbers("0", "schedule")
        self.each_minute = {number: self.once.pop(number) for number in numbers}
        parameters = self._terms("schedule") | {"to": numbers}
        body = {"rule": "rate(1 minutes)", "start": to_time(time.time() + 2), "parameters": parameters}
        self._must(201, "PUT", "/admin/api/schedules/each-minute", body)

    def _plan_campaign(self, name):
        body = self._terms("campaign") | {
            "name": name, "numbers": self._take_numbers("126", "campaign"),
            "calls_per_second": 1000, "at_once": 100, "retry": {"attempts": 1},
        }  # fmt: skip
        self.campaigns.append(self._must(201, "POST", "/admin/api/campaigns", body)["id"])

    def press_start(self):
        """Of the newest campaign; at any moment, also of a crash. Pressed again it is the same start (rule R4)."""
        try:
            self.server.request("POST", f"/admin/api/campaigns/{self.campaigns[-1]}/start", timeout=10)
        except NOT_READY:
            pass

    def press_start_again(self):
        campaign = self.campaigns[-1]
        self._must((200, 409), "POST", f"/admin/api/campaigns/{campaign}/start")
        state = self._must(200, "GET", f"/admin/api/campaigns/{campaign}")["state"]
        self.test.assertIn(state, ("running", "completed"))

    # --- What became of it ---

    def check(self, name: str):
        """Waits for the end of all, and looks at every promise. @param name for messages"""
        self._must(200, "POST", "/admin/api/schedules/each-minute/pause")
        self._await_none(self._unfinished, f"{name}: not over")
        calls = all_calls(self.server)
        by_number = collections.defaultdict(list)
        for call in calls:
            by_number[call["to"]].append(call)
        for number, what in self.once.items():
            self.test.assertEqual(len(by_number[number]), 1, f"{name}: {what} to {number}: {by_number[number]}")
            self._check_number(f"{name}: {what} to {number}", number, by_number[number])
        self._check_each_minute(name, by_number)
        asked = set(self.once) | set(self.each_minute)
        self.test.assertEqual(set(by_number) - asked, set(), f"{name}: calls that nobody has asked for")
        self.test.assertEqual(self.exchange.protocol_errors, [], name)
        self._await_none(self._left_alone, f"{name}: phones that were left alone")
        self._check_webhooks(name, calls)
        for call, (group, users) in self.group_calls.items():
            self._check_group_call(f"{name}: {call}", call, group, users, by_number)
        self._check_schedules(name)
        self._check_campaigns(name, by_number)

    def _await_none(self, left, title):
        end = time.monotonic() + SETTLED_WITHIN
        while (found := left()) and time.monotonic() < end:
            time.sleep(0.1)
        self.test.assertEqual(found, [], title)

    def _unfinished(self) -> list:
        calls = all_calls(self.server)
        called = {call["to"] for call in calls}
        return [
            *(call for call in calls if call["status"] not in FINAL),
            *(number for number in self.once if number not in called),
            *(each for each in self._must(200, "GET", "/admin/api/campaigns")["items"] if each["state"] != "completed"),
        ]

    def _left_alone(self) -> list:
        """Phones that ring, or talk to nobody."""
        return [(ring.number, ring.state, ring.heard) for ring in self.exchange.busy()]

    def _check_each_minute(self, name, by_number):
        rows = self._must(200, "GET", "/admin/api/schedules/each-minute/occurrences")["items"]
        self.test.assertGreater(len(rows), 0, name)
        self.test.assertEqual({row["state"] for row in rows}, {"fired"}, f"{name}: {rows}")
        for number in self.each_minute:
            self.test.assertEqual(len(by_number[number]), len(rows), f"{name}: {number} {rows}")
            self._check_number(f"{name}: each minute {number}", number, by_number[number])

    def _check_number(self, title, number, calls):
        """Each call has one end, and was one ring."""
        for call in calls:
            self._check_call(f"{title}: {call}", call)
        if not number.startswith("+1650"):
            return
        rings = self.exchange.rings_of(number)
        seen = [(ring.invite.get("Call-ID"), ring.state, list(ring.contents.values())) for ring in rings]
        story = f"{title}: {seen} {calls}"
        # A group call whose time was over before an outage was rings nobody any more.
        unrung = sum(call["application"] == "take5" and call["status"] == "canceled" for call in calls)
        self.test.assertIn(len(rings), (len(calls), len(calls) - unrung), story)
        for ring in rings:
            self.test.assertEqual(len(ring.contents), 1, f"{story}: not the same bytes (rule R3)")
        talked = sum(ring.acknowledged and ring.answer[0] == 200 for ring in rings)
        completed = sum(call["status"] == "completed" for call in calls)
        self.test.assertLessEqual(talked, completed, story)

    def _check_call(self, title, call):
        test = self.test
        test.assertTrue(call["end_reason"], title)
        test.assertTrue(call["ended_at"], title)
        events = self._must(200, "GET", f"/admin/api/calls/{call['sid']}/events")["items"]
        types = [event["type"] for event in events]
        terminal = [each for each in types if each.removeprefix("call.") in FINAL]
        test.assertEqual(terminal, ["call." + call["status"]], f"{title}: {types}")
        test.assertEqual(types.count("call.attempt"), 1, f"{title}: {types}")
        numbers = [event["seq"] for event in events]
        test.assertEqual(numbers, sorted(set(numbers)), f"{title}: {types}")

    def _check_webhooks(self, name, calls):
        """Rule R7: exactly one terminal event of each call, delivered, the same each time."""
        kinds = self.once | self.each_minute
        expected = {call["sid"]: call for call in calls if kinds[call["to"]] != "group call"}

        def told():
            received = [*self.web.requests("/status/schedule"), *self.web.requests("/status/campaign")]
            by_call = collections.defaultdict(list)
            for request in received:
                by_call[request.form["CallSid"]].append(request)
            return by_call if set(expected) <= set(by_call) else None

        by_call = wait_until(told, SETTLED_WITHIN, f"{name}: every terminal webhook")
        self.test.assertEqual(set(by_call), set(expected), name)
        for sid, requests in by_call.items():
            title = f"{name}: webhooks of {sid}: {[request.body for request in requests]}"
            self.test.assertEqual(len({each.headers["I-Twilio-Idempotency-Token"] for each in requests}), 1, title)
            self.test.assertEqual(len({each.body for each in requests}), 1, title)
            self.test.assertEqual(requests[0].form["CallStatus"], expected[sid]["status"], title)
            self.test.assertEqual(requests[0].path, "/status/" + kinds[expected[sid]["to"]], title)

    def _check_group_call(self, title, call, group, users, by_number):
        shown = self._must(200, "GET", f"/api/chime/call/{call}/status")["call"]
        test = self.test
        test.assertIn(shown["status"], ("ended", "failed"), f"{title}: {shown}")
        test.assertTrue(shown["reason"], f"{title}: {shown}")
        test.assertTrue(shown["endTime"], f"{title}: {shown}")
        statuses = {each["phoneNumber"]: each["status"] for each in shown["participants"]}
        test.assertEqual(set(statuses), set(users.values()), title)
        story = f"{title}: {shown} {[by_number[number] for number in users.values()]}"
        for number, status in statuses.items():
            test.assertIn(status, ("left", "no-answer", "busy", "failed"), story)
        answered = {user for user, number in users.items() if by_number[number][0]["answered_at"]}
        held = self._must(200, "GET", f"/api/group/{group}/attendance")["calls"]
        present = {user for each in held for user in each["usersConnected"]}
        test.assertEqual(present, answered, f"{story}: the roll call {held}")
        test.assertEqual(shown["status"] == "ended", bool(answered), story)
        roll = self._must(200, "GET", f"/api/group/{group}")["rollCall"]
        test.assertEqual({user["id"] for each in roll.values() for user in each}, answered, f"{story}: {roll}")
        for user in answered:
            test.assertEqual(statuses[users[user]], "left", story)

    def _check_schedules(self, name):
        for schedule in self.schedules:
            rows = self._must(200, "GET", f"/admin/api/schedules/{schedule}/occurrences")["items"]
            self.test.assertEqual([row["state"] for row in rows], ["fired"], f"{name}: {schedule} {rows}")
        self.test.assertEqual(self._must(200, "GET", "/admin/api/schedules/missed")["items"], [], name)

    def _check_campaigns(self, name, by_number):
        for campaign in self.campaigns:
            table = csv.DictReader(io.StringIO(self._must(200, "GET", f"/admin/api/campaigns/{campaign}/results")))
            for row in table:
                number = row["number"].lstrip("'")
                (call,) = by_number[number]
                title = f"{name}: {campaign} {row} {call}"
                self.test.assertEqual((row["attempts"], row["call_sid"]), ("1", call["sid"]), title)
                self.test.assertEqual(row["outcome"], call["status"], title)
                self.test.assertTrue(row["reason"], title)
