"""Calls that go to a session recording server: by TwiML and by REST, with real SIP and real sound."""

import io
import math
import pathlib
import struct
import tempfile
import unittest
import wave

from support.account import Account
from support.belfry_server import BelfryServer, free_port, wait_until
from support.party import amplitude
from support.phone import Phone, wait_final
from support.recorder import SENDER_REPORT, Recorder
from support.rtp import rms
from support.sip import digest_parameters, digest_response
from support.sip_tls import make_certificate
from support.webhook_server import WebhookServer, reply, twiml

SPOKEN, PLAYED = 700, 440  # Hz: what the phone says, what the document plays to it
CONFIG = 'simulator = "on"\n[[number]]\nnumber = "+15005550006"\ntwiml = "<Response/>"\n'


def tone_file(hertz, seconds=1) -> bytes:
    samples = [round(8000 * math.sin(2 * math.pi * hertz * i / 8000)) for i in range(8000 * seconds)]
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return content.getvalue()


class Siprec(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.recorder = cls.enterClassContext(Recorder())
        cls.strict = cls.enterClassContext(Recorder(credentials=("us", "se cret"), transport="tcp"))
        cls.unwilling = cls.enterClassContext(Recorder(status=488))
        down = f'[[siprec]]\nname = "down"\nuri = "sip:srs@127.0.0.1:{free_port()};transport=tcp"\n'
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        certificate = make_certificate(folder, "127.0.0.1")
        cls.vault = cls.enterClassContext(Recorder(certificate=certificate))
        connectors = {"archive": cls.recorder, "strict": cls.strict, "unwilling": cls.unwilling, "vault": cls.vault}
        down += f'[sip]\ntls_authorities = "{certificate[0]}"\n'
        config = "".join(recorder.config(name) for name, recorder in connectors.items())
        cls.web = cls.enterClassContext(WebhookServer())
        cls.web.on("/tone.wav", reply(200, tone_file(PLAYED), "audio/wav"))
        cls.server = cls.enterClassContext(BelfryServer(CONFIG + config + down))
        cls.account = Account(cls.server)

    def call(self, before="", then='<Play loop="0">{tone}</Play>') -> tuple:
        """A phone that says its tone, and its call: `before` is done, then it hears the other tone."""
        script = [{"tone_hz": SPOKEN, "ms": 60000}]
        phone = Phone(self.server, on_call="answer", answer_after_ms=50, script=script)
        document = before + then.format(tone=self.web.url + "/tone.wav")
        return phone, self.account.call(phone.number, f"<Response>{document}</Response>")

    def siprec(self, connector="archive", callback="", **attributes) -> str:
        attributes |= {"connectorName": connector} | ({"statusCallback": self.web.url + callback} if callback else {})
        words = " ".join(f'{name}="{value}"' for name, value in attributes.items())
        return f'<Start><Siprec {words}><Parameter name="Agent" value="Ann &amp; Bo"/></Siprec></Start>'

    def wait_status(self, sid, status):
        wait_until(lambda: self.account.ask("GET", f"/Calls/{sid}.json")[1]["status"] == status, 10, status)

    def codes(self, sid) -> list:
        _, page = self.account.ask("GET", f"/Calls/{sid}/Notifications.json")
        return [int(each["error_code"]) for each in page["notifications"]]

    def goes_on(self, sid):
        """The call hears its tone and is not over."""
        self.assertEqual(self.account.ask("GET", f"/Calls/{sid}.json")[1]["status"], "in-progress")

    def hear(self, track, seconds=1.5) -> dict:
        """How loud both tones are in the newest of a track, once there is so much."""
        wanted = int(seconds * 8000)
        wait_until(lambda: len(track.samples()) > wanted + 8000, 20, f"{seconds} s of a track")
        samples = track.samples()[-wanted:]
        return {hertz: amplitude(samples, 8000, hertz) for hertz in (SPOKEN, PLAYED)}

    # --- What the recorder gets ---

    def test_the_recorder_gets_both_tracks_and_is_told_whose_they_are(self):
        phone, sid = self.call(self.siprec(callback="/both", name="mine"))
        session = self.recorder.session(sid)
        self.assertEqual(session.invite.get("Require"), "siprec")
        self.assertIn("+sip.src", session.invite.get("Contact"))
        self.assertEqual((session.labels, session.disposition), (["1", "2"], "recording-session"))
        self.assertEqual(session.part("application/sdp").count("a=sendonly"), 2)
        self.assertEqual(session.call.get("account"), self.account.keys["account_sid"])
        self.assertEqual((session.speaker("1"), session.speaker("2")), (f"tel:{phone.number}", "tel:+15005550006"))
        self.assertEqual(session.parameters, {"Agent": "Ann & Bo"})

        spoken, played = self.hear(session.tracks[0]), self.hear(session.tracks[1])
        self.assertGreater(spoken[SPOKEN], 20 * spoken[PLAYED])
        self.assertGreater(played[PLAYED], 20 * played[SPOKEN])
        self.assertGreater(min(spoken[SPOKEN], played[PLAYED]), 500)
        for track in session.tracks:
            packets = list(track.packets)
            self.assertEqual({packet[1] for packet in packets}, {0})
            self.assertEqual({len(packet[4]) for packet in packets}, {160})
            steps = [((b[2] - a[2]) & 0xFFFF, (b[3] - a[3]) & 0xFFFFFFFF) for a, b in zip(packets, packets[1:])]
            self.assertTrue(all(sequence == 1 for sequence, _ in steps))
            self.assertGreater(steps.count((1, 160)), 0.9 * len(steps), steps)
        for report in session.reports:
            self.assertEqual(report.packets[0][1], SENDER_REPORT)

        phone.hang_up()
        wait_until(lambda: session.over, 10, "BYE at the end of the call")
        forms = [request.form for request in self.web.wait_for("/both", 2)]
        self.assertEqual([form["SiprecEvent"] for form in forms], ["siprec-started", "siprec-stopped"])
        for form in forms:
            told = (form["AccountSid"], form["CallSid"], form["SiprecName"], form["SiprecSid"])
            self.assertEqual(told, (self.account.keys["account_sid"], sid, "mine", session.call.get("recording")))
            self.assertRegex(form["Timestamp"], r"^\d{4}-\d\d-\d\dT")

    def test_one_track_alone_is_one_line(self):
        _, sid = self.call(self.siprec(track="outbound_track"))
        session = self.recorder.session(sid)
        self.assertEqual(session.labels, ["2"])
        heard = self.hear(session.tracks[0])
        self.assertGreater(heard[PLAYED], 20 * heard[SPOKEN])

    def test_a_recorder_that_asks_who_we_are_is_told_also_over_tcp(self):
        _, sid = self.call(self.siprec("strict"))
        session = self.strict.session(sid)
        given = digest_parameters(self.strict.authorized[-1])
        self.assertEqual(given["response"], digest_response("INVITE", given["uri"], given, "us", "se cret"))
        self.assertGreater(self.hear(session.tracks[0])[SPOKEN], 500)
        self.account.create(f"/Calls/{sid}.json", Status="completed")
        wait_until(lambda: session.over, 10, "BYE")

    def test_over_tls_the_audio_is_encrypted_too(self):
        _, sid = self.call(self.siprec("vault"))
        session = self.vault.session(sid)
        self.assertEqual(session.part("application/sdp").count(" RTP/SAVP "), 2)
        for track in session.tracks:
            wait_until(lambda of=track: len(of.packets) > 25, 10, "half a second of a track")
            self.assertEqual({len(packet[4]) for packet in list(track.packets)}, {160 + 10})
            noise = rms(track.samples()[:4000])
            self.assertGreater(noise, 5000, "ciphertext is as loud as noise, not as a tone or silence")

    # --- Stopping ---

    def test_it_is_stopped_by_twiml_and_the_call_goes_on(self):
        _, sid = self.call(self.siprec(name="mine"), '<Pause length="1"/><Stop><Siprec name="mine"/></Stop><Play loop="0">{tone}</Play>')
        session = self.recorder.session(sid)
        wait_until(lambda: session.over, 15, "BYE at the stop")
        self.goes_on(sid)

    def test_it_is_started_and_stopped_by_rest_by_name_and_by_sid(self):
        phone, sid = self.call()
        self.wait_status(sid, "in-progress")
        for number, (name, by_name) in enumerate((("first", True), ("", False))):
            terms = {"ConnectorName": "archive", "Parameter1.Name": "Case", "Parameter1.Value": "7"} | ({"Name": name} if name else {})
            status, started = self.account.ask("POST", f"/Calls/{sid}/Siprec.json", **terms)
            self.assertEqual((status, started["status"], started["call_sid"]), (200, "in-progress", sid))
            self.assertRegex(started["sid"], "^SR[0-9a-f]{32}$")
            session = self.recorder.session(sid, number)
            self.assertEqual((session.call.get("recording"), session.parameters), (started["sid"], {"Case": "7"}))
            self.assertGreater(self.hear(session.tracks[0])[SPOKEN], 500)
            path = f"/Calls/{sid}/Siprec/{name if by_name else started['sid']}.json"
            status, stopped = self.account.ask("POST", path, Status="stopped")
            self.assertEqual((status, stopped["status"], stopped["sid"]), (200, "stopped", started["sid"]))
            wait_until(lambda over=session: over.over, 10, "BYE at the stop")
            self.assertEqual(self.account.ask("POST", path, Status="stopped")[0], 404)
        self.goes_on(sid)
        phone.hang_up()
        wait_final(self.server, sid)

    def test_a_recorder_that_hangs_up_ends_the_recording_only(self):
        _, sid = self.call(self.siprec(callback="/enough"))
        session = self.recorder.session(sid)
        self.web.wait_for("/enough")
        self.recorder.hang_up(session)
        forms = [request.form for request in self.web.wait_for("/enough", 2)]
        self.assertEqual(forms[1]["SiprecEvent"], "siprec-stopped")
        self.goes_on(sid)

    # --- What goes wrong ---

    def test_a_recorder_that_is_down_is_a_callback_and_a_notification_and_the_call_goes_on(self):
        _, sid = self.call(self.siprec("down", "/down"))
        form = self.web.wait_for("/down")[0].form
        self.assertEqual((form["SiprecEvent"], form["SiprecErrorCode"]), ("siprec-error", "32011"))
        self.assertIn("cannot be reached", form["SiprecError"])
        self.assertIn(32011, wait_until(lambda: self.codes(sid), 10, "the notification"))
        self.goes_on(sid)

    def test_a_recorder_that_refuses_is_quoted(self):
        _, sid = self.call(self.siprec("unwilling", "/unwilling"))
        form = self.web.wait_for("/unwilling")[0].form
        self.assertEqual(form["SiprecEvent"], "siprec-error")
        self.assertIn("488", form["SiprecError"])
        self.goes_on(sid)

    def test_a_connector_that_is_not_there_is_a_notification_and_a_400(self):
        _, sid = self.call(self.siprec("nobody"))
        self.assertIn(12200, wait_until(lambda: self.codes(sid), 10, "the notification"))
        self.wait_status(sid, "in-progress")
        status, error = self.account.ask("POST", f"/Calls/{sid}/Siprec.json", ConnectorName="nobody")
        self.assertEqual((status, error["code"]), (400, 20001))
        self.assertIn("nobody", error["message"])

    def test_a_call_has_four_tracks_and_each_name_once(self):
        _, sid = self.call()
        self.wait_status(sid, "in-progress")
        path, archive = f"/Calls/{sid}/Siprec.json", {"ConnectorName": "archive"}
        self.account.create(path, Name="one", **archive)
        self.assertEqual(self.account.ask("POST", path, Name="one", **archive)[1]["code"], 31960)
        self.account.create(path, Name="two", **archive)
        self.assertEqual(self.account.ask("POST", path, Track="inbound_track", **archive)[1]["code"], 31960)
