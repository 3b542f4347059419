"""What the measuring scripts share: a server on core 0, load on core 1, and figures over several runs.

Environment: BELFRY_BINARY (the server), BELFRY_LOAD (folder of the built SIP/RTP load generator `rtplegs`),
BENCH_RUNS (default 5).
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))
from support.belfry_server import BelfryServer, clean_environment, free_port, wait_until  # noqa: E402, F401
from support.sip import Peer  # noqa: E402

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
TICKS = os.sysconf("SC_CLK_TCK")


def on_core(core: int, *command) -> list:
    """The command bound to a core, before everything else there when we may ask for that."""
    first = ["taskset", "-c", str(core)]
    if subprocess.run(["chrt", "-r", "10", "true"], capture_output=True).returncode == 0:
        first += ["chrt", "-r", "10"]
    return [*first, *map(str, command)]


class Server(BelfryServer):
    """`belfry serve` on core 0, with room for thousands of legs."""

    def __init__(self, config="", arguments=()):
        super().__init__(config, arguments)
        self.media_ports = "20000-31999"

    def launch(self):
        with open(self.folder / "stderr", "ab") as stderr:
            self.process = subprocess.Popen(
                on_core(0, os.environ["BELFRY_BINARY"], "serve", *self.flags()),
                env=clean_environment(self.environment), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
            )  # fmt: skip
        return self


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mib(pid: int) -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def rtplegs(server_pid: int, *options) -> dict:
    """One run of the load generator: its line of JSON."""
    program = pathlib.Path(os.environ["BELFRY_LOAD"]) / "rtplegs"
    command = on_core(1, program, "--pid", server_pid, "--rtp-base", 34000, *options)
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise RuntimeError(f"{command}: {done.returncode}\n{done.stderr}") from None


def trunk(port: int, name="load") -> str:
    """A trunk of which nothing is held back."""
    return (
        f'[[trunk]]\nname = "{name}"\nhost = "127.0.0.1:{port}"\n'
        "max_calls_per_second = 100000\nmax_channels = 100000\n"
    )


def show(what: str, values: list, unit="", digits=2):
    """Median and spread, with the load of the machine beside it."""
    middle = statistics.median(values)
    load = os.getloadavg()[0]
    print(
        f"{what:<44} median {middle:.{digits}f}{unit}  {min(values):.{digits}f} to {max(values):.{digits}f}"
        f"  ({len(values)} runs, load {load:.1f})",
        flush=True,
    )


def pause(seconds: float):
    """Lets what the last run left behind come to rest."""
    time.sleep(seconds)
