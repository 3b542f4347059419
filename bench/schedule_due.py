#!/usr/bin/env python3
"""From the moment a call is due to its INVITE, at a hundred due each second.

Every call is a schedule of its own (`at(…)`), stored before; a socket plays the trunk, notes when each INVITE
arrives, and refuses it (486), so that only the way to the INVITE is measured.
"""

import concurrent.futures
import datetime
import json
import os
import re
import socket
import statistics
import threading
import time
import urllib.request

from bench import RUNS, Server, free_port, show, trunk

RATE = int(os.environ.get("BENCH_DUE_PER_SECOND", "100"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "20"))
LEAD = float(os.environ.get("BENCH_LEAD", "25"))  # for storing them
CONFIG = """
[calls]
allowed_countries = ["*"]
trunk_calls_at_once = 0
trunk_calls_a_day = 0
trunk_minutes_a_day = 0
calls_to_one_number_an_hour = 0
[[route]]
prefix = "+1"
trunk = "load"
"""


class Trunk(threading.Thread):
    """Says 486 to every INVITE, OK to everything else, and remembers when which number was called."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.port = free_port()
        self.socket.bind(("127.0.0.1", self.port))
        self.called = {}
        self.repeated = 0
        self.start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(65536)
            now = time.time()
            text = data.decode("utf-8", "replace")
            method = text.split(" ", 1)[0]
            if method in ("SIP/2.0", "ACK"):
                continue
            if method == "INVITE":
                number = re.match(r"INVITE sip:([^@;]+)@", text).group(1)
                self.repeated += number in self.called
                self.called.setdefault(number, now)
            copied = [
                line
                for line in text.split("\r\n\r\n")[0].split("\r\n")[1:]
                if line.split(":")[0].lower() in ("via", "from", "call-id", "cseq", "v", "f", "i")
            ]
            to = re.search(r"(?im)^(?:To|t)\s*:\s*([^\r\n]+)", text).group(1)
            status = "486 Busy Here" if method == "INVITE" else "200 OK"
            tag = "" if ";tag=" in to else ";tag=load"
            answer = "\r\n".join([f"SIP/2.0 {status}", *copied, f"To: {to}{tag}", "Content-Length: 0", "", ""])
            self.socket.sendto(answer.encode(), peer)


def number_of(call: int) -> str:
    return f"+1415{2000000 + call}"


def put(url: str, call: int, due: float):
    moment = datetime.datetime.fromtimestamp(due, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    body = {
        "rule": f"at({moment}Z)",
        "parameters": {
            "to": [number_of(call)],
            "say": "It is time.",
            "calling_hours": {"from": "00:00", "until": "24:00"},
        },
    }
    request = urllib.request.Request(
        f"{url}/admin/api/schedules/call-{call}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 201, answer.read()


def measure() -> list:
    """Delays in milliseconds, sorted."""
    line = Trunk()
    with Server(trunk(line.port) + CONFIG) as server:
        begin = int(time.time() + LEAD)
        due = {number_of(i): float(begin + i // RATE) for i in range(RATE * SECONDS)}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: put(server.url, i, due[number_of(i)]), range(len(due))))
        assert time.time() < begin, "they were not stored in time: a longer BENCH_LEAD is needed"
        end = begin + SECONDS + 10
        while len(line.called) < len(due) and time.time() < end:
            time.sleep(0.1)
        assert len(line.called) == len(due), f"{len(line.called)} of {len(due)} were called"
        assert line.repeated == 0, f"{line.repeated} INVITEs came twice"
    return sorted((line.called[number] - when) * 1000 for number, when in due.items())


if __name__ == "__main__":
    middles, highs = [], []
    for _ in range(RUNS):
        delays = measure()
        middles.append(statistics.median(delays))
        highs.append(delays[int(len(delays) * 0.99)])
    show(f"due to INVITE, {RATE}/s: median", middles, " ms", 1)
    show(f"due to INVITE, {RATE}/s: p99", highs, " ms", 1)
