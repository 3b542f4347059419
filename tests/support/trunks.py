"""Trunks of a test's belfry.toml, and the Flux calls that go over them."""


class Trunks:
    """The part of belfry.toml for trunks that each have numbers of their own."""

    def __init__(self):
        self.text = ""
        self._prefixes = 0

    def add(self, *ports, more="") -> str:
        """One trunk per port, tried in this order. @return a number that goes to the first of them"""
        self._prefixes += 1
        prefix = f"+5076{self._prefixes:03}"
        for priority, port in enumerate(ports, 1):
            name = f"trunk-{self._prefixes}-{priority}"
            self.text += f'[[trunk]]\nname = "{name}"\nhost = "127.0.0.1:{port}"\n{more}'
            self.text += f'[[route]]\nprefix = "{prefix}"\ntrunk = "{name}"\npriority = {priority}\n'
        return prefix + "4567"


def notify(server, number: str) -> str:
    body = {"phone_number": number, "task_title": "Submit quarterly report", "task_id": "task-" + number}
    status, answer = server.request("POST", "/notifications/call", body)
    assert status == 201, answer
    return answer["call_sid"]


def events(server, sid: str, kind: str) -> list:
    _, answer = server.request("GET", f"/admin/api/calls/{sid}/events")
    return [event for event in answer["items"] if event["type"] == kind]


def acknowledged(server, sid: str) -> bool:
    return server.request("GET", f"/notifications/call/{sid}")[1]["acknowledged"]
