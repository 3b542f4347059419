"""Plans calls and kills the server when they fall due, again and again; then everything must have come right."""

import random
import subprocess
import tempfile
import time
import unittest

from support.belfry_server import STARTS_WITHIN, BelfryServer, wait_until
from support.crash_point import CrashPoint
from support.due_calls import CONFIG, DueCalls
from support.exchange import Exchange
from support.webhook_server import WebhookServer

DIES_WITHIN = 8  # seconds from the moment that calls are due; a crash point that is not reached is a kill then
RECOVERS_WITHIN = 3
EVERY_SO_MANY = 5  # crashes are followed by another one while the server recovers


class CrashWalk(unittest.TestCase):
    def begin(self, power_cuts=False):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.exchange = self.enterContext(Exchange())
        self.web = self.enterContext(WebhookServer())
        self.server = BelfryServer(CONFIG.format(port=self.exchange.port))
        self.addCleanup(self.server.close)
        self.point = CrashPoint(folder, self.server, power_cuts)
        self.server.start()
        self.due = DueCalls(self, self.server, self.exchange, self.web)
        self.due.plan_each_minute()
        self.kills = self.reached = 0

    def crash_at_random_moments(self, kills: int) -> int:
        """@return the seed"""
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        for _ in range(kills):
            self.await_moment(self.due.plan())
            self.due.press_start()
            time.sleep(chance.uniform(0.0, 1.3))  # the moment of the crash, not a wait for something
            self.server.kill()
            self.kills += 1
            self.go_on()
        return seed

    def await_moment(self, due: float):
        """A little before it: to be killed while it is claimed."""
        time.sleep(max(0.0, due - 0.05 - time.time()))

    def crash_at(self, what: str, number: int):
        """Plans calls, and dies at the fsync or packet of that number after the moment before they are due."""
        self.await_moment(self.due.plan())
        self.point.arm(what, number)
        self.due.press_start()
        self.await_death(DIES_WITHIN)
        if self.kills % EVERY_SO_MANY == 0:
            self.crash_in_recovery(what, 1 + self.kills // EVERY_SO_MANY)
        self.go_on()

    def crash_in_recovery(self, what: str, number: int):
        self.point.arm(what, number)
        self.server.launch()
        self.await_death(RECOVERS_WITHIN)

    def await_death(self, seconds: float):
        try:
            self.server.wait(seconds)
            self.reached += 1
        except subprocess.TimeoutExpired:
            self.server.kill()
        self.kills += 1
        self.point.disarm()
        if self.point.has_power_cuts:
            self.point.cut_power()

    def go_on(self):
        self.server.launch()
        wait_until(self.server.is_ready, STARTS_WITHIN, "readiness")
        self.due.press_start_again()

    def finish(self, name: str):
        self.due.check(name)
        self.assertEqual(self.server.stop(), 0)
        print(f"[{name}: {self.kills} kills, {len(self.due.once)} calls]", end=" ", flush=True)

    def check_reached(self):
        """A walk that never arrives shows nothing."""
        self.assertGreater(self.reached, self.kills // 2, "crash points are not reached")
