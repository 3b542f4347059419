"""Ends a server at a chosen call of the kernel, and cuts its power: see crash_point.c.

    point = CrashPoint(folder, server, power_cut=True)
    server.start()
    point.arm("syncs", 7)      # SIGKILL at the seventh fsync from now on
    server.process.wait()
    point.cut_power()          # what was not synced is gone
    server.start()
"""

import mmap
import pathlib
import shutil
import struct
import subprocess

SOURCE = pathlib.Path(__file__).with_name("crash_point.c")
LEFT = {"syncs": 0, "packets": 4}
COUNTED = {"syncs": 8, "packets": 12}


def build(folder) -> pathlib.Path:
    library = pathlib.Path(folder) / "crash_point.so"
    compiler = next(name for name in ("cc", "gcc", "clang-19", "clang") if shutil.which(name))
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl", "-pthread"]
    subprocess.run(command, check=True)
    return library


class CrashPoint:
    def __init__(self, folder, server, power_cut=False):
        """Of a server that was not started yet. `folder` is for files of our own."""
        self.server, self.has_power_cuts = server, power_cut
        self._shadow = pathlib.Path(folder) / "shadow"
        control = pathlib.Path(folder) / "control"
        control.write_bytes(bytes(16))
        with open(control, "r+b") as file:
            self._control = mmap.mmap(file.fileno(), 16)
        server.environment |= {"LD_PRELOAD": str(build(folder)), "CRASH_CONTROL": str(control)}
        if power_cut:
            self._shadow.mkdir()
            server.environment |= {"CRASH_FOLDER": str(server.data), "CRASH_SHADOW": str(self._shadow)}

    def arm(self, what: str, number: int):
        """Dies at so many "syncs" or "packets" from now; 0: not at all."""
        struct.pack_into("i", self._control, LEFT[what], number)

    def disarm(self):
        for what in LEFT:
            self.arm(what, 0)

    def counted(self, what: str) -> int:
        return struct.unpack_from("i", self._control, COUNTED[what])[0]

    def cut_power(self):
        """After the kill: the data folder becomes what was synced."""
        kept = self.server.data.with_name("kept")
        self._restore("", kept)
        shutil.rmtree(self.server.data, ignore_errors=True)
        kept.rename(self.server.data)
        # The files are others now: the next process takes them as synced.
        shutil.rmtree(self._shadow)
        self._shadow.mkdir()

    def _restore(self, path: str, to: pathlib.Path):
        to.mkdir(mode=0o700)
        names = self._shadow / ("names" + path.replace("/", "|"))
        if not names.exists():
            return
        for line in names.read_text().splitlines():
            content, _, name = line.partition(" ")
            if content == "/":
                self._restore(f"{path}/{name}", to / name)
            elif not name.endswith("-shm"):  # shared memory of SQLite, which has no content of its own
                synced = self._shadow / content
                (to / name).write_bytes(synced.read_bytes() if synced.exists() else b"")
                (to / name).chmod(0o600)
