"""Who may use a server that others can reach, or that stands behind a proxy (rules D2, A1, H4)."""

import base64
import json
import unittest
import urllib.request

from support.belfry_server import BelfryServer, run_belfry, wait_until


def basic(user, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


class SigningIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer(arguments=["--http-require-sign-in"]))
        wait_until(cls.server.is_ready)
        cls.keys = cls.server.keys()

    def ask(self, method, path, body=None, headers=None):
        return self.server.request(method, path, body, headers)[0]

    def test_strangers_get_no_further_than_the_question(self):
        for path in ("/admin/api/status", "/admin/api/calls", "/admin/api/keys", "/sim/phones", "/metrics"):
            self.assertEqual(self.ask("GET", path), 401, path)
        self.assertEqual(self.ask("POST", "/admin/api/calls", {"to": "+15551234567", "say": "hi"}), 401)
        self.assertEqual(self.ask("PUT", "/sim/phones/%2B15551234567", {}), 401)
        self.assertEqual(self.ask("POST", "/notifications/call", {}), 401)
        self.assertEqual(self.ask("GET", "/healthz"), 200)
        self.assertEqual(self.ask("GET", "/"), 200, "the page that asks")

    def test_no_described_route_is_forgotten(self):
        paths = self.server.request("GET", "/openapi.json")[1]["paths"]
        own = [path for path in paths if path.startswith(("/admin/", "/sim", "/metrics", "/api/voice/token", "/api/voice/calls"))]
        self.assertGreater(len(own), 20)
        for path in own:
            if path == "/admin/api/session":
                continue
            for method in set(paths[path]) - {"parameters"}:
                target = path.replace("{", "").replace("}", "")
                self.assertEqual(self.ask(method.upper(), target), 401, f"{method} {path}")

    def test_the_keys_of_the_installation_open_it(self):
        account = basic(self.keys["account_sid"], self.keys["auth_token"])
        key = basic(self.keys["api_key_sid"], self.keys["api_key_secret"])
        for headers in (account, key):
            self.assertEqual(self.ask("GET", "/admin/api/status", headers=headers), 200)
            self.assertEqual(self.ask("GET", "/sim/phones", headers=headers), 200)
        status, call = self.server.request("POST", "/admin/api/calls", {"to": "+15551234567", "say": "hi"}, account)
        self.assertEqual(status, 201, call)

    def test_the_session_of_a_page_opens_the_applications_too(self):
        secrets = {"user": self.keys["account_sid"], "secret": self.keys["auth_token"]}
        page = {"Origin": self.server.url, "Content-Type": "application/json"}
        request = urllib.request.Request(
            self.server.url + "/admin/api/session", json.dumps(secrets).encode(), page, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            cookie = {"Cookie": response.headers["Set-Cookie"].split(";")[0]}
        self.assertEqual(self.ask("GET", "/admin/api/status", headers=cookie), 200)
        self.assertEqual(self.ask("POST", "/api/voice/token", {"identity": "ann"}), 401)
        self.assertEqual(self.ask("POST", "/api/voice/token", {"identity": "ann"}, page | cookie), 200)
        foreign = {"Origin": "https://evil.example"}
        for path in ("/api/voice/token", "/admin/api/calls"):
            self.assertIn(self.ask("POST", path, {"identity": "ann"}, foreign | cookie), (401, 403))
            self.assertIn(self.ask("POST", path, {"identity": "ann"}, cookie), (401, 403))

    def test_a_command_says_who_it_is_by_its_environment(self):
        refused = self.server.command("sim", "phones")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("sign in", refused.stderr)
        pair = f"{self.keys['api_key_sid']}:{self.keys['api_key_secret']}"
        taken = run_belfry("sim", "phones", "--server", self.server.url, environment={"BELFRY_CREDENTIALS": pair})
        self.assertEqual(taken.returncode, 0, taken.stderr)


if __name__ == "__main__":
    unittest.main()
