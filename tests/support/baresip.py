"""baresip as a desk phone: registered with digest, answers by itself, records what it hears."""

import json
import pathlib
import shutil
import socket
import subprocess
import tempfile

from support.belfry_server import free_port, wait_until
from support.rtp import FRAME, rms

MODULES = pathlib.Path("/usr/lib/baresip/modules")


class Baresip:
    def __init__(self, server, user: str, password: str, answers=True, encrypted=False):
        """`encrypted`: registers over TLS and takes and makes calls with SRTP only."""
        self.encrypted = encrypted
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="belfry-baresip-"))
        self.control_port = free_port()
        (self.folder / "config").write_text(self._config())
        mode = "auto" if answers else "manual"
        where = f"{server.sip_tls_port};transport=tls" if encrypted else server.sip_port
        account = f"<sip:{user}@127.0.0.1:{where}>;auth_pass={password};regint=60;answermode={mode}"
        if encrypted:
            account += ";mediaenc=srtp-mand"
        (self.folder / "accounts").write_text(account + "\n")
        (self.folder / "contacts").write_text("")
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["baresip", "-4", "-f", str(self.folder), "-p", str(self.folder), "-v"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _config(self) -> str:
        """It says 440 Hz; the sndfile filter writes what it hears, the other module is only its loudspeaker."""
        first = free_port() & ~1
        names = ("g711", "ausine", "aubridge", "sndfile") + (("srtp",) if self.encrypted else ())
        modules = "".join(f"module {name}.so\n" for name in names)
        return (
            f"net_interface 127.0.0.1\nsip_listen 127.0.0.1:{free_port()}\nrtp_ports {first}-{first + 10}\n"
            "audio_player aubridge,speaker\naudio_source ausine,440\naudio_alert aubridge,alert\n"
            "ausrc_srate 48000\nausrc_channels 2\nauplay_channels 1\ncall_local_timeout 60\n"
            f"module_path {MODULES}\n{modules}module_tmp uuid.so\nmodule_tmp account.so\n"
            f"module_app menu.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{self.control_port}\n"
            f"snd_path {self.folder}\n"
        )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_bytes().decode("utf-8", "replace")

    def wait_log(self, words: str, within=15.0):
        wait_until(lambda: words in self.log, within, f"“{words}” in baresip's log")

    def command(self, name: str, parameters=""):
        """By its control module: JSON in a netstring."""
        text = json.dumps({"command": name, "params": parameters, "token": "test"})
        with socket.create_connection(("127.0.0.1", self.control_port), 5) as control:
            control.sendall(f"{len(text)}:{text},".encode())
            control.settimeout(5)
            return control.recv(65536).decode("utf-8", "replace")

    def heard(self) -> list:
        """All that it heard in its newest call, at 8 kHz."""
        files = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda file: file.stat().st_mtime)
        if not files:
            return []
        content = files[-1].read_bytes()
        rate = int.from_bytes(content[24:28], "little")
        frames = content[44 : len(content) - len(content) % 2]
        samples = memoryview(frames).cast("h").tolist()
        return samples[:: rate // 8000]

    def loud_seconds(self, above=200) -> float:
        samples = self.heard()
        starts = range(0, len(samples) - FRAME + 1, FRAME)
        return sum(rms(samples[start : start + FRAME]) > above for start in starts) / 50

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
