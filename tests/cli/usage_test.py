"""What the program says to those who mistype, and where its configuration comes from."""

import json
import pathlib
import tempfile
import unittest

from support.belfry_server import run_belfry


class Mistakes(unittest.TestCase):
    def assert_mistake(self, arguments, *words, environment=None, folder=None):
        answer = run_belfry(*arguments, environment=environment, folder=folder)
        self.assertEqual(answer.returncode, 2, answer)
        for word in words:
            self.assertIn(word, answer.stderr)
        self.assertEqual(answer.stdout, "")

    def test_an_unknown_command_names_the_nearest(self):
        self.assert_mistake(["srve"], "srve", "did you mean serve?")
        self.assert_mistake(["sim", "shwo", "+15551234567"], "did you mean show?")

    def test_an_unknown_flag_names_the_nearest(self):
        self.assert_mistake(["serve", "--htpp-port", "1"], "--htpp-port", "did you mean --http-port?")
        self.assert_mistake(["config", "--http-prt=1"], "did you mean --http-port?")
        self.assert_mistake(["call", "+15551234567", "--say", "x", "--sever", "x"], "did you mean --server?")

    def test_a_flag_that_resembles_none_is_named_all_the_same(self):
        self.assert_mistake(["serve", "--zzzzzzzzzzzz"], "--zzzzzzzzzzzz")

    def test_no_command_points_at_help(self):
        self.assert_mistake([], "--help")

    def test_an_unknown_key_in_the_file_names_the_nearest_and_the_line(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "belfry.toml").write_text("[http]\nprot = 1\n")
            self.assert_mistake(["config"], "belfry.toml:2", '"http.port"', folder=folder)
            self.assert_mistake(["serve"], "belfry.toml:2", '"http.port"', folder=folder)
            self.assertFalse(pathlib.Path(folder, "data").exists())

    def test_an_unknown_variable_names_the_nearest(self):
        self.assert_mistake(
            ["config"], "BELFRY_HTTP__PROT", "BELFRY_HTTP__PORT", environment={"BELFRY_HTTP__PROT": "1"}
        )

    def test_a_value_of_the_wrong_kind_says_what_is_expected(self):
        self.assert_mistake(["serve", "--http-port", "many"], "--http-port")
        self.assert_mistake(["serve", "--http-port", "65536"], "65535")
        self.assert_mistake(["serve", "--simulator", "maybe"], "--simulator", "auto")

    def test_all_mistakes_of_a_file_are_told_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "belfry.toml").write_text('listne = "x"\n[sip]\nport = "x"\n')
            self.assert_mistake(["config"], "listne", "sip.port", folder=folder)

    def test_a_file_that_is_not_there_is_a_mistake(self):
        self.assert_mistake(["config", "--config", "/nowhere/belfry.toml"], "/nowhere/belfry.toml")

    def test_help_and_version_are_none(self):
        for arguments in (["--help"], ["serve", "--help"], ["sim", "set", "--help"], ["--version"]):
            answer = run_belfry(*arguments)
            self.assertEqual((answer.returncode, answer.stderr), (0, ""), arguments)
            self.assertTrue(answer.stdout)


class Configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def settings(self, *arguments, environment=None):
        answer = run_belfry("config", "--json", *arguments, environment=environment, folder=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)["settings"]

    def test_flags_come_before_environment_before_file_before_defaults(self):
        port = "http.port"
        self.assertEqual(self.settings()[port], {"value": 8080, "origin": "default"})
        (self.folder / "belfry.toml").write_text("[http]\nport = 1001\n")
        self.assertEqual(self.settings()[port], {"value": 1001, "origin": "belfry.toml:2"})
        environment = {"BELFRY_HTTP__PORT": "1002"}
        self.assertEqual(
            self.settings(environment=environment)[port], {"value": 1002, "origin": "BELFRY_HTTP__PORT"}
        )
        self.assertEqual(
            self.settings("--http-port", "1003", environment=environment)[port],
            {"value": 1003, "origin": "--http-port"},
        )

    def test_the_names_of_the_applications_documents_count(self):
        found = self.settings(environment={"TWILIO_ACCOUNT_SID": "AC" + "1" * 32})["twilio.account_sid"]
        self.assertEqual(found, {"value": "AC" + "1" * 32, "origin": "TWILIO_ACCOUNT_SID"})

    def test_secrets_are_masked_in_both_forms(self):
        environment = {"TWILIO_AUTH_TOKEN": "very-secret-token"}
        for form in ([], ["--json"]):
            answer = run_belfry("config", *form, environment=environment, folder=self.folder)
            self.assertEqual(answer.returncode, 0)
            self.assertIn("twilio.auth_token", answer.stdout)
            self.assertIn("TWILIO_AUTH_TOKEN", answer.stdout)
            self.assertNotIn("very-secret-token", answer.stdout + answer.stderr)

    def test_text_and_json_tell_the_same_keys(self):
        lines = run_belfry("config", folder=self.folder).stdout.splitlines()
        keys = {line.removeprefix("# ").split(" = ")[0] for line in lines if " = " in line}
        self.assertEqual(keys, set(self.settings()))

    def test_a_file_names_a_secret_that_is_elsewhere(self):
        secret = self.folder / "token"
        secret.write_text("from-a-file\n")
        found = self.settings(environment={"BELFRY_TWILIO__AUTH_TOKEN_FILE": str(secret)})
        self.assertEqual(found["twilio.auth_token"]["origin"], "BELFRY_TWILIO__AUTH_TOKEN_FILE")


if __name__ == "__main__":
    unittest.main()
