"""`belfry doctor`: each line is ok or says what to fix."""

import pathlib
import re
import socket
import tempfile
import unittest

from support.belfry_server import BelfryServer, free_port, run_belfry


class Doctor(unittest.TestCase):
    def setUp(self):
        self.server = BelfryServer()
        self.addCleanup(self.server.close)

    def examine(self, *arguments):
        """(exit status, {subject: (word, text)})"""
        answer = run_belfry("doctor", *self.server.flags(), *arguments, folder=self.server.folder)
        lines = [re.fullmatch(r"(ok|fix) +([^:]+): (.+)", line) for line in answer.stdout.splitlines()]
        self.assertTrue(lines and all(lines), answer)
        return answer.returncode, [(line[2], line[1], line[3]) for line in lines]

    def assert_fix(self, subject, *words):
        status, lines = self.examine()
        self.assertEqual(status, 1, lines)
        fixes = [(name, text) for name, word, text in lines if word == "fix"]
        self.assertEqual([name for name, _ in fixes], [subject], fixes)
        for word in words:
            self.assertIn(word, fixes[0][1])

    def assert_well(self):
        status, lines = self.examine()
        self.assertEqual((status, [line for line in lines if line[1] != "ok"]), (0, []))
        return {name: text for name, _, text in lines}

    def test_a_new_machine_is_well_and_stays_untouched(self):
        before = sorted(path.name for path in self.server.folder.iterdir())
        found = self.assert_well()
        for subject in ("configuration", "data folder", "keys", "disk space", "listen address", "TLS certificate",
                        "clock", "voices", "media", f"port {self.server.sip_port}"):  # fmt: skip
            self.assertIn(subject, found)
        self.assertEqual(sorted(path.name for path in self.server.folder.iterdir()), before)

    def test_a_running_belfry_holds_its_ports_rightly(self):
        self.server.start()
        found = self.assert_well()
        self.assertIn("held by the Belfry that runs", found[f"port {self.server.http_port}"])
        self.assertIn("held by the Belfry that runs", found[f"port {self.server.https_port}"])
        self.assertIn("0700", found["data folder"])
        self.assertIn(self.server.keys()["account_sid"], found["keys"])
        self.assertIn("good until", found["TLS certificate"])

    def test_no_secret_is_shown(self):
        self.server.start()
        answer = run_belfry("doctor", *self.server.flags())
        for name, key in self.server.keys().items():
            if name != "account_sid":
                self.assertNotIn(key, answer.stdout + answer.stderr, name)

    def test_a_port_of_another_program_names_the_flag(self):
        with socket.create_server(("127.0.0.1", self.server.http_port)):
            self.assert_fix(f"port {self.server.http_port}", "another program", "--http-port")

    def test_a_folder_open_to_others_is_repaired_by_chmod(self):
        self.server.data.mkdir(mode=0o755)
        self.server.data.chmod(0o755)
        self.assert_fix("data folder", f"chmod 700 {self.server.data}")

    def test_keys_open_to_others_are_repaired_by_chmod(self):
        self.server.start()
        self.server.stop()
        keys = self.server.data / "keys.json"
        keys.chmod(0o640)
        self.assert_fix("keys", f"chmod 600 {keys}")

    def test_an_address_that_others_reach_is_refused(self):
        _, lines = self.examine("--listen", "0.0.0.0")
        self.assertIn(("listen address", "fix"), [line[:2] for line in lines])

    def test_a_configuration_that_does_not_load_is_the_only_finding(self):
        self.server.config_file.write_text("[http]\nprot = 1\n")
        status, lines = self.examine()
        self.assertEqual((status, len(lines)), (1, 1))
        self.assertEqual(lines[0][:2], ("configuration", "fix"))
        self.assertIn("http.port", lines[0][2])

    def trunk(self, host, transport="udp"):
        self.server.config_file.write_text(
            f'simulator = "on"\n[[trunk]]\nname = "carrier"\nhost = "{host}"\ntransport = "{transport}"\n'
        )

    def test_a_trunk_that_is_not_there_is_told(self):
        self.trunk(f"127.0.0.1:{free_port()}")
        self.assert_fix("trunk carrier", "OPTIONS", "[[trunk]] carrier")
        self.trunk(f"127.0.0.1:{free_port()}", "tcp")
        self.assert_fix("trunk carrier", "by TCP", "[[trunk]] carrier")

    def test_a_trunk_whose_name_does_not_resolve_is_told(self):
        self.trunk("carrier.invalid")
        self.assert_fix("trunk carrier", "carrier.invalid")

    def test_nothing_is_made_where_a_data_folder_cannot_be(self):
        with tempfile.NamedTemporaryFile() as file:
            self.server.data = pathlib.Path(file.name) / "data"
            self.assert_fix("data folder", "--data")


if __name__ == "__main__":
    unittest.main()
