#!/usr/bin/env python3
"""`POST /api/chime/call`, accepted and on disk: Belfry on SQLite and on PostgreSQL, in turns with Express and `pg`,
which has no telephony (`peer_take5.mjs`). Needs wrk, node, `npm ci` in tests/ and BELFRY_DATABASE_URL, a URL with
{database} for names of databases that are made for it.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile

from bench import RUNS, Server, free_port, on_core, pause, show, wait_until
from support.database import Database

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = int(os.environ.get("BENCH_SECONDS", "6"))
TEMPLATE = os.environ["BELFRY_DATABASE_URL"]
PATH = "/api/chime/call"
BODY = {"groupId": 1, "scheduledTime": "2035-08-27T10:00:00.000Z"}
SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '%s'
done = function(summary)
  io.write(string.format("RESULT %%d %%d %%d\\n", summary.requests, summary.errors.status, summary.duration))
end
"""


def load(url: str) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % json.dumps(BODY))
        script.flush()
        command = on_core(1, "wrk", "-t1", "-c64", f"-d{SECONDS}s", "-s", script.name, url + PATH)
        output = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    requests, failures, micros = map(int, re.search(r"RESULT (\d+) (\d+) (\d+)", output).groups())
    assert failures == 0, output
    return requests / (micros / 1e6)


def belfry() -> float:
    """Where BELFRY_DATABASE_URL says."""
    with Server("[take5]\nrate_per_minute = 0\n") as server:
        users = []
        for number in ("5551234567", "5559876543", "5555550123"):
            _, user = server.request(
                "POST", "/api/user", {"givenName": "A", "familyName": "B", "phoneNumber": number, "timezone": "UTC"}
            )
            users.append(user["id"])
        status, group = server.request(
            "POST", "/api/group",
            {"name": "Daily Check-in", "users": users, "cadence": "daily", "frequency": 1, "duration": 5},
        )  # fmt: skip
        assert status == 201 and group["id"] == BODY["groupId"], group
        return load(server.url)


def on_sqlite() -> float:
    del os.environ["BELFRY_DATABASE_URL"]
    try:
        return belfry()
    finally:
        os.environ["BELFRY_DATABASE_URL"] = TEMPLATE


def express() -> float:
    database = Database(TEMPLATE)
    port = free_port()
    process = subprocess.Popen(on_core(0, "node", HERE / "peer_take5.mjs", port, database.url))
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: subprocess.run(["curl", "-s", url], capture_output=True).returncode == 0, 15)
        return load(url)
    finally:
        process.terminate()
        process.wait(10)
        database.drop()


def main():
    results = {"SQLite": [], "PostgreSQL": [], "Express": []}
    for _ in range(RUNS):
        for name, run in (("SQLite", on_sqlite), ("PostgreSQL", belfry), ("Express", express)):
            results[name].append(run())
            pause(1)
    for name, rates in results.items():
        show(f"POST {PATH}, {name}: a second", rates, "", 0)
    for name in ("SQLite", "PostgreSQL"):
        ratios = [ours / theirs for ours, theirs in zip(results[name], results["Express"])]
        show(f"POST {PATH}, {name} / Express", ratios)


if __name__ == "__main__":
    main()
