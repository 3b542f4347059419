#!/usr/bin/env python3
"""POST /notifications/call: accepted and durable, against a FastAPI application that stores nothing, in turns.

The numbers have no route, so that a call ends at once: what is measured is the acceptance with its commit, the end
of the call with its own, and no telephony. Needs wrk, and FastAPI with uvicorn for /usr/bin/python3.
"""

import pathlib
import re
import subprocess
import tempfile

from bench import RUNS, Server, cpu_seconds, free_port, on_core, pause, show, trunk, wait_until

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 6
BODY = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local number = 0
request = function()
  number = number + 1
  local body = '{"phone_number":"+999%07d","task_title":"Submit quarterly report","task_id":"task-%d"}'
  return wrk.format(nil, nil, nil, string.format(body, number % 10000000, number))
end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %.3f\\n", summary.requests, summary.errors.status,
    summary.duration, latency:percentile(95) / 1000))
end
"""


def load(url: str, pid: int) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(BODY)
        script.flush()
        before = cpu_seconds(pid)
        command = on_core(1, "wrk", "-t1", "-c32", f"-d{SECONDS}s", "-s", script.name, url + "/notifications/call")
        output = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
        used = cpu_seconds(pid) - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) ([\d.]+)", output)
    requests, failures, micros = map(int, found.groups()[:3])
    assert failures == 0, output
    return {"rate": requests / (micros / 1e6), "p95": float(found[4]), "cpu": used / requests * 1e6}


def belfry() -> dict:
    here = '[[route]]\nprefix = "+1"\ntrunk = "load"\n'
    with Server("[calls]\nmax_live = 100000\n" + trunk(free_port()) + here) as server:
        return load(server.url, server.process.pid)


def fastapi() -> dict:
    port = free_port()
    command = on_core(0, "/usr/bin/python3", "-m", "uvicorn", "--port", port, "--no-access-log", "--log-level", "warning",
                      "--app-dir", HERE, "peer_fastapi:app")  # fmt: skip
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: subprocess.run(["curl", "-sf", url + "/docs"], capture_output=True).returncode == 0, 15)
        return load(url, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def main():
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(belfry())
        pause(1)
        theirs.append(fastapi())
        pause(1)
    for name, results in (("Belfry", ours), ("FastAPI", theirs)):
        show(f"POST /notifications/call, {name}: a second", [each["rate"] for each in results], "", 0)
        show(f"POST /notifications/call, {name}: CPU", [each["cpu"] for each in results], " us", 0)
        show(f"POST /notifications/call, {name}: p95", [each["p95"] for each in results], " ms", 1)
    show("POST /notifications/call: Belfry / FastAPI", [a["rate"] / b["rate"] for a, b in zip(ours, theirs)])


if __name__ == "__main__":
    main()
