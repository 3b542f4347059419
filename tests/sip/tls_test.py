"""SIP over TLS and SRTP: phones, carriers, and those who only hold connections open (rules S5 and S10)."""

import pathlib
import shutil
import socket
import ssl
import tempfile
import time
import unittest

from support.baresip import Baresip
from support.belfry_server import BelfryServer, wait_until
from support.phone import all_calls, wait_final
from support.rtp import RtpEndpoint
from support.sip import Peer, sdp
from support.sip_tls import TlsCarrier, TlsClient, make_certificate
from support.trunks import Trunks, events, notify

PHONES = """simulator = "on"
[[phone]]
user = "desk1"
password = "secret1"
number = "+15550001111"
srtp = "required"
[[phone]]
user = "desk2"
password = "secret2"
number = "+15550002222"
"""


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(BelfryServer(PHONES))
        cls.tls = ("127.0.0.1", cls.server.sip_tls_port)
        cls.authority = cls.server.data / "tls-certificate.pem"

    def client(self, address="127.0.0.1") -> TlsClient:
        return self.enterContext(TlsClient(self.tls, self.authority, address))

    def test_a_phone_with_srtp_is_rung_and_hears_the_sentence(self):
        phone = self.enterContext(Baresip(self.server, "desk1", "secret1", encrypted=True))
        phone.wait_log("200 OK")
        sid = notify(self.server, "+15550001111")
        wait_until(lambda: len(events(self.server, sid, "speech.finished")) >= 3, 20, "the sentence")
        self.assertGreater(phone.loud_seconds(), 2.5)
        phone.command("sndcode", "1")
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")

    def test_a_phone_is_called_over_the_connection_that_it_registered_over(self):
        phone = self.client()
        self.assertEqual(phone.register("desk2", "secret2").status, 200)
        ear = self.enterContext(RtpEndpoint()).talk()
        sid = notify(self.server, "+15550002222")
        invite = phone.wait_for("INVITE")
        self.assertIn("transport=tls", invite.get("Contact"))
        phone.respond(invite, 200, body=sdp(ear.address, ear.port))
        phone.wait_for("ACK")
        self.server.request("POST", f"/admin/api/calls/{sid}/hang-up", {})
        phone.respond(phone.wait_for("BYE"), 200)
        self.assertEqual(wait_final(self.server, sid)["status"], "completed")

    def test_a_phone_whose_connection_has_gone_is_not_looked_for_elsewhere(self):
        phone = TlsClient(self.tls, self.authority)
        self.assertEqual(phone.register("desk2", "secret2").status, 200)
        phone.close()
        sid = notify(self.server, "+15550002222")
        self.assertEqual(wait_final(self.server, sid)["status"], "failed")

    def test_a_phone_that_must_encrypt_has_no_call_without(self):
        phone = self.client()
        self.assertEqual(phone.register("desk1", "secret1").status, 200)
        sid = notify(self.server, "+15550001111")
        invite = phone.wait_for("INVITE")
        self.assertIn("RTP/SAVP", invite.body)
        self.assertIn("a=crypto:1 AEAD_AES_128_GCM inline:", invite.body)
        phone.respond(invite, 200, body=sdp("127.0.0.1", 40000))
        phone.wait_for("ACK")
        phone.respond(phone.wait_for("BYE"), 200)
        self.assertEqual(wait_final(self.server, sid)["status"], "failed")

    def test_sips_over_udp_is_refused(self):
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            peer.send(peer.request("INVITE", "desk1", uri=f"sips:desk1@127.0.0.1:{self.server.sip_port}"))
            self.assertEqual(peer.receive(3).status, 403)

    def test_old_versions_of_tls_are_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(self.tls, 5) as plain, self.assertRaises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(plain)

    def test_s10_slow_senders_hold_up_nobody(self):
        """200 connections that stop in the middle of the handshake or of a message."""
        context = ssl.create_default_context(cafile=self.authority)
        held = []
        for number in range(200):
            source = (f"127.0.9.{number // 10 + 1}", 0)
            stream = socket.create_connection(self.tls, 5, source)
            self.addCleanup(stream.close)
            if number % 2:
                stream = context.wrap_socket(stream, server_hostname="127.0.0.1")
                self.addCleanup(stream.close)
                stream.sendall(b"INVITE sip:desk1@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS")
            else:
                stream.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
            held.append(stream)
        with Peer(("127.0.0.1", self.server.sip_port)) as peer:
            slowest = 0.0
            for _ in range(50):
                before = time.monotonic()
                peer.send(peer.request("OPTIONS", "anybody"))
                peer.wait_for(200)
                slowest = max(slowest, time.monotonic() - before)
        self.assertLess(slowest, 0.5)
        for stream in held:
            stream.settimeout(15)
            try:
                while stream.recv(4096):  # a 400 may come first
                    pass
            except OSError:
                continue
        self.assertEqual([call for call in all_calls(self.server) if call["status"] == "ringing"], [])

    def test_s5_a_phone_over_tls_gets_no_credentials_of_a_trunk(self):
        trunks = Trunks()
        port = self.enterContext(Peer(("127.0.0.1", 9))).port
        trunks.add(port, more='username = "belfry"\npassword = "trunk secret 7"\n')
        server = self.enterContext(BelfryServer(trunks.text + PHONES))
        phone = self.enterContext(TlsClient(("127.0.0.1", server.sip_tls_port), server.data / "tls-certificate.pem"))
        self.assertEqual(phone.register("desk2", "secret2").status, 200)
        sid = notify(server, "+15550002222")
        challenge = f'Proxy-Authenticate: Digest realm="127.0.0.1:{port}", nonce="n", algorithm=MD5\r\n'
        phone.respond(phone.wait_for("INVITE"), 407, headers=challenge)
        phone.wait_for("ACK")
        self.assertEqual([each for each in phone.all_within(1) if each.method == "INVITE"], [])
        self.assertEqual(wait_final(server, sid)["status"], "failed")


class TlsTrunk(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="belfry-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.certificate, self.key = make_certificate(self.folder, "localhost")

    def serve(self, port: int, more="", trusted=None) -> BelfryServer:
        text = f"""[sip]
tls_authorities = "{trusted or self.certificate}"
[[trunk]]
name = "carrier"
host = "localhost:{port}"
transport = "tls"
{more}
[[route]]
prefix = "+507"
trunk = "carrier"
"""
        return self.enterContext(BelfryServer(text))

    def test_a_call_goes_out_encrypted_from_end_to_end(self):
        carrier = self.enterContext(TlsCarrier(self.certificate, self.key))
        server = self.serve(carrier.port, 'srtp = "optional"')
        sid = notify(server, "+50761234567")
        line = self.enterContext(carrier.accept())
        invite = line.wait_for("INVITE")
        self.assertIn("SIP/2.0/TLS", invite.get("Via"))
        self.assertIn("a=crypto:", invite.body)
        line.respond(invite, 200, body=sdp("127.0.0.1", 40000))
        line.wait_for("ACK")
        server.request("POST", f"/admin/api/calls/{sid}/hang-up", {})
        line.respond(line.wait_for("BYE"), 200)
        self.assertEqual(wait_final(server, sid)["status"], "completed")

    def test_a_carrier_that_cannot_prove_its_name_hears_nothing(self):
        other, other_key = make_certificate(self.folder, "carrier.example")
        for certificate, key, trusted in ((other, other_key, other), (self.certificate, self.key, other)):
            with TlsCarrier(certificate, key) as carrier:
                server = self.serve(carrier.port, trusted=trusted)
                sid = notify(server, "+50761234567")
                with self.assertRaises((ssl.SSLError, ConnectionError, TimeoutError)):
                    line = carrier.accept()
                    if line.receive(3) is None:
                        raise ConnectionError("closed")
                self.assertEqual(wait_final(server, sid)["status"], "failed")
