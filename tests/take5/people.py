"""Users, groups and calls of Take5, for its tests."""

import itertools
import unittest

from support.belfry_server import BelfryServer, wait_until

_numbers = itertools.count(5552000000)

# In the past: such a call waits for its start.
NEVER = "2025-08-27T10:00:00.000Z"
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"


class WithServer(unittest.TestCase):
    config = ""
    environment = {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer(cls.config, environment=cls.environment))

    def ask(self, method, path, body=None, **more):
        return self.server.request(method, path, body, **more)


def new_number() -> str:
    """Ten digits that no other test of this process uses."""
    return str(next(_numbers))


def e164(number: str) -> str:
    return "+1" + number


def must(server, method, path, body=None, status=200):
    got, answer = server.request(method, path, body)
    assert got == status, (method, path, got, answer)
    return answer


def add_user(server, number=None, **members) -> dict:
    body = {"givenName": "Alice", "familyName": "Johnson", "phoneNumber": number or new_number()} | members
    return must(server, "POST", "/api/user", body, 201)


def add_group(server, numbers, **members) -> dict:
    users = [add_user(server, number)["id"] for number in numbers]
    body = {"name": "Daily Check-in", "users": users, "cadence": "daily", "frequency": 1, "duration": 5} | members
    return must(server, "POST", "/api/group", body, 201)


def create_call(server, group, at=NEVER) -> dict:
    body = {"groupId": group["id"], "scheduledTime": at}
    return must(server, "POST", "/api/chime/call", body, 201)["call"]


def status_of(server, call_id) -> dict:
    return must(server, "GET", f"/api/chime/call/{call_id}/status")["call"]


def participants_of(server, call_id) -> dict:
    """Status by number."""
    return {each["phoneNumber"]: each["status"] for each in status_of(server, call_id)["participants"]}


def wait_status(server, call_id, status, within=20.0):
    wait_until(lambda: status_of(server, call_id)["status"] == status, within, f"{call_id} {status}")


def wait_participant(server, call_id, number, status, within=20.0):
    def there():
        return participants_of(server, call_id).get(e164(number)) == status

    wait_until(there, within, f"{number} {status} in {call_id}")
