"""A real `belfry serve` in a temporary folder, for the tests of this tree.

    with BelfryServer('[[number]]\nnumber = "+15550001111"\ntwiml = "<Response/>"') as server:
        status, call = server.request("POST", "/admin/api/calls", {"to": "+15551234567", "say": "hi"})

The binary is the one that BELFRY_BINARY names, the database a new one where BELFRY_DATABASE_URL says (see
`support.database`). Ports are free ones of 127.0.0.1 and stay the same over
`kill()` and `start()`, so that a test can see what a restart makes of a crash.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from support.database import fresh_database

STARTS_WITHIN = 20  # seconds; sanitizer builds are slow
ENDS_WITHIN = 20
MEDIA_PORTS = 200
# What a test sees does not depend on when it runs (rule P1).
ANY_HOUR = {"BELFRY_FLUX__CALLING_FROM": "0", "BELFRY_FLUX__CALLING_UNTIL": "24"}


def belfry_binary() -> str:
    path = os.environ.get("BELFRY_BINARY")
    if not path:
        raise RuntimeError("BELFRY_BINARY names no server; ./test sets it")
    return path


def clean_environment(more=None) -> dict:
    """Ours without anything that would configure a server."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(
            ("BELFRY_", "TWILIO_", "FLUX_", "AWS_", "CHIME_", "DB_", "DATABASE_URL")
        )
        and name not in ("NODE_ENV", "PORT", "SEED_DATABASE")
    }
    return inherited | (more or {})


def run_belfry(*arguments, environment=None, folder=None, timeout=60) -> subprocess.CompletedProcess:
    """One command of the program; stdout and stderr as text."""
    return subprocess.run(
        [belfry_binary(), *map(str, arguments)],
        env=clean_environment(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def free_port() -> int:
    """Free for TCP and for UDP, and below the ports that the kernel gives to others."""
    while True:
        port = random.randrange(10_240, 19_999)
        try:
            with socket.socket(type=socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
                return port
        except OSError:
            continue


def wait_until(condition, within=10.0, what="it"):
    """What `condition` gave once it was true; asks every 20 ms."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {within} s")
        time.sleep(0.02)


class BelfryServer:
    def __init__(self, config="", arguments=(), environment=None):
        """`config` is the text of its belfry.toml; `arguments` are further flags of `belfry serve`."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="belfry-test-"))
        self.data = self.folder / "data"
        self.config_file = self.folder / "belfry.toml"
        self.config_file.write_text(config)
        self.arguments = list(map(str, arguments))
        self.database = fresh_database()
        self.environment = ANY_HOUR | self.database.environment | (environment or {})
        self.http_port = free_port()
        self.https_port = free_port()
        self.sip_port = free_port()
        self.sip_tls_port = free_port()
        first_media = random.randrange(20_000, 32_000, 2)
        self.media_ports = f"{first_media}-{first_media + MEDIA_PORTS - 1}"
        self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    # --- Life ---

    def flags(self) -> list:
        """All of `belfry serve`; `belfry config` and `belfry doctor` take them too."""
        return [
            "--config", str(self.config_file), "--data", str(self.data),
            "--http-port", str(self.http_port), "--http-extra-ports", "", "--http-tls-port", str(self.https_port),
            "--sip-port", str(self.sip_port), "--sip-tls-port", str(self.sip_tls_port),
            "--media-port-range", self.media_ports, "--webrtc-port", "0",
            # A busy machine must not fail a test: rule O3 has tests of its own, on virtual time.
            "--calls-shed-load=false", *self.arguments,
        ]  # fmt: skip

    def launch(self):
        """Without waiting: for tests of starts that fail or are slow."""
        with open(self.folder / "stdout", "ab") as stdout, open(self.folder / "stderr", "ab") as stderr:
            self.process = subprocess.Popen(
                [belfry_binary(), "serve", *self.flags()],
                env=clean_environment(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
        return self

    def start(self):
        """Until /readyz says 200."""
        self.launch()
        wait_until(self.is_ready, STARTS_WITHIN, "readiness")
        return self

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.stdout}{self.stderr}")
        try:
            return self.request("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> int:
        """SIGKILL: a crash."""
        self.process.kill()
        return self.wait()

    def wait(self, within=ENDS_WITHIN) -> int:
        return self.process.wait(within)

    def close(self):
        """Ends it if it runs, and removes its folder."""
        if self.process and self.process.poll() is None:
            self.kill()
        self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    # --- What it says ---

    @property
    def stdout(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def stderr(self) -> str:
        """Its log; all starts one after the other."""
        return (self.folder / "stderr").read_text()

    def request(self, method, path, body=None, headers=None, timeout=30):
        """Gives (status, JSON of the answer, or its text). A dict or list as `body` is sent as JSON."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def keys(self) -> dict:
        return json.loads(run_belfry("keys", "--data", self.data, "--json").stdout)

    def command(self, *arguments, timeout=60) -> subprocess.CompletedProcess:
        """`belfry call` or `belfry sim` against this server."""
        return run_belfry(*arguments, "--server", self.url, timeout=timeout)
