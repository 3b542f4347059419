"""Rules R1, R3, R4 and R7 while calls fall due: the server is killed at random moments, at each fsync, at each packet,
and the power is cut, which takes what was not synced. No phone rings twice, no call is forgotten, every terminal
webhook arrives."""

import unittest

from support.belfry_server import BelfryServer
from support.crash_walk import CrashWalk

RANDOM_KILLS = 30
# So many there are, from the moment before the calls are due until they are over.
LAST_SYNC = 52
LAST_PACKET = 38


class Kills(CrashWalk):
    def test_at_random_moments(self):
        self.begin()
        seed = self.crash_at_random_moments(RANDOM_KILLS)
        self.finish(f"random moments, seed {seed}")

    def test_at_each_sync(self):
        self.begin()
        for number in range(1, LAST_SYNC, 2):
            self.crash_at("syncs", number)
        self.finish("syncs")
        self.check_reached()

    def test_at_each_packet(self):
        self.begin()
        for number in range(1, LAST_PACKET, 2):
            self.crash_at("packets", number)
        self.finish("packets")
        self.check_reached()


class PowerCuts(CrashWalk):
    def test_at_syncs_and_packets(self):
        self.begin(power_cuts=True)
        for number in range(2, LAST_SYNC, 4):
            self.crash_at("syncs", number)
        for number in range(2, LAST_PACKET, 4):
            self.crash_at("packets", number)
        self.finish("power cuts")
        self.check_reached()


class TwoServers(CrashWalk):
    def test_only_the_first_on_a_folder_does_what_is_due(self):
        """Rule R6."""
        self.begin()
        for _ in range(3):
            self.await_moment(self.due.plan())
            second = BelfryServer(self.server.config_file.read_text())
            self.addCleanup(second.close)
            second.data = self.server.data
            second.launch()
            self.due.press_start_again()
            self.assertNotEqual(second.wait(), 0)
            self.assertIn(str(self.server.process.pid), second.stderr)
        self.finish("two servers")


if __name__ == "__main__":
    unittest.main()
