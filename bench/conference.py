#!/usr/bin/env python3
"""A conference, every leg sending: Belfry's media plane and Janus's AudioBridge with plain-RTP participants, in turns.

    conference.py [CODEC/LEGS/TALKERS ...]      default: pcmu/200/3 pcmu/200/200 opus/50/3 opus/50/50

Both get the same packets from the same generator, from legs that are set up without SIP: Belfry's by
`bench_conference_server` (BELFRY_CONFERENCE, or where `build/bench` has it), Janus's by its own API.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from bench import RUNS, clean_environment, free_port, on_core, pause, rtplegs, show, wait_until

FIRST_PORT = 34_000
PROGRAM = os.environ.get(
    "BELFRY_CONFERENCE", pathlib.Path(__file__).resolve().parents[1] / "build/bench/bench/bench_conference_server"
)
RATES = {"pcmu": 8000, "opus": 48_000}
PAYLOAD_TYPES = {"pcmu": 0, "opus": 111}


@contextlib.contextmanager
def belfry(codec: str, legs: int, table: pathlib.Path):
    process = subprocess.Popen(
        on_core(0, PROGRAM, legs, codec, FIRST_PORT, table), env=clean_environment(), stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: table.exists() and len(table.read_text().splitlines()) == legs, 10, "the conference")
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


class Janus:
    """Janus in a folder of its own, on core 0, with its HTTP API."""

    def __init__(self, folder: pathlib.Path):
        self.port = free_port()
        plugins = "/usr/lib/x86_64-linux-gnu/janus"
        (folder / "janus.jcfg").write_text(
            f'general: {{ configs_folder = "{folder}" plugins_folder = "{plugins}/plugins"\n'
            f'transports_folder = "{plugins}/transports" debug_level = 1 interface = "127.0.0.1" }}\n'
            'media: { rtp_port_range = "20000-33999" }\nnat: { }\n'
            'plugins: { disable = "libjanus_echotest.so,libjanus_lua.so,libjanus_duktape.so,libjanus_nosip.so,'
            "libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,"
            'libjanus_videoroom.so,libjanus_voicemail.so" }\n'
            'transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,'
            'libjanus_websockets.so" }\n'
        )
        (folder / "janus.transport.http.jcfg").write_text(
            f'general: {{ json = "compact" base_path = "/janus" http = true port = {self.port} ip = "127.0.0.1" '
            "https = false }\n"
        )
        (folder / "janus.plugin.audiobridge.jcfg").write_text(
            'general: { local_ip = "127.0.0.1" rtp_port_range = "20000-33999" }\n'
        )
        self.process = subprocess.Popen(
            on_core(0, "janus", "-F", folder, "-C", folder / "janus.jcfg"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.root = f"http://127.0.0.1:{self.port}/janus"
        wait_until(self._answers, 20, "Janus")
        self.session = self.ask(self.root, {"janus": "create"})["data"]["id"]

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.root}/info", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def ask(self, url: str, question: dict) -> dict:
        body = json.dumps(question | {"transaction": "t"}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as answer:
            return json.load(answer)

    def handle(self) -> str:
        url = f"{self.root}/{self.session}"
        attached = self.ask(url, {"janus": "attach", "plugin": "janus.plugin.audiobridge"})
        return f"{url}/{attached['data']['id']}"

    def open_room(self, codec: str):
        body = {
            "request": "create", "room": 1, "sampling_rate": RATES[codec], "allow_rtp_participants": True,
            "audiolevel_ext": False,
        }  # fmt: skip
        self.ask(self.handle(), {"janus": "message", "body": body})

    def join(self, codec: str, port: int) -> int:
        """@return the port that it listens on for this participant."""
        rtp = {"ip": "127.0.0.1", "port": port, "payload_type": PAYLOAD_TYPES[codec]}
        body = {"request": "join", "room": 1, "codec": codec, "rtp": rtp}
        handle = self.handle()
        self.ask(handle, {"janus": "message", "body": body})
        number = int(handle.rsplit("/", 1)[1])
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{self.root}/{self.session}?maxev=1", timeout=35) as answer:
                event = json.load(answer)
            data = event.get("plugindata", {}).get("data", {})
            if event.get("sender") == number and "rtp" in data:
                return data["rtp"]["port"]
            assert "error" not in data, data
        raise AssertionError("Janus let nobody in")


@contextlib.contextmanager
def janus(codec: str, legs: int, table: pathlib.Path):
    server = Janus(table.parent)
    try:
        server.open_room(codec)
        lines = []
        for leg in range(legs):
            port = FIRST_PORT + 2 * leg
            lines.append(f"{port} 127.0.0.1 {server.join(codec, port)} {PAYLOAD_TYPES[codec]}")
        table.write_text("\n".join(lines) + "\n")
        yield server.process.pid
    finally:
        server.close()


def measure(side, codec: str, legs: int, talkers: int, *options) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "legs"
        with side(codec, legs, table) as pid:
            return rtplegs(
                pid, "--table", table, "--codec", codec, "--talkers", talkers, "--settle", 8, "--dur", 8, *options
            )  # fmt: skip


def show_side(what: str, results: list):
    show(f"{what}: CPU", [each["peer_cpu_pct"] for each in results], " %", 1)
    worst = min(results, key=lambda each: each["rx_pct_of_50"])
    print(
        f"{what}: received {worst['rx_pct_of_50']} % of what is due, starved {worst['starved_legs']}, gaps over 60 ms "
        f"{worst['gap60_pct']} %, tones of the talkers {worst['probe_tones']}"
    )


def compare(codec: str, legs: int, talkers: int):
    ours, theirs, delays = [], [], []
    for _ in range(RUNS):
        ours.append(measure(belfry, codec, legs, talkers))
        pause(1)
        theirs.append(measure(janus, codec, legs, talkers))
        pause(1)
        delays.append(measure(belfry, codec, legs, 1, "--click", 1))
        pause(1)
    what = f"{codec}, {legs} legs, {talkers} talk"
    show_side(f"{what}, Belfry", ours)
    show_side(f"{what}, Janus", theirs)
    show(f"{what}: Belfry / Janus", [a["peer_cpu_pct"] / b["peer_cpu_pct"] for a, b in zip(ours, theirs)])
    for share in ("p50", "p95", "p99"):
        show(f"{what}, Belfry: delay {share}", [each[f"delay_ms_{share}"] for each in delays], " ms", 1)


if __name__ == "__main__":
    for case in sys.argv[1:] or ("pcmu/200/3", "pcmu/200/200", "opus/50/3", "opus/50/50"):
        codec, legs, talkers = case.split("/")
        compare(codec, int(legs), int(talkers))
