"""Take5's HTTP face: every request of its document, literally, and every error."""

import base64
import unittest

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone
from take5.people import (
    WithServer,
    NEVER,
    TIME,
    add_group,
    create_call,
    e164,
    must,
    new_number,
    participants_of,
    status_of,
    wait_participant,
    wait_status,
)

CALL_ID = r"^take5-\d+-\d+$"
UNKNOWN_CALL = "take5-1-1693123456789"


class Calls(WithServer):
    def test_a_call_is_created_as_the_document_shows(self):
        numbers = [new_number(), new_number()]
        group = add_group(self.server, numbers)
        answer = must(
            self.server, "POST", "/api/chime/call", {"groupId": group["id"], "scheduledTime": NEVER}, 201
        )  # fmt: skip
        self.assertEqual(answer["message"], "Call created successfully")
        call = answer["call"]
        self.assertRegex(call["callId"], CALL_ID)
        self.assertTrue(call["callId"].startswith(f"take5-{group['id']}-"))
        self.assertEqual(
            {name: value for name, value in call.items() if name != "callId"},
            {
                "status": "created", "groupId": group["id"], "groupName": "Daily Check-in", "participants": 2,
                "scheduledTime": NEVER, "duration": 5, "phoneNumbers": [e164(number) for number in numbers],
            },
        )  # fmt: skip
        shown = status_of(self.server, call["callId"])
        self.assertEqual((shown["status"], shown["startTime"], shown["endTime"], shown["duration"]), ("created", None, None, 0))
        self.assertEqual([each["status"] for each in shown["participants"]], ["added", "added"])

    def test_calls_of_one_moment_differ(self):
        group = add_group(self.server, [new_number()])
        ids = {create_call(self.server, group)["callId"] for _ in range(20)}
        self.assertEqual(len(ids), 20)

    def test_the_life_of_a_call(self):
        stays, comes = new_number(), new_number()
        Phone(self.server, e164(stays), on_call="answer", answer_after_ms=100)
        Phone(self.server, e164(comes), on_call="answer", answer_after_ms=100)
        group = add_group(self.server, [stays])
        call = create_call(self.server, group)["callId"]
        started = must(self.server, "POST", f"/api/chime/call/{call}/start")
        self.assertEqual(started["message"], "Call started successfully")
        self.assertEqual((started["call"]["callId"], started["call"]["status"]), (call, "started"))
        self.assertRegex(started["call"]["timestamp"], TIME)
        self.assertEqual(self.ask("POST", f"/api/chime/call/{call}/start")[0], 409)
        wait_status(self.server, call, "in-progress")
        shown = status_of(self.server, call)
        self.assertEqual(shown["startTime"], started["call"]["timestamp"])
        self.assertIsNone(shown["endTime"])

        status, added = self.ask("POST", f"/api/chime/call/{call}/participant", {"phoneNumber": comes})
        self.assertEqual((status, added["message"]), (200, "Participant added successfully"))
        participant = added["participant"]
        self.assertEqual(
            participant | {"participantId": "?"},
            {"callId": call, "phoneNumber": e164(comes), "participantId": "?", "status": "added"},
        )
        wait_participant(self.server, call, comes, "connected")
        path = f"/api/chime/call/{call}/participant/{participant['participantId']}"
        self.assertEqual(
            self.ask("DELETE", path),
            (200, {
                "message": "Participant removed successfully",
                "participant": {"callId": call, "participantId": participant["participantId"], "status": "removed"},
            }),
        )  # fmt: skip
        self.assertEqual(participants_of(self.server, call)[e164(comes)], "removed")

        ended = must(self.server, "POST", f"/api/chime/call/{call}/end")
        self.assertEqual(ended["message"], "Call ended successfully")
        self.assertEqual(ended["call"]["status"], "ended")
        shown = status_of(self.server, call)
        self.assertEqual((shown["status"], shown["endTime"]), ("ended", ended["call"]["timestamp"]))
        self.assertEqual(self.ask("POST", f"/api/chime/call/{call}/end")[0], 409)
        self.assertEqual(
            self.ask("POST", f"/api/chime/call/{call}/participant", {"phoneNumber": comes})[0], 409
        )
        attendance = must(self.server, "GET", f"/api/group/{group['id']}/attendance")["calls"]
        self.assertEqual([each["usersConnected"] for each in attendance], [[group["users"][0]["id"]]])
        roll = must(self.server, "GET", f"/api/group/{group['id']}")["rollCall"]
        self.assertEqual(list(roll), [started["call"]["timestamp"]])
        listed = must(self.server, "GET", f"/api/chime/call?groupId={group['id']}")["calls"]
        self.assertEqual([each["callId"] for each in listed], [call])

    def test_a_group_call_is_also_a_call_of_the_cloud(self):
        number = new_number()
        Phone(self.server, e164(number), on_call="answer", answer_after_ms=100)
        call = create_call(self.server, add_group(self.server, [number]))["callId"]
        must(self.server, "POST", f"/api/chime/call/{call}/start")
        wait_status(self.server, call, "in-progress")
        keys = self.server.keys()
        credentials = base64.b64encode(f"{keys['account_sid']}:{keys['auth_token']}".encode()).decode()
        status, listed = self.ask(
            "GET", f"/2010-04-01/Accounts/{keys['account_sid']}/Calls.json?To=%2B1{number}", headers={"Authorization": "Basic " + credentials}
        )
        self.assertEqual((status, len(listed["calls"])), (200, 1))
        self.assertRegex(listed["calls"][0]["sid"], "^CA[0-9a-f]{32}$")
        must(self.server, "POST", f"/api/chime/call/{call}/end")

    def test_what_is_wrong_with_a_new_call(self):
        group = add_group(self.server, [new_number()])
        empty = add_group(self.server, [])
        missing = {"error": "Group not found", "groupId": 999999}
        self.assertEqual(
            self.ask("POST", "/api/chime/call", {"groupId": 999999, "scheduledTime": NEVER}), (404, missing)
        )
        nobody = {"error": "Group has no users to call", "groupId": empty["id"]}
        self.assertEqual(
            self.ask("POST", "/api/chime/call", {"groupId": empty["id"], "scheduledTime": NEVER}), (400, nobody)
        )
        for body in (
            "", "{", "[]", {}, {"groupId": group["id"]}, {"scheduledTime": NEVER},
            {"groupId": "1", "scheduledTime": NEVER}, {"groupId": 0, "scheduledTime": NEVER},
            {"groupId": -1, "scheduledTime": NEVER}, {"groupId": 1.5, "scheduledTime": NEVER},
            {"groupId": group["id"], "scheduledTime": "tomorrow"}, {"groupId": group["id"], "scheduledTime": 5},
            {"groupId": group["id"], "scheduledTime": "2025-02-30T10:00:00Z"},
        ):  # fmt: skip
            status, answer = self.ask("POST", "/api/chime/call", body)
            self.assertEqual(status, 400, (body, answer))
            self.assertEqual(list(answer), ["error"], body)

    def test_call_ids_are_checked_before_they_are_looked_up(self):
        requests = (("POST", "/start"), ("POST", "/end"), ("GET", "/status"), ("DELETE", "/participant/participant-1"))
        for method, rest in requests:
            for wrong in ("take5", "take5-1", "take5-a-1", "take5-1-1x", "1", "take5-1-1-1"):
                status, answer = self.ask(method, f"/api/chime/call/{wrong}{rest}")
                self.assertEqual((status, answer), (400, {"error": "Invalid call ID format", "callId": wrong}))
            status, answer = self.ask(method, f"/api/chime/call/{UNKNOWN_CALL}{rest}")
            self.assertEqual((status, answer), (404, {"error": "Call not found", "callId": UNKNOWN_CALL}))

    def test_what_is_wrong_with_participants(self):
        group = add_group(self.server, [new_number()])
        call = create_call(self.server, group)["callId"]
        path = f"/api/chime/call/{call}/participant"
        wrong = {"error": "Invalid phone number format", "phoneNumber": "1234567890"}
        self.assertEqual(self.ask("POST", path, {"phoneNumber": "1234567890"}), (400, wrong))
        self.assertEqual(self.ask("POST", path, {})[0], 400)
        self.assertEqual(self.ask("POST", path, {"phoneNumber": 5551234567})[0], 400)
        missing = {"error": "Participant not found", "participantId": "participant-99"}
        self.assertEqual(self.ask("DELETE", path + "/participant-99"), (404, missing))
        unknown = f"/api/chime/call/{UNKNOWN_CALL}/participant"
        self.assertEqual(self.ask("POST", unknown, {"phoneNumber": "5551234567"})[0], 404)

    def test_there_is_room_for_ten(self):
        group = add_group(self.server, [new_number() for _ in range(9)])
        call = create_call(self.server, group)["callId"]
        path = f"/api/chime/call/{call}/participant"
        must(self.server, "POST", path, {"phoneNumber": new_number()})
        self.assertEqual(self.ask("POST", path, {"phoneNumber": new_number()}), (409, {"error": "The call is full", "callId": call}))

    def test_the_next_call_of_a_group_is_made_once(self):
        group = add_group(self.server, [new_number()])
        answers = [self.ask("POST", "/api/chime/schedule-group-call", {"groupId": group["id"]}) for _ in range(8)]
        status, first = answers[0]
        self.assertEqual(status, 201)
        self.assertEqual(first["message"], "Group call scheduled successfully")
        self.assertEqual(first["nextCallTime"], group["nextCallTime"])
        call = first["call"]
        self.assertEqual(
            call | {"callId": "?"},
            {
                "callId": "?", "status": "created", "groupId": group["id"], "groupName": "Daily Check-in",
                "participants": 1, "scheduledTime": group["nextCallTime"], "duration": 5,
            },
        )  # fmt: skip
        self.assertEqual(answers, [answers[0]] * 8)
        self.assertEqual(self.ask("POST", "/api/chime/schedule-group-call", {"groupId": 999999})[0], 404)
        self.assertEqual(self.ask("POST", "/api/chime/schedule-group-call", {})[0], 400)
        must(self.server, "PUT", f"/api/group/{group['id']}", {"enabled": False})
        self.assertEqual(self.ask("POST", "/api/chime/schedule-group-call", {"groupId": group["id"]})[0], 409)

    def test_errors_of_the_face_itself(self):
        for path in ("/api/chime/nothing", "/api/chime/call/take5-1-1/pause"):
            status, answer = self.ask("GET", path)
            self.assertEqual((status, list(answer)), (404, ["error"]))
        for method, path in (("DELETE", "/api/chime/call"), ("GET", "/api/chime/sms"), ("PATCH", "/api/group/1")):
            status, answer = self.ask(method, path)
            self.assertEqual((status, list(answer)), (405, ["error"]), path)
        status, answer = self.ask("POST", "/api/chime/call", "x" * ((1 << 20) + 1))
        self.assertEqual((status, list(answer)), (413, ["error"]))


class Texts(WithServer):
    def test_each_number_has_its_result(self):
        numbers = [new_number(), new_number()]
        body = {"phoneNumbers": [numbers[0], f"({numbers[1][:3]}) {numbers[1][3:6]}-{numbers[1][6:]}"],
                "message": "Your Take5 call is starting in 5 minutes!"}  # fmt: skip
        answer = must(self.server, "POST", "/api/chime/sms", body)
        self.assertEqual(answer["message"], "SMS sent successfully")
        result = answer["result"]
        self.assertEqual((result["sent"], result["failed"]), (2, 0))
        self.assertEqual([each["phoneNumber"] for each in result["results"]], [e164(number) for number in numbers])
        for each in result["results"]:
            self.assertRegex(each["MessageId"], "^SM[0-9a-f]{32}$")

        def arrived():
            messages = must(self.server, "GET", "/sim/messages")["items"]
            return {message["to"] for message in messages} >= {e164(number) for number in numbers}

        wait_until(arrived, 10, "the messages")

    def test_whoever_said_stop_does_not_stop_the_others(self):
        silent, other = new_number(), new_number()
        must(self.server, "POST", "/api/chime/sms", {"phoneNumbers": [silent], "message": "Hello"})
        wait_until(lambda: any(m["to"] == e164(silent) for m in must(self.server, "GET", "/sim/messages")["items"]), 10)
        sender = must(self.server, "GET", "/sim/messages")["items"][0]["from"]
        Phone(self.server, e164(silent))._ask("POST", "/message", {"to": sender, "body": "STOP"})

        def is_refused():
            body = {"phoneNumbers": [silent, other], "message": "Hello again"}
            return must(self.server, "POST", "/api/chime/sms", body)["result"]["failed"] == 1

        wait_until(is_refused, 10, "the refusal")
        body = {"phoneNumbers": [silent, other], "message": "Hello again"}
        result = must(self.server, "POST", "/api/chime/sms", body)["result"]
        self.assertEqual((result["sent"], result["failed"]), (1, 1))
        self.assertEqual(list(result["results"][0]), ["phoneNumber", "error"])
        self.assertEqual(list(result["results"][1]), ["phoneNumber", "MessageId"])

    def test_a_wrong_request_sends_nothing(self):
        good = {"phoneNumbers": [new_number()], "message": "Hello"}
        wrong = {"error": "Invalid phone number format", "phoneNumber": "1234567890"}
        body = good | {"phoneNumbers": [good["phoneNumbers"][0], "1234567890"]}
        self.assertEqual(self.ask("POST", "/api/chime/sms", body), (400, wrong))
        for members in (
            {"phoneNumbers": []}, {"phoneNumbers": "5551234567"}, {"phoneNumbers": [5551234567]}, {"message": ""},
            {"message": None}, {"message": "x" * 1601}, {"phoneNumbers": None},
        ):  # fmt: skip
            status, answer = self.ask("POST", "/api/chime/sms", good | members)
            self.assertEqual((status, list(answer)), (400, ["error"]), members)
        must(self.server, "POST", "/api/chime/sms", good | {"message": "x" * 1600})


class Analytics(WithServer):
    def test_calls_are_counted_not_participants(self):
        group = add_group(self.server, [new_number(), new_number()])
        path = f"/api/chime/analytics/{group['id']}"
        nothing = must(self.server, "GET", path)["analytics"]
        self.assertEqual((nothing["groupId"], nothing["metrics"]), (group["id"], []))
        self.assertEqual(nothing["summary"], {"totalCalls": 0, "averageCalls": 0, "maxCalls": 0})
        for _ in range(3):
            create_call(self.server, group)
        analytics = must(self.server, "GET", path)["analytics"]
        self.assertEqual(analytics["summary"], {"totalCalls": 3, "averageCalls": 1, "maxCalls": 1})
        self.assertRegex(analytics["period"]["start"], TIME)
        point = analytics["metrics"][0]
        self.assertEqual((point["Sum"], point["Average"], point["Maximum"], point["Unit"]), (3, 1, 1, "Count"))
        long_ago = must(self.server, "GET", path + "?startDate=2025-08-20T00:00:00.000Z&endDate=2025-08-27T00:00:00.000Z")
        self.assertEqual(
            long_ago["analytics"],
            {
                "groupId": group["id"],
                "period": {"start": "2025-08-20T00:00:00.000Z", "end": "2025-08-27T00:00:00.000Z"},
                "metrics": [], "summary": {"totalCalls": 0, "averageCalls": 0, "maxCalls": 0},
            },
        )  # fmt: skip

    def test_what_is_wrong_with_a_period(self):
        group = add_group(self.server, [new_number()])
        path = f"/api/chime/analytics/{group['id']}"
        for query in ("?startDate=yesterday", "?endDate=2025-13-01", "?startDate=2025-08-27&endDate=2025-08-20"):
            self.assertEqual(self.ask("GET", path + query)[0], 400, query)
        self.assertEqual(self.ask("GET", "/api/chime/analytics/999999"), (404, {"error": "Group not found", "groupId": 999999}))
        self.assertEqual(self.ask("GET", "/api/chime/analytics/abc")[0], 400)


class Limits(WithServer):
    def test_say_what_a_group_has_used_this_month(self):
        number = new_number()
        Phone(self.server, e164(number), on_call="answer", answer_after_ms=100)
        group = add_group(self.server, [number])
        call = create_call(self.server, group)["callId"]
        must(self.server, "POST", f"/api/chime/call/{call}/start")
        wait_status(self.server, call, "in-progress")
        self.assertEqual(must(self.server, "GET", "/api/chime/limits")["callsRunning"], 1)
        # A begun minute counts, so that there must be something to count.
        wait_until(lambda: status_of(self.server, call)["duration"] >= 2, 20)
        must(self.server, "POST", f"/api/chime/call/{call}/end")
        limits = must(self.server, "GET", "/api/chime/limits")
        self.assertEqual((limits["participantsPerCall"], limits["secondsPerCall"]), (10, 7200))
        used = {"groupId": group["id"], "name": "Daily Check-in", "calls": 1, "minutes": 1}
        self.assertEqual(limits["groups"], [used])


class Restart(unittest.TestCase):
    def test_a_call_that_starts_by_itself_outlives_a_kill(self):
        number = new_number()
        config = f'[[sim.phone]]\nnumber = "{e164(number)}"\nanswer_after_ms = 100\n'
        with BelfryServer(config) as server:
            group = add_group(server, [number])
            body = {"groupId": group["id"], "scheduledTime": "2100-01-01T00:00:00Z"}
            later = must(server, "POST", "/api/chime/call", body, 201)["call"]["callId"]
            call = create_call(server, group)["callId"]
            must(server, "POST", f"/api/chime/call/{call}/start")
            wait_status(server, call, "in-progress")
            server.kill()
            server.start()
            wait_status(server, call, "ended")
            self.assertEqual(participants_of(server, call), {e164(number): "left"})
            self.assertEqual(status_of(server, later)["status"], "created")
            self.assertEqual(must(server, "GET", f"/api/group/{group['id']}")["nextCallTime"] is not None, True)



class SignIn(unittest.TestCase):
    """Rule A1: where others can reach Belfry, Take5 asks who they are."""

    def test_nothing_is_done_for_strangers(self):
        with BelfryServer(arguments=["--http-require-sign-in"]) as server:
            for method, path in (("GET", "/api/user"), ("POST", "/api/group"), ("POST", "/api/chime/sms"),
                                 ("GET", "/api/chime/call"), ("DELETE", "/api/group/1")):  # fmt: skip
                self.assertEqual(server.request(method, path, {}), (401, {"error": "Unauthorized"}), path)
            keys = server.keys()

            def basic(user, secret):
                return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}

            self.assertEqual(server.request("GET", "/api/group", headers=basic(keys["account_sid"], "wrong"))[0], 401)
            for user, secret in (("account_sid", "auth_token"), ("api_key_sid", "api_key_secret")):
                answer = server.request("GET", "/api/group", headers=basic(keys[user], keys[secret]))
                self.assertEqual(answer, (200, []))


if __name__ == "__main__":
    unittest.main()
