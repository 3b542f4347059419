"""Bytes that no client of good will sends (rules H1, H2, section 7 of the limits): each is refused cheaply, and
somebody else's request is answered all the while. The attacker is 127.0.0.2, since limits are per address."""

import contextlib
import json
import random
import select
import socket
import threading
import time
import unittest
import urllib.request

from support.belfry_server import BelfryServer, wait_until
from support.phone import Phone, wait_final

ATTACKER = "127.0.0.2"
RESPONSIVE_WITHIN = 1.0  # seconds


class Witness(threading.Thread):
    """Asks /healthz from 127.0.0.1 the whole time."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.slowest, self.asked, self.failures = server, 0.0, 0, []
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.02):
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(self.server.url + "/healthz", timeout=10) as response:
                    if response.status != 200:
                        self.failures.append(response.status)
            except OSError as error:
                self.failures.append(error)
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.asked += 1


class Abuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer())

    def setUp(self):
        self.witness = Witness(self.server)
        self.witness.start()

    def tearDown(self):
        wait_until(lambda: self.witness.asked > 2, 10, "three answers to the witness")
        self.witness.over.set()
        self.witness.join(15)
        self.assertEqual(self.witness.failures, [])
        self.assertLess(self.witness.slowest, RESPONSIVE_WITHIN)

    def connect(self, source=ATTACKER):
        return socket.create_connection(("127.0.0.1", self.server.http_port), 10, (source, 0))

    def exchange(self, sent: bytes, within=10.0) -> bytes:
        """All that comes back until the server closes."""
        with self.connect() as connection:
            connection.settimeout(within)
            # It may hang up before it has read everything.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(sent)
            return self.read_all(connection)

    @staticmethod
    def read_all(connection) -> bytes:
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                answer += piece
        return answer

    @staticmethod
    def status(answer: bytes) -> int:
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0

    def test_heads_without_a_meaning_are_refused_and_the_connection_closed(self):
        host = b"Host: 127.0.0.1\r\n"
        smuggled = b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n"
        for name, sent in {
            "no host": b"GET / HTTP/1.1\r\n\r\n",
            "two hosts": b"GET / HTTP/1.1\r\n" + host + host + b"\r\n",
            "TE then CL": b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            "CL then TE": b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "gzip then CL": b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
            "two CL": b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
            "negative CL": b"POST / HTTP/1.1\r\n" + host + b"Content-Length: -1\r\n\r\n",
            "huge CL": b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 99999999999999999999\r\n\r\n",
            "folded": b"GET / HTTP/1.1\r\n" + host + b"X: a\r\n b\r\n\r\n",
            "blank before colon": b"GET / HTTP/1.1\r\n" + host + b"X : a\r\n\r\n",
            "relative target": b"GET healthz HTTP/1.1\r\n" + host + b"\r\n",
            "high bytes": b"GET /\xc3\xa9 HTTP/1.1\r\n" + host + b"\r\n",
            "NUL": b"GET / HTTP/1.1\r\n" + host + b"X: a\0b\r\n\r\n",
            "bare LF": b"GET / HTTP/1.1\n" + host + b"\r\n",
            "bare CR": b"GET / HTTP/1.1\r\n" + host + b"X: a\rb\r\n\r\n",
            "bad chunk": b"POST / HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "no version": b"GET /\r\n\r\n",
            "TLS": bytes.fromhex("16030100f1010000ed0303") + bytes(range(1, 230)) + b"\r\n\r\n",
        }.items():
            with self.subTest(name):
                answer = self.exchange(sent + smuggled)
                self.assertIn(self.status(answer), (400, 413), answer[:200])
                self.assertEqual(answer.count(b"HTTP/1.1"), 1, "nothing more is read on that connection")

    def test_limits_of_a_head(self):
        host = b"Host: 127.0.0.1\r\n"
        for name, sent, expected in (
            ("target", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + host + b"\r\n", 414),
            ("header", b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 20000 + b"\r\n\r\n", 431),
            ("headers", b"GET / HTTP/1.1\r\n" + host + b"X: a\r\n" * 200 + b"\r\n", 431),
            ("endless", b"GET / HTTP/1.1\r\n" + host + b"X" * (4 << 20), 431),
            ("method", b"BREW / HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", 501),
            ("trace", b"TRACE / HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", 501),
            ("body", b"POST /notifications/call HTTP/1.1\r\n" + host + b"Content-Length: 2000000\r\n\r\n", 413),
        ):
            with self.subTest(name):
                status = self.status(self.exchange(sent))
                self.assertIn(status, (expected, 405) if expected == 501 else (expected,))

    def test_heads_and_bodies_that_never_end_are_given_up(self):
        """Rule H2: a head has 10 s; a body 10 s and then 1 kB/s."""
        head = b"POST /notifications/call HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        with contextlib.ExitStack() as stack:
            slow = [stack.enter_context(self.connect()) for _ in range(60)]
            for number, connection in enumerate(slow):
                connection.sendall(head if number % 2 else head + b"Content-Length: 100000\r\n\r\n{")
            begun = time.monotonic()
            open_ones = set(slow)
            while open_ones and time.monotonic() - begun < 40:
                for connection in select.select(open_ones, [], [], 0.5)[0]:
                    with contextlib.suppress(OSError):
                        if connection.recv(4096):
                            continue
                    open_ones.discard(connection)
                for connection in open_ones:  # a byte now and then keeps nothing alive
                    with contextlib.suppress(OSError):
                        connection.send(b"a")
            self.assertEqual(len(open_ones), 0)
            self.assertGreater(time.monotonic() - begun, 5, "a slow client of good will has some time")

    def test_one_address_cannot_take_all_connections(self):
        with contextlib.ExitStack() as stack:
            taken = [stack.enter_context(self.connect()) for _ in range(300)]
            refused = []

            def most_are_refused():
                for connection in select.select([each for each in taken if each not in refused], [], [], 0.1)[0]:
                    refused.append(connection)
                return len(refused) >= 200

            wait_until(most_are_refused, 20, "the refusal of what is too much")
            answer = self.read_all(refused[0])
            self.assertIn(self.status(answer), (0, 503))
        wait_until(lambda: self.status(self.exchange(
            b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")) == 200, 10, "service again")  # fmt: skip

    def test_garbage(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        good = b"POST /notifications/call HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\": 1}\n"
        for _ in range(300):
            sent = bytearray(good * chance.randint(1, 3))
            for _ in range(chance.randint(1, 20)):
                sent[chance.randrange(len(sent))] = chance.randrange(256)
            with self.connect() as connection, contextlib.suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(bytes(sent[: chance.randint(1, len(sent))]))
                if chance.random() < 0.3:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # ends in a reset
        self.assertIsNone(self.server.process.poll(), f"seed {seed}")

    def test_readers_that_do_not_read(self):
        with contextlib.ExitStack() as stack:
            request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            for _ in range(20):
                connection = stack.enter_context(self.connect())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.setblocking(False)
                with contextlib.suppress(BlockingIOError, ConnectionResetError, BrokenPipeError):
                    for _ in range(2000):
                        connection.send(request)
            before = self.witness.asked
            wait_until(lambda: self.witness.asked > before + 20, 10, "answers to others meanwhile")

    def test_json_that_costs_much(self):
        """Rule H3."""
        for body in (
            "[" * 500_000, '{"a":' * 200_000, json.dumps({str(i): i for i in range(100_000)})[: 1 << 20],
            json.dumps({str(i): i for i in range(60_000)}), '"' + "\\ud800" * 100_000 + '"', "1" * 1_000_000, "-" * 1_000_000,
        ):  # fmt: skip
            begun = time.monotonic()
            status, answer = self.server.request("POST", "/notifications/call", body, {"Content-Type": "application/json"})
            self.assertIn(status, (413, 422), answer)
            self.assertLess(time.monotonic() - begun, 2)
        form = "&".join(f"a{i}=b" for i in range(100_000))
        status, _ = self.server.request(
            "POST", "/notifications/call/gather", form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        self.assertIn(status, (400, 413, 422))

    def test_calls_go_on_meanwhile(self):
        phone = Phone(self.server, on_call="answer", answer_after_ms=50)
        _, call = self.server.request("POST", "/admin/api/calls", {"to": phone.number, "say": "This is heard. The end."})
        while wait_until(lambda: self.server.request("GET", f"/admin/api/calls/{call['sid']}")[1], 5)["ended_at"] is None:
            self.exchange(b"\r\n\r\n\0\0\0\0" * 100)
        self.assertEqual(wait_final(self.server, call["sid"])["status"], "completed")
        self.assertEqual(phone.heard(call["sid"]), "This is heard. The end.")


if __name__ == "__main__":
    unittest.main()
