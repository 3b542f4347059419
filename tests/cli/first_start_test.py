"""What a first start leaves behind (rules D1, D2) and who may share a folder (rule R6)."""

import json
import pathlib
import stat
import tempfile
import unittest

from support.belfry_server import BelfryServer, run_belfry, wait_until


def mode(path) -> int:
    return stat.S_IMODE(pathlib.Path(path).stat().st_mode)


class FirstStart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = BelfryServer(config='[log]\nlevel = "debug"').start()
        cls.addClassCleanup(cls.server.close)

    def test_prints_the_keys_once_and_never_logs_them(self):
        keys = self.server.keys()
        self.assertEqual(len(keys), 6)
        for name, key in keys.items():
            self.assertEqual(self.server.stdout.count(key), 1, name)
            if name != "account_sid":  # no secret: it is in every webhook
                self.assertNotIn(key, self.server.stderr, name)

    def test_closes_folder_and_files_to_others(self):
        self.assertEqual(mode(self.server.data), 0o700)
        files = [path for path in self.server.data.rglob("*") if path.is_file()]
        self.assertIn(self.server.data / "keys.json", files)
        for path in files:
            if path.parent == self.server.data:
                # A certificate is public; what it needs to stay secret is its key.
                public = 0o644 if path.name == "tls-certificate.pem" else 0o600
                self.assertEqual(mode(path) & ~public, 0, path)

    def test_prints_the_keys_as_lines_and_as_json(self):
        keys = self.server.keys()
        lines = run_belfry("keys", "--data", self.server.data).stdout.splitlines()
        self.assertEqual(dict(line.split("=", 1) for line in lines), keys)

    def test_a_second_process_on_the_folder_names_the_first(self):
        second = run_belfry("serve", "--data", self.server.data, "--http-port", 0, "--http-extra-ports", "",
                            "--http-tls-port", 0, "--sip-port", 0)  # fmt: skip
        self.assertEqual(second.returncode, 1)
        self.assertIn(str(self.server.process.pid), second.stderr)
        self.assertTrue(self.server.is_ready())

    def test_keys_open_to_others_are_refused_with_the_repair(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "keys.json"
            file.write_text(json.dumps(self.server.keys()))
            file.chmod(0o644)
            answer = run_belfry("keys", "--data", folder)
            self.assertEqual(answer.returncode, 1)
            self.assertIn(f"chmod 600 {file}", answer.stderr)


class LaterStarts(unittest.TestCase):
    def test_show_no_keys_and_keep_them(self):
        with BelfryServer() as server:
            keys = server.keys()
            server.stop()
            before = server.stdout
            server.start()
            self.assertEqual(server.keys(), keys)
            later = server.stdout[len(before) :]
            for key in keys.values():
                self.assertNotIn(key, later)

    def test_two_installs_share_no_key(self):
        with BelfryServer() as one, BelfryServer() as other:
            self.assertFalse(set(one.keys().values()) & set(other.keys().values()))
            certificates = [(each.data / "tls-certificate.pem").read_bytes() for each in (one, other)]
            self.assertNotEqual(*certificates)

    def test_a_crash_leaves_a_folder_that_starts_again(self):
        with BelfryServer() as server:
            keys = server.keys()
            server.kill()
            server.start()
            self.assertEqual(server.keys(), keys)


class OpenAddresses(unittest.TestCase):
    def test_are_refused_without_making_anything(self):
        for address in ("0.0.0.0", "::", "192.0.2.1"):
            server = BelfryServer(arguments=["--listen", address]).launch()
            self.addCleanup(server.close)
            self.assertEqual(server.wait(), 1, address)
            self.assertIn("D2", server.stderr)
            self.assertIn(address, server.stderr)
            self.assertFalse(server.data.exists(), "a refused start made the data folder")

    def test_only_loopback_is_listened_on(self):
        with BelfryServer() as server:
            wait_until(server.is_ready)
            listening = [line.split() for line in self.sockets_of(server.process.pid)]
            self.assertTrue(listening)
            for address in listening:
                self.assertIn(address[0], ("127.0.0.1", "::1"), address)

    def sockets_of(self, pid):
        """`address port` of each TCP socket that listens and each UDP socket of the process."""
        inodes = set()
        for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        for kind, wanted in (("tcp", {"0A"}), ("udp", {"07"})):
            for line in pathlib.Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] in wanted and fields[9] in inodes:
                    address, port = fields[1].split(":")
                    octets = bytes.fromhex(address)[::-1]
                    yield f"{'.'.join(map(str, octets))} {int(port, 16)}"


if __name__ == "__main__":
    unittest.main()
