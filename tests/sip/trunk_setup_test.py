"""Trunks that are set up by the API: they run at once, are checked by a call, and outlive the process."""

import socket
import unittest

from support.belfry_server import BelfryServer, free_port, wait_until
from support.phone import wait_final
from support.rtp import RtpEndpoint
from support.sipp import Sipp

PATH = "/admin/api/trunks"


def lines(report: dict) -> dict:
    return {line["what"]: line for line in report["lines"]}


class Setup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        busy = cls.enterClassContext(Sipp("refuse_486"))
        # The numbers here are of no numbering plan.
        file = '[calls]\nallowed_countries = ["*"]\n'
        file += f'[[trunk]]\nname = "of-the-file"\nhost = "127.0.0.1:{busy.port}"\n'
        file += '[[route]]\nprefix = "+65"\ntrunk = "of-the-file"\n'
        cls.server = cls.enterClassContext(BelfryServer(file))

    def add(self, name: str, port: int, **more):
        terms = {"name": name, "host": f"127.0.0.1:{port}", **more}
        status, trunk = self.server.request("POST", PATH, terms)
        self.assertEqual(status, 201, trunk)
        return trunk

    def check(self, name: str, to: str) -> dict:
        status, report = self.server.request("POST", f"{PATH}/{name}/check", {"to": to})
        self.assertEqual(status, 200, report)
        return report

    def test_a_trunk_that_works_passes_every_line(self):
        with RtpEndpoint() as ear, Sipp("answer", rtp_port=ear.port) as carrier:
            ear.talk()
            trunk = self.add("works", carrier.port, prefixes=["+5071"], caller_id="+5073009999")
            self.assertEqual(trunk["prefixes"], ["+5071"])
            report = self.check("works", "+50712345678")
            self.assertTrue(report["ok"], report)
            self.assertEqual(list(lines(report)), ["address", "route", "call", "audio"])
            (invite,) = carrier.received("INVITE")
            self.assertIn("+5073009999", invite.get("From"))
            self.assertTrue(any(ear.loud()), "the sentence is heard")

    def test_refusals_are_explained(self):
        for name, scenario, words in (("busy", "refuse_486", "busy"), ("full", "refuse_503", "no room")):
            with self.subTest(name), Sipp(scenario) as carrier:
                self.add(name, carrier.port, prefixes=[f"+5072{carrier.port}"])
                report = self.check(name, f"+5072{carrier.port}1")
                call = lines(report)["call"]
                self.assertFalse(report["ok"])
                self.assertFalse(call["ok"])
                self.assertIn(words, call["fix"])

    def test_a_silent_carrier_is_told_from_a_phone_that_nobody_picks_up(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            self.add("silent", silent.getsockname()[1], prefixes=["+50796"])
            call = lines(self.check("silent", "+50796345678"))["call"]
            self.assertFalse(call["ok"])
            self.assertEqual(call["seen"], "nothing came back")
            self.assertIn("firewall", call["fix"])

    def test_a_name_is_free_once_its_trunk_is_removed(self):
        with Sipp("refuse_486") as first, Sipp("refuse_603") as second:
            self.add("again", first.port, prefixes=["+50795"])
            self.assertFalse(self.check("again", "+50795345678")["ok"])
            self.assertEqual(self.server.request("DELETE", f"{PATH}/again")[0], 204)
            self.add("again", second.port, prefixes=["+50795"], srtp="off", country="PA", max_waiting=7)
            report = lines(self.check("again", "+50795345678"))
            self.assertTrue(report["route"]["ok"], report)
            self.assertEqual(len(second.received("INVITE")), 1)
            _, shown = self.server.request("GET", PATH)
            (trunk,) = [each for each in shown["items"] if each["name"] == "again"]
            self.assertEqual((trunk["max_waiting"], trunk["country"], trunk["srtp"]), (7, "PA", "off"))

    def test_a_number_that_goes_elsewhere_is_told(self):
        self.add("narrow", free_port(), prefixes=["+50799"])
        report = self.check("narrow", "+6561234567")
        self.assertIn("of-the-file", lines(report)["route"]["seen"])
        self.assertIn("prefix", lines(report)["route"]["fix"])

    def test_bad_terms_are_refused_with_their_members(self):
        terms = {"name": "a b", "host": "", "transport": "ftp", "srtp": "maybe", "country": "Panama"}
        status, problem = self.server.request("POST", PATH, terms)
        self.assertEqual(status, 422)
        wrong = {"#/name", "#/host", "#/transport", "#/srtp", "#/country"}
        self.assertEqual({error["pointer"] for error in problem["errors"]}, wrong)
        self.add("taken", free_port(), prefixes=["+50798"])
        for name in ("taken", "of-the-file"):
            status, _ = self.server.request("POST", PATH, {"name": name, "host": "127.0.0.1"})
            self.assertEqual(status, 409)

    def test_passwords_are_never_shown(self):
        self.add("secret", free_port(), username="me", password="never shown", prefixes=["+50797"])
        _, shown = self.server.request("GET", PATH)
        self.assertNotIn("never shown", str(shown))

    def test_a_trunk_of_the_file_stays(self):
        status, problem = self.server.request("DELETE", f"{PATH}/of-the-file")
        self.assertEqual(status, 403)
        self.assertIn("configuration file", problem["detail"])


class Restart(unittest.TestCase):
    def test_what_was_set_up_runs_after_a_kill_and_what_was_removed_does_not(self):
        with BelfryServer() as server, Sipp("refuse_486") as carrier:
            for name, prefix in (("stays", "+5076"), ("goes", "+5072")):
                terms = {"name": name, "host": f"127.0.0.1:{carrier.port}", "prefixes": [prefix]}
                self.assertEqual(server.request("POST", PATH, terms)[0], 201)
            self.assertEqual(server.request("DELETE", f"{PATH}/goes")[0], 204)
            server.kill()
            server.start()
            _, answer = server.request("GET", PATH)
            self.assertEqual([trunk["name"] for trunk in answer["items"]], ["stays"])
            _, call = server.request("POST", "/admin/api/calls", {"to": "+50761234567", "say": "Hello."})
            self.assertEqual(wait_final(server, call["sid"])["status"], "busy")
            wait_until(lambda: carrier.received("INVITE"), 5, "the carrier's INVITE")


if __name__ == "__main__":
    unittest.main()
