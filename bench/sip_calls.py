#!/usr/bin/env python3
"""CPU per SIP call, answered and bridged; memory of a thousand legs and of many calls one after the other.

    sip_calls.py [answer] [bridge] [memory]
"""

import sys

from bench import RUNS, Peer, Server, free_port, pause, rss_mib, rtplegs, show, trunk

ANSWERED = "+15550001111"
PHONE = "+15550002222"
SENTENCE = "Welcome. This is the sentence that every caller of this benchmark hears."


class Calls:
    """A server with a number that speaks, and a phone that the load generator answers for."""

    def __init__(self):
        self.caller, self.phone = free_port(), free_port()
        twiml = f"<Response><Say>{SENTENCE}</Say><Pause length='600'/></Response>"
        self.server = Server(
            trunk(self.caller)
            + f'[[number]]\nnumber = "{ANSWERED}"\ntwiml = "{twiml}"\n'
            + f'[[phone]]\nuser = "desk"\npassword = "correct horse"\nnumber = "{PHONE}"\n'
        )

    def __enter__(self):
        self.server.__enter__()
        with Peer(("127.0.0.1", self.server.sip_port), port=self.phone) as desk:
            assert desk.register("desk", "correct horse", 3600).status == 200
        return self

    def __exit__(self, *arguments):
        self.server.__exit__(*arguments)

    @property
    def pid(self) -> int:
        return self.server.process.pid

    def load(self, number: str, *options) -> dict:
        target = f"sip:{number}@127.0.0.1:{self.server.sip_port}"
        return rtplegs(self.pid, "--target", target, "--sip-port", self.caller, *options)

    def churn(self, number: str, rate: int, hold: float, seconds: int, *options) -> dict:
        return self.load(number, "--churn", rate, "--hold", hold, "--settle", 2, "--dur", seconds, *options)


def show_calls(what: str, results: list):
    show(f"{what}: CPU a call", [each["peer_cpu_ms_per_call"] for each in results], " ms", 3)
    show(f"{what}: calls a second", [each["cps_answered"] for each in results], "", 0)
    show(f"{what}: set-up p95", [each["setup_ms_p95"] for each in results], " ms", 1)
    print(f"{what}: failed {sum(each['failed'] for each in results)} of {sum(each['started'] for each in results)}")


def answer():
    for rate, media in ((200, []), (200, ["--no-media"]), (800, [])):
        results = []
        for _ in range(RUNS):
            with Calls() as calls:
                results.append(calls.churn(ANSWERED, rate, 0.2, 5, *media))
        show_calls(f"answer and speak 0.2 s, {rate}/s{' one way' if media else ''}", results)


def bridge():
    for rate, media in ((100, []), (100, ["--no-media"])):
        results = []
        for _ in range(RUNS):
            with Calls() as calls:
                results.append(calls.churn(PHONE, rate, 0.2, 5, "--uas-port", calls.phone, *media))
        show_calls(f"bridge 0.2 s, {rate}/s{' silent' if media else ''}", results)


def memory():
    growth = []
    for _ in range(RUNS):
        with Calls() as calls:
            calls.churn(ANSWERED, 20, 0.2, 2)  # what is made once
            before = rss_mib(calls.pid)
            held = calls.load(ANSWERED, "--n", 1000, "--rate", 200, "--settle", 2, "--dur", 5)
            assert held["legs_up"] == 1000, held
            growth.append(held["peer_rss_mb"] - before)
    show("1,000 answered legs: RSS growth", growth, " MiB", 1)
    with Calls() as calls:
        levels = []
        for _ in range(8):
            calls.churn(ANSWERED, 300, 0.2, 8)
            pause(2)
            levels.append(rss_mib(calls.pid))
    print("RSS after each 3,000 calls, MiB:", " ".join(f"{each:.1f}" for each in levels))


if __name__ == "__main__":
    for name in sys.argv[1:] or ("answer", "bridge", "memory"):
        {"answer": answer, "bridge": bridge, "memory": memory}[name]()
