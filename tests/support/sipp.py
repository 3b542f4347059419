"""sipp as the other side of a trunk, by the scenarios in tests/sip/scenarios."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

from support.belfry_server import free_port, wait_until
from support.sip import Message

SCENARIOS = pathlib.Path(__file__).resolve().parent.parent / "sip" / "scenarios"


def is_taken(port: int, kind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


class Sipp:
    """Takes or makes one call on `port`; `keys` replace [name] in the scenario."""

    def __init__(self, scenario: str, port=None, server=None, user="", calls=1, transport="u1", seconds=60, **keys):
        self.port = port or free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="belfry-sipp-"))
        command = [
            "sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(self.port),
            "-t", transport, "-m", str(calls), "-nostdin", "-timeout", f"{seconds}s", "-timeout_error",
            "-trace_msg", "-message_file", str(self.folder / "messages"),
            "-trace_err", "-error_file", str(self.folder / "errors"), "-default_behaviors", "all,-bye",
        ]  # fmt: skip
        for name, value in keys.items():
            command += ["-key", name, str(value)]
        if server:
            command += ["-s", user, f"{server[0]}:{server[1]}"]
        with open(self.folder / "screen", "wb") as screen:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen
            )
        if not server:
            kind = socket.SOCK_STREAM if transport.startswith("t") else socket.SOCK_DGRAM
            wait_until(lambda: self._has_ended() or is_taken(self.port, kind), 10, f"sipp at port {self.port}")
            if self._has_ended():
                self.wait()

    def _has_ended(self) -> bool:
        return self.process.poll() is not None

    def wait(self, within=60.0):
        """Until the scenario is over; it must have gone as written."""
        status = self.process.wait(within)
        if status != 0:
            raise AssertionError(f"sipp ended with {status}:\n{self._text('errors')}\n{self._text('messages')[-6000:]}")
        return self

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""

    def received(self, wanted=None) -> list:
        """What came in so far, retransmissions too; of that method or status when `wanted` is given."""
        messages = []
        for part in self._text("messages").split("----------------------------------------------- ")[1:]:
            title, _, rest = part.partition("\n")
            kind, _, message = rest.partition("\n\n")
            if "received" in kind:
                content = message.replace("\r\n", "\n").replace("\n", "\r\n").encode()
                messages.append(Message(content))
        return [message for message in messages if wanted in (None, message.method, message.status)]

    def close(self):
        if not self._has_ended():
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
