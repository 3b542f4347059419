#!/usr/bin/env python3
"""Signed webhook to TwiML: KIN's route of Belfry against the same route in Express with the `twilio` package, in
turns. Both check the signature of every request and make the document anew. Needs wrk, node, and `npm ci` in tests/.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import urllib.parse

from bench import RUNS, Server, cpu_seconds, free_port, on_core, pause, show, wait_until
from support.webhook_server import twilio_signature

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 6
TOKEN = "0123456789abcdef0123456789abcdef"
PATH = "/voice/twiml"
FORM = {
    "AccountSid": "AC" + "1" * 32, "ApiVersion": "2010-04-01", "CallSid": "CA" + "2" * 32, "CallStatus": "in-progress",
    "Called": "+15550001111", "Caller": "+14155551234", "Direction": "inbound", "From": "+14155551234",
    "To": "+15550001111",
}  # fmt: skip
SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["X-Twilio-Signature"] = "{signature}"
wrk.body = "{body}"
done = function(summary)
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.errors.status, summary.duration))
end
"""


def load(url: str, token: str, pid: int) -> dict:
    signature = twilio_signature(token, url + PATH, FORM)
    refused = subprocess.run(
        ["curl", "-s", "-o", os.devnull, "-w", "%{http_code}", "-d", "From=1", "-H", "X-Twilio-Signature: x", url + PATH],
        capture_output=True, text=True, timeout=10,
    ).stdout  # fmt: skip
    assert refused == "403", f"a wrong signature got {refused}"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(signature=signature, body=urllib.parse.urlencode(FORM)))
        script.flush()
        before = cpu_seconds(pid)
        command = on_core(1, "wrk", "-t1", "-c32", f"-d{SECONDS}s", "-s", script.name, url + PATH)
        output = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
        used = cpu_seconds(pid) - before
    requests, failures, micros = map(int, re.search(r"RESULT (\d+) (\d+) (\d+)", output).groups())
    assert failures == 0, output
    return {"rate": requests / (micros / 1e6), "cpu": used / requests * 1e6}


def belfry() -> dict:
    with Server('[kin]\nvalidate_signatures = "on"\n[twilio]\nauth_token = "%s"\n' % TOKEN) as server:
        return load(server.url, TOKEN, server.process.pid)


def express() -> dict:
    port = free_port()
    process = subprocess.Popen(on_core(0, "node", HERE / "peer_express.mjs", port, TOKEN))
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: subprocess.run(["curl", "-s", url], capture_output=True).returncode == 0, 15)
        return load(url, TOKEN, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def main():
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(belfry())
        pause(1)
        theirs.append(express())
        pause(1)
    for name, results in (("Belfry", ours), ("Express", theirs)):
        show(f"signed webhook to TwiML, {name}: a second", [each["rate"] for each in results], "", 0)
        show(f"signed webhook to TwiML, {name}: CPU", [each["cpu"] for each in results], " us", 0)
    show("signed webhook to TwiML: Belfry / Express", [a["rate"] / b["rate"] for a, b in zip(ours, theirs)])


if __name__ == "__main__":
    main()
