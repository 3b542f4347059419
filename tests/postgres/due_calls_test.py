"""Rules R1, R3, R4 and R7 with PostgreSQL: the server is killed while calls fall due."""

import unittest

from support.crash_walk import CrashWalk

KILLS = 15


class Kills(CrashWalk):
    def test_at_random_moments(self):
        self.begin()
        seed = self.crash_at_random_moments(KILLS)
        self.finish(f"random moments, seed {seed}")


if __name__ == "__main__":
    unittest.main()
