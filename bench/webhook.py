#!/usr/bin/env python3
"""Calls that ask a web application what to do, and the time from a key to the webhook that tells of it.

    webhook.py [calls] [digit]
"""

import contextlib
import subprocess
import sys
import tempfile
import time

from bench import RUNS, Peer, Server, cpu_seconds, free_port, on_core, rtplegs, show, trunk, wait_until
from support.rtp import RtpEndpoint
from support.sip import sdp, token
from support.webhook_server import WebhookServer, twiml

NUMBER = "+15550001111"
SAY = "<Response><Say>Good morning.</Say><Pause length='600'/></Response>"
GATHER = "<Response><Gather numDigits='1' action='/key' timeout='60'/></Response>"
KEYS_A_RUN = 20
APPLICATION = """
import {{ createServer }} from "node:http";
const text = "{document}";
createServer((request, response) => {{
  request.resume().on("end", () => response.writeHead(200, {{ "content-type": "text/xml" }}).end(text));
}}).listen({port}, "127.0.0.1");
"""


@contextlib.contextmanager
def application(port: int):
    """A web application that always answers with the same document, on the core of the load."""
    with tempfile.NamedTemporaryFile("w", suffix=".mjs") as script:
        script.write(APPLICATION.format(document=SAY, port=port))
        script.flush()
        process = subprocess.Popen(on_core(1, "node", script.name))
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_until(lambda: subprocess.run(["curl", "-sf", url], capture_output=True).returncode == 0, 10)
            yield url
        finally:
            process.terminate()
            process.wait()


def number(url: str) -> str:
    return f'[[number]]\nnumber = "{NUMBER}"\nvoice_url = "{url}"\n'


def calls():
    """New calls a second whose document comes from a signed webhook."""
    for rate in (300, 400):
        results = []
        for _ in range(RUNS):
            sip = free_port()
            with application(free_port()) as url, Server(trunk(sip) + number(url)) as server:
                target = f"sip:{NUMBER}@127.0.0.1:{server.sip_port}"
                options = ("--churn", rate, "--hold", 0.2, "--settle", 2, "--dur", 5)
                results.append(rtplegs(server.process.pid, "--target", target, "--sip-port", sip, *options))
        show(f"webhook calls at {rate}/s: answered a second", [each["cps_answered"] for each in results], "", 0)
        show(f"webhook calls at {rate}/s: CPU a call", [each["peer_cpu_ms_per_call"] for each in results], " ms", 3)
        show(f"webhook calls at {rate}/s: set-up p95", [each["setup_ms_p95"] for each in results], " ms", 1)
        print(f"failed {sum(each['failed'] for each in results)} of {sum(each['started'] for each in results)}")


def milliseconds_to_webhook(peer: Peer, web: WebhookServer, before: int) -> float:
    """From the first packet of the key to the request with the digit."""
    with RtpEndpoint() as phone:
        same = {"call_id": token(20), "from_tag": token()}
        peer.send(peer.request("INVITE", NUMBER, body=sdp(phone.address, phone.port), **same))
        answer = peer.wait_for(200)
        to_tag = answer.get("To").partition("tag=")[2]
        peer.send(peer.request("ACK", NUMBER, to_tag=to_tag, **same))
        wait_until(lambda: phone.packets, 5, "the first packet")
        phone.remote = phone.packets[0][5]
        time.sleep(0.2)  # the document is there and waits
        pressed = phone.send_key("5")
        took = (web.wait_for("/key", before + 1)[before].at - pressed) * 1000
        peer.send(peer.request("BYE", NUMBER, to_tag=to_tag, cseq=2, **same))
        peer.receive(2)
        return took


def digit():
    p50, p99 = [], []
    for _ in range(RUNS):
        sip = free_port()
        with WebhookServer() as web:
            web.on("/voice", twiml(GATHER))
            web.on("/key", twiml("<Response><Pause length='5'/></Response>"))
            with Server(trunk(sip) + number(web.url + "/voice")) as server:
                with Peer(("127.0.0.1", server.sip_port), port=sip) as peer:
                    times = sorted(milliseconds_to_webhook(peer, web, done) for done in range(KEYS_A_RUN))
        p50.append(times[len(times) // 2])
        p99.append(times[-1])
    show("key pressed to webhook: median", p50, " ms", 1)
    show("key pressed to webhook: worst", p99, " ms", 1)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("calls", "digit"):
        {"calls": calls, "digit": digit}[name]()
