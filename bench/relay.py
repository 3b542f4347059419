#!/usr/bin/env python3
"""Two-party G.711 calls relayed by Belfry and by rtpengine in user space, in turns; then 500 calls by Belfry alone.

Both get the same packets from the same generator. rtpengine is told of the calls over its own control protocol.
"""

import pathlib
import socket
import subprocess
import tempfile

from bench import RUNS, free_port, on_core, pause, rtplegs, show, wait_until
from sip_calls import PHONE, Calls

MEASURE = ("--settle", 2, "--dur", 8, "--click", 1, "--talkers", 1)


def bencode(value) -> bytes:
    if isinstance(value, dict):
        return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    content = value.encode()
    return b"%d:%s" % (len(content), content)


def sdp(port: int) -> str:
    return f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=sendrecv\r\n"


class Rtpengine:
    """`rtpengine` without its kernel module, on core 0."""

    def __init__(self):
        self.port = free_port()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(3)
        self._count = 0

    def __enter__(self):
        self.process = subprocess.Popen(
            on_core(0, "rtpengine", "--config-file=none", "--table=-1", "--interface=127.0.0.1", "--foreground",
                    "--log-level=2", "--log-stderr", f"--listen-ng=127.0.0.1:{self.port}",
                    "--port-min=20000", "--port-max=31999"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: self._answers(), 10, "rtpengine")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self._socket.close()

    def _answers(self) -> bool:
        try:
            return b"pong" in self.ask({"command": "ping"})
        except OSError:
            return False

    def ask(self, question: dict) -> bytes:
        self._count += 1
        self._socket.sendto(b"%d " % self._count + bencode(question), ("127.0.0.1", self.port))
        return self._socket.recv(65536)

    def port_for(self, command: str, call: int, local_port: int) -> int:
        """The port that this side of the call sends to the other side from."""
        question = {"command": command, "call-id": f"call{call}", "from-tag": "a", "sdp": sdp(local_port), "ICE": "remove"}
        if command == "answer":
            question["to-tag"] = "b"
        answer = self.ask(question).decode()
        return int(answer.split("m=audio ")[1].split()[0])

    def relay(self, calls: int) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "legs"
            lines = []
            for call in range(calls):
                one, other = 34000 + 4 * call, 34002 + 4 * call
                towards_other = self.port_for("offer", call, one)
                towards_one = self.port_for("answer", call, other)
                lines += [f"{one} 127.0.0.1 {towards_one} 0", f"{other} 127.0.0.1 {towards_other} 0"]
            table.write_text("\n".join(lines) + "\n")
            return rtplegs(self.process.pid, "--table", table, *MEASURE)


def relay_by_belfry(calls: int) -> dict:
    with Calls() as server:
        return server.load(PHONE, "--n", calls, "--rate", 100, "--uas-port", server.phone, *MEASURE)


def show_relays(what: str, results: list):
    show(f"{what}: CPU", [each["peer_cpu_pct"] for each in results], " %", 1)
    show(f"{what}: delay p50", [each["delay_ms_p50"] for each in results], " ms")
    show(f"{what}: delay p95", [each["delay_ms_p95"] for each in results], " ms")
    legs, lost = results[0]["legs_up"], [each["seq_lost"] for each in results]
    print(f"{what}: {legs} legs, lost {lost}, received {min(each['rx_pct_of_50'] for each in results)} % of what was sent")


def main():
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(relay_by_belfry(100))
        pause(1)
        with Rtpengine() as engine:
            theirs.append(engine.relay(100))
        pause(1)
    show_relays("relay of 100 calls, Belfry", ours)
    show_relays("relay of 100 calls, rtpengine", theirs)
    ratios = [a["peer_cpu_pct"] / b["peer_cpu_pct"] for a, b in zip(ours, theirs)]
    show("relay of 100 calls: Belfry / rtpengine", ratios)
    show_relays("relay of 500 calls, Belfry", [relay_by_belfry(500)])


if __name__ == "__main__":
    main()
