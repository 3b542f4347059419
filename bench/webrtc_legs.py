#!/usr/bin/env python3
"""Pages with the Voice SDK, without browsers (`webrtc_load`): what their calls cost, and whether frames are late.

    webrtc_legs.py [hold] [relay] [transcode] [sockets]

A server of its own for each run on core 0, the pages on core 1. `BENCH_HOLD` (60) is how many seconds calls are held,
`BENCH_LEGS` (200) how many legs; `BELFRY_WEBRTC_LOAD` the program, where `build/bench` has it otherwise.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

from bench import RUNS, Server, clean_environment, cpu_seconds, on_core, pause, rss_mib, show

HOLD = float(os.environ.get("BENCH_HOLD", "60"))
LEGS = int(os.environ.get("BENCH_LEGS", "200"))
SOCKETS = 2000
ROOM = 10  # legs of a conference, of which one talks at a time
WARM_UP = 2 * ROOM
PROGRAM = os.environ.get(
    "BELFRY_WEBRTC_LOAD", pathlib.Path(__file__).resolve().parents[1] / "build/bench/bench/webrtc_load/bench_webrtc_load"
)


def token(keys: dict, identity: str, application: str) -> str:
    """An access token as an application's server makes it."""

    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    now = int(time.time())
    voice = {"incoming": {"allow": True}} | ({"outgoing": {"application_sid": application}} if application else {})
    claims = {
        "jti": f"{keys['api_key_sid']}-{now}", "iss": keys["api_key_sid"], "sub": keys["account_sid"], "iat": now,
        "exp": now + 3600, "grants": {"identity": identity, "voice": voice},
    }  # fmt: skip
    head = {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
    signed = b".".join(part(json.dumps(each).encode()) for each in (head, claims))
    proof = hmac.digest(keys["api_key_secret"].encode(), signed, hashlib.sha256)
    return b".".join([signed, part(proof)]).decode()


class Pages:
    """A server, the pages of one run, and what the server looks like at each of their steps."""

    def __init__(self):
        self.server = Server()
        self.lines = []
        self.before = self.seen = None

    def __enter__(self):
        self.server.__enter__()
        self.keys = self.server.keys()
        return self

    def __exit__(self, *arguments):
        self.server.__exit__(*arguments)

    def application(self, verbs: str) -> str:
        body = {"friendly_name": "load", "twiml": f"<Response>{verbs}</Response>"}
        status, made = self.server.request("POST", "/admin/api/applications", body)
        assert status == 201, made
        return made["sid"]

    def add(self, role: str, codec: str, identity: str, application="", voice="talks"):
        self.lines.append(f"{role} {codec} {voice} {token(self.keys, identity, application)}")

    def look(self) -> dict:
        pid = self.server.process.pid
        metrics = self.server.request("GET", "/metrics")[1]

        def metric(name):
            found = re.search(rf"^{name} (\S+)$", metrics, re.MULTILINE)
            return float(found[1]) if found else 0.0

        return {
            "time": time.monotonic(), "cpu": cpu_seconds(pid), "rss": rss_mib(pid),
            "ticks": metric("belfry_media_ticks_total"), "late_ticks": metric("belfry_media_late_ticks_total"),
        }  # fmt: skip

    def run(self, hold=HOLD, *options) -> dict:
        """Gives what the pages have counted, with `before`, `registered`, `up` and `end` of the server."""
        self.play(self.lines[:WARM_UP], {}, "--hold", 1, "--settle", 0.5)  # what is made once is made then
        pause(1)
        seen = {"before": self.look()}
        self.play(self.lines, seen, "--hold", hold, *options)
        return seen

    def play(self, lines: list, seen: dict, *options):
        plan = self.server.folder / "plan"
        plan.write_text("\n".join(lines) + "\n")
        command = on_core(1, PROGRAM, f"ws://127.0.0.1:{self.server.http_port}/signal", plan, "--watched-core", 0, *options)
        with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                event = json.loads(line)
                name = event.pop("event")
                seen["end" if name == "held" else name] = self.look()
                seen |= event
        assert process.returncode == 0, f"the pages ended with {process.returncode}"


def cpu_percent(result: dict) -> float:
    up, end = result["up"], result["end"]
    return 100 * (end["cpu"] - up["cpu"]) / (end["time"] - up["time"])


def percentile(values: list, share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def show_hold(what: str, results: list):
    calls = [each["legs"] for each in results]
    show(f"{what}: CPU", [cpu_percent(each) for each in results], " %", 1)
    for share in (0.5, 0.99):
        values = [percentile(each["answer_ms"], share) for each in results]
        show(f"{what}: invite to answer p{share * 100:.0f}", values, " ms", 1)
        values = [percentile(each["connect_ms"], share) for each in results]
        show(f"{what}: ICE and DTLS p{share * 100:.0f}", values, " ms", 1)
    grown = [1024 * (each["up"]["rss"] - each["before"]["rss"]) / each["legs"] for each in results]
    show(f"{what}: RSS a leg, its socket included", grown, " KiB", 0)
    grown = [1024 * (each["up"]["rss"] - each["registered"]["rss"]) / each["legs"] for each in results]
    show(f"{what}: RSS a leg without its socket", grown, " KiB", 0)
    for each, legs in zip(results, calls):
        late, ticks = each["end"]["late_ticks"] - each["up"]["late_ticks"], each["end"]["ticks"] - each["up"]["ticks"]
        print(
            f"{what}: {legs} legs: sent {each['sent']}, received {each['received']} (the least of a leg "
            f"{each['fewest_received']}), lost {each['lost']}, late by more than a frame {each['late']}, worst delay "
            f"{each['worst_delay_ms']:.1f} ms; late ticks {late:.0f} of {ticks:.0f}; halts of the machine above 5 ms "
            f"{each['halts']}, worst {each['worst_halt_ms']:.1f} ms, and {each['own_late_ms']} ms on the load's core",
            flush=True,
        )


def conferences() -> dict:
    with Pages() as pages:
        for room in range(LEGS // ROOM):
            application = pages.application(f"<Dial><Conference beep='false'>room {room}</Conference></Dial>")
            for seat in range(ROOM):
                pages.add("call", "opus", f"page.{room}.{seat}", application, "quiet" if seat else "talks")
        return pages.run()


def bridged(codec: str) -> dict:
    """Half of the legs call the other half, who have `codec`."""
    with Pages() as pages:
        for call in range(LEGS // 2):
            application = pages.application(f"<Dial><Client>callee.{call}</Client></Dial>")
            pages.add("call", "opus", f"caller.{call}", application)
            pages.add("answer", codec, f"callee.{call}")
        return pages.run()


def repeat(run, *arguments) -> list:
    results = []
    for _ in range(RUNS):
        results.append(run(*arguments))
        pause(1)
    return results


def hold():
    show_hold(f"{LEGS} Opus legs in conferences of {ROOM}", repeat(conferences))


def show_calls(what: str, codec: str):
    results = repeat(bridged, codec)
    show_hold(what, results)
    show(f"{what}: CPU a call", [cpu_percent(each) / (each["legs"] / 2) for each in results], " %", 3)


def relay():
    show_calls(f"{LEGS // 2} calls, Opus to Opus", "opus")


def transcode():
    show_calls(f"{LEGS // 2} calls, Opus to PCMU", "pcmu")


def sockets():
    results = []
    for _ in range(RUNS):
        with Pages() as pages:
            for number in range(SOCKETS):
                pages.add("idle", "opus", f"page.{number}")
            results.append(pages.run(12))  # each is asked for a sign of life in that time
        pause(1)
    grown = [each["end"]["rss"] - each["before"]["rss"] for each in results]
    show(f"{SOCKETS:,} registered sockets: RSS growth", grown, " MiB", 1)
    show(f"{SOCKETS:,} registered sockets: RSS", [each["end"]["rss"] for each in results], " MiB", 1)
    show(f"{SOCKETS:,} registered sockets: CPU", [cpu_percent(each) for each in results], " %", 2)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("hold", "relay", "transcode", "sockets"):
        {"hold": hold, "relay": relay, "transcode": transcode, "sockets": sockets}[name]()
