"""A power cut during the first start, at each fsync: what is left in the folder is enough for another (rules R1, D1)."""

import tempfile
import unittest

from support.belfry_server import STARTS_WITHIN, BelfryServer, wait_until
from support.crash_point import CrashPoint
from support.phone import wait_final

FEWEST_SYNCS = 5  # keys, certificate and database are written
MOST_SYNCS = 100
BUSY = "+14155557777"
CONFIG = f'[[sim.phone]]\nnumber = "{BUSY}"\non_call = "busy"\n'


class FirstStart(unittest.TestCase):
    def test_a_power_cut_at_any_sync_leaves_a_folder_that_starts(self):
        for number in range(1, MOST_SYNCS):
            with self.subTest(sync=number), tempfile.TemporaryDirectory() as folder:
                if not self.starts_after_a_cut_at(number, folder):
                    break
        self.assertGreater(number, FEWEST_SYNCS)
        print(f"[{number - 1} power cuts]", end=" ", flush=True)

    def starts_after_a_cut_at(self, number, folder) -> bool:
        """@return whether the start had so many syncs"""
        server = BelfryServer(CONFIG)
        self.addCleanup(server.close)
        point = CrashPoint(folder, server, power_cut=True)
        point.arm("syncs", number)
        server.launch()
        wait_until(lambda: server.process.poll() is not None or server.is_ready(), STARTS_WITHIN, "end or readiness")
        if server.process.poll() is None:
            return False
        point.disarm()
        point.cut_power()
        server.start()
        status, call = server.request("POST", "/admin/api/calls", {"to": BUSY, "say": "hello"})
        self.assertEqual(status, 201, call)
        self.assertEqual(wait_final(server, call["sid"])["status"], "busy")
        self.assertTrue(server.keys()["auth_token"])
        server.kill()
        return True


if __name__ == "__main__":
    unittest.main()
