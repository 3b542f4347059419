"""Where calls may go (rules F1 to F3), whoever asks for them: Twilio's API, the admin API, Flux."""

import socket
import unittest

from support.belfry_server import BelfryServer

EMERGENCY = ("911", "112", "+1911", "9 1 1")


class Trunk:
    """A port that counts what arrives at it."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        return self

    def __exit__(self, *_):
        self.socket.close()

    def invites(self) -> list:
        packets = []
        while True:
            try:
                packets.append(self.socket.recv(65536))
            except BlockingIOError:
                return [packet for packet in packets if packet.startswith(b"INVITE")]


class Destinations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trunk = cls.enterClassContext(Trunk())
        config = f'simulator = "on"\n[[trunk]]\nname = "carrier"\nhost = "127.0.0.1:{cls.trunk.port}"\n'
        config += '[[route]]\nprefix = "+"\ntrunk = "carrier"\ncaller_id = "+14155550100"\n'
        cls.server = cls.enterClassContext(BelfryServer(config))

    def admin(self, number):
        return self.server.request("POST", "/admin/api/calls", {"to": number, "say": "hello"})

    def test_emergency_numbers_are_refused_by_every_face(self):
        for number in EMERGENCY:
            status, answer = self.admin(number)
            self.assertIn(status, (403, 422), (number, answer))
        status, answer = self.server.request("POST", "/notifications/call", {"phone_number": "+1911", "task_title": "t"})
        self.assertIn(status, (403, 422), answer)
        self.assertEqual(self.trunk.invites(), [])

    def test_trunks_are_asked_for_ordinary_numbers_of_allowed_countries_only(self):
        for number in ("+442079460123", "+18765550123", "+881612345678", "+19002345678", "+1234567890"):
            status, answer = self.admin(number)
            self.assertEqual(status, 403, (number, answer))
        self.assertEqual(self.trunk.invites(), [])


if __name__ == "__main__":
    unittest.main()
