"""What is sent on to another Belfry arrives once, whoever is killed in between, and whenever."""

import collections
import datetime
import hashlib
import html
import http.client
import http.server
import random
import re
import threading
import time
import unittest
import urllib.parse
import uuid

from support.account import Account
from support.aws import AwsClient, element
from support.belfry_server import BelfryServer, wait_until
from support.long_recording import leave_long_recording
from support.phone import Phone

KILLS = 16
ARRIVES_WITHIN = 300  # seconds; who could not deliver waits longer each time
BUCKET = "recordings"
BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


class TwoClouds(unittest.TestCase):
    """One is the client of the other's AWS face."""

    sinks = ""

    def setUp(self):
        self.upstream = self.enterContext(BelfryServer("[messages]\nsender_interval_ms = 1\nper_day = 0\n"))
        self.there = AwsClient(self.upstream)
        self.assertEqual(self.there.s3("PUT", f"/{BUCKET}")[0], 200)
        self.downstream = self.enterContext(BelfryServer(self.config(self.upstream.url)))
        self.here = AwsClient(self.downstream)
        self.seed = random.randrange(1 << 32)

    def config(self, endpoint: str) -> str:
        return f"""
[aws]
endpoint_url = "{endpoint}"
access_key_id = "{self.there.keys["aws_access_key_id"]}"
secret_access_key = "{self.there.keys["aws_secret_access_key"]}"
{self.sinks}
[messages]
sender_interval_ms = 1
per_day = 0
"""

    def query(self, cloud, service: str, action: str, **parameters) -> str:
        """What it answers, at last."""
        body = urllib.parse.urlencode({"Action": action} | parameters).encode()
        invocation = {"amz-sdk-invocation-id": str(uuid.uuid4()), "content-type": "application/x-www-form-urlencoded"}
        status, _, answer = self.until_answered(lambda: cloud.exchange(service, "POST", "/", body, invocation))
        self.assertEqual(status, 200, answer)
        return answer.decode()

    def until_answered(self, request):
        """As an SDK does it: the same request again until there is an answer, and not that it came too often."""

        def answer():
            try:
                answered = request()
            except OSError:
                return None
            return None if b"Throttl" in answered[-1] or b"SlowDown" in answered[-1] else answered

        return wait_until(answer, 60, "an answer")

    def under_kills(self, produce, calm=0.5):
        """Kills either side at moments that nobody has chosen, at most `calm` seconds after the last, while
        `produce(number)` is called again and again. How often it was called."""
        chance = random.Random(self.seed)
        done = threading.Event()
        failures = []

        def kill():
            try:
                for number in range(KILLS):
                    time.sleep(chance.uniform(0, calm))
                    victim = self.downstream if number % 2 else self.upstream
                    victim.kill()
                    victim.start()
            except BaseException as failure:  # for the test's thread
                failures.append(failure)
            finally:
                done.set()

        killer = threading.Thread(target=kill)
        killer.start()
        produced = 0
        while not done.is_set():
            produce(produced)
            produced += 1
            time.sleep(0.02)  # within the rate that both sides allow
        killer.join()
        self.assertEqual(failures, [], f"seed {self.seed}")
        return produced


class Measurements(TwoClouds):
    sinks = "send_metrics = true"

    def setUp(self):
        super().setUp()
        now = datetime.datetime.now(datetime.timezone.utc)
        self.minute = now.replace(second=0, microsecond=0)

    def put(self, number: int):
        parameters = {
            "Namespace": "Take5/Calls", "MetricData.member.1.MetricName": "CallsStarted",
            "MetricData.member.1.Value": str(number), "MetricData.member.1.Timestamp": self.minute.isoformat(),
        }  # fmt: skip
        self.query(self.here, "monitoring", "PutMetricData", **parameters)

    def arrived(self, cloud) -> tuple:
        """How many, and their sum."""
        body = self.query(
            cloud, "monitoring", "GetMetricStatistics",
            **{
                "Namespace": "Take5/Calls", "MetricName": "CallsStarted", "Period": "60",
                "StartTime": self.minute.isoformat(),
                "EndTime": (self.minute + datetime.timedelta(minutes=1)).isoformat(),
                "Statistics.member.1": "Sum", "Statistics.member.2": "SampleCount",
            },
        )  # fmt: skip
        return float(element(body, "SampleCount") or 0), float(element(body, "Sum") or 0)

    def test_each_arrives_once(self):
        sent = self.under_kills(self.put)
        self.assertGreater(sent, KILLS)
        wait_until(lambda: self.arrived(self.there)[0] >= sent, ARRIVES_WITHIN, f"the last measurement (seed {self.seed})")
        self.assertEqual(self.arrived(self.there), (sent, sum(range(sent))), f"seed {self.seed}")
        self.assertEqual(self.arrived(self.here), (sent, sum(range(sent))))


class TextMessages(TwoClouds):
    sinks = 'send_messages = true\nmessage_prefix = "+1206"'

    def publish(self, number: int):
        to = f"+1206555{number % 5:04}"
        self.query(self.here, "sns", "Publish", PhoneNumber=to, Message=f"Message {number}")

    def messages(self, server) -> collections.Counter:
        account = Account(server)
        found, page = collections.Counter(), "/Messages.json?PageSize=1000"
        while page:
            status, answer = account.ask("GET", page)
            self.assertEqual(status, 200, answer)
            found.update(each["body"] for each in answer["messages"])
            following = answer["next_page_uri"]
            page = following.removeprefix(account.base) if following else None
        return found

    def test_each_arrives_once(self):
        sent = self.under_kills(self.publish)
        self.assertGreater(sent, KILLS)
        expected = collections.Counter(f"Message {number}" for number in range(sent))
        wait_until(
            lambda: len(self.messages(self.upstream)) >= sent, ARRIVES_WITHIN, f"the last message (seed {self.seed})"
        )
        self.assertEqual(self.messages(self.upstream), expected, f"seed {self.seed}")
        self.assertEqual(self.messages(self.downstream), expected)
        status, shown = self.upstream.request("GET", "/_aws/sns/sms-messages")
        self.assertEqual(status, 200)
        published = [each["MessageId"] for of_number in shown["sms_messages"].values() for each in of_number]
        self.assertEqual(len(published), len(set(published)))


class Recordings(TwoClouds):
    sinks = f'recordings_bucket = "{BUCKET}"\nrecordings_key = "calls & more/{{call}}/{{recording}}.wav"'

    def record(self, words: str) -> str:
        phone = Phone(self.downstream, on_call="answer", answer_after_ms=20)
        return Account(self.downstream).call(
            phone.number, f"<Response><Say>{words}</Say></Response>", Record="true", Trim="do-not-trim"
        )

    def completed(self) -> dict:
        """Recordings that the sender has, by the key that they must have."""
        status, page = Account(self.downstream).ask("GET", "/Recordings.json?PageSize=1000")
        self.assertEqual(status, 200, page)
        recordings = page["recordings"]
        self.assertFalse(page["next_page_uri"])
        unfinished = [each for each in recordings if each["status"] in ("in-progress", "paused", "processing")]
        if unfinished:
            return {}
        return {
            f"calls & more/{each['call_sid']}/{each['sid']}.wav": each["sid"]
            for each in recordings
            if each["status"] == "completed"
        }

    def stored(self) -> dict:
        """Objects of the receiver: ETag and size by key; each key is one row."""
        status, _, body = self.until_answered(lambda: self.there.s3("GET", f"/{BUCKET}?list-type=2"))
        self.assertEqual(status, 200, body)
        objects = re.findall(r"<Contents>(.*?)</Contents>", body.decode())
        rows = [(html.unescape(element(each, "Key")), each) for each in objects]
        self.assertEqual(len(rows), len(dict(rows)))
        return {
            key: (html.unescape(element(each, "ETag")).strip('"'), int(element(each, "Size"))) for key, each in rows
        }

    def uploads(self) -> list:
        status, _, body = self.until_answered(lambda: self.there.s3("GET", f"/{BUCKET}?uploads="))
        self.assertEqual(status, 200, body)
        return re.findall(r"<UploadId>(.*?)</UploadId>", body.decode())

    def check_copies(self):
        recordings = wait_until(self.completed, 60, "the end of every recording")
        wait_until(
            lambda: self.stored().keys() >= recordings.keys(), ARRIVES_WITHIN, f"every copy (seed {self.seed})"
        )
        stored = self.stored()
        self.assertEqual(stored.keys(), recordings.keys(), f"seed {self.seed}")
        account = Account(self.downstream)
        for key, sid in recordings.items():
            status, ours = account.fetch("GET", f"/Recordings/{sid}.wav")
            self.assertEqual(status, 200)
            path = f"/{BUCKET}/{urllib.parse.quote(key)}"
            status, headers, copy = self.until_answered(lambda path=path: self.there.s3("GET", path))
            self.assertEqual(status, 200)
            self.assertTrue(copy == ours, f"{key}: the copy is not the recording (seed {self.seed})")
            etag, size = stored[key]
            self.assertEqual(size, len(ours))
            self.assertEqual(headers["ETag"], f'"{etag}"')
            if "-" not in etag:
                self.assertEqual(etag, hashlib.md5(ours).hexdigest())
        self.assertEqual(self.uploads(), [])
        return stored

    def test_each_is_copied_once(self):
        def produce(number):
            self.until_answered(lambda: [self.record(f"Number {number}.").encode()])
            time.sleep(0.2)  # calls overlap, but not all of them

        self.assertGreater(self.under_kills(produce, calm=3), KILLS)
        self.assertGreater(len(self.check_copies()), 5)

    def test_an_upload_in_parts_that_is_killed_in_its_middle_is_begun_again(self):
        self.upstream.kill()  # nothing leaves before it is as large as it shall be
        sid = self.record("This is the begin of a long call. " * 20)
        leave_long_recording(self.downstream, sid, 96 << 20, self.seed)
        self.upstream.start()
        self.downstream.start()
        killed = 0
        while killed < 6 and not self.stored():
            if not self.uploads():
                time.sleep(0.02)
                continue
            victim = self.upstream if killed % 2 else self.downstream
            victim.kill()
            victim.start()
            killed += 1
        self.assertGreater(killed, 2, "the upload is over too soon to be killed")
        [(etag, size)] = self.check_copies().values()
        self.assertRegex(etag, f"-{-(-size // (8 << 20))}$")
        self.assertGreater(size, 96 << 20)


class Doorway(threading.Thread):
    """Stands before a server and, while `busy`, answers by itself that there is too much to do."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.asked = []
        self.busy = True
        doorway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if doorway.busy:
                    doorway.asked.append((self.service(), time.monotonic()))
                    return self.reply(503, {"Content-Type": "application/xml"}, BUSY)
                connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=60)
                connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    connection.putheader(name, value)
                connection.endheaders(body)
                response = connection.getresponse()
                content = response.read()
                connection.close()
                return self.reply(response.status, dict(response.headers), content)

            def service(self):
                return self.headers["Authorization"].split("/")[3]

            def reply(self, status, headers, content):
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "connection", "date", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.listener.server_port}"

    def run(self):
        self.listener.serve_forever()

    def times(self, service: str) -> list:
        return [at for each, at in list(self.asked) if each == service]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()


class Overloaded(Recordings):
    """The other side is there and has no time."""

    sinks = f"{Recordings.sinks}\n{Measurements.sinks}\n{TextMessages.sinks}"
    test_each_is_copied_once = None
    test_an_upload_in_parts_that_is_killed_in_its_middle_is_begun_again = None

    def config(self, endpoint):
        self.doorway = self.enterContext(Doorway(self.upstream))
        return super().config(self.doorway.url)

    def test_all_of_it_waits_and_no_call_does(self):
        self.minute = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        Measurements.put(self, 7)
        TextMessages.publish(self, 1)
        words = "One two three four five six seven eight nine ten."
        first = self.record(words)
        Account(self.downstream).wait_status(first, "completed")
        for service in ("monitoring", "s3"):
            wait_until(lambda: len(self.doorway.times(service)) >= 3, 60, f"three attempts of {service}")
            one, two, three = self.doorway.times(service)[:3]
            self.assertGreater(two - one, 0.9, "it waits before it asks again")
            self.assertGreater(three - two, 4, "and longer each time")
        wait_until(lambda: self.doorway.times("sns"), 30, "an attempt of the message")
        second = self.record(words)
        recorded = Account(self.downstream).wait_status(second, "completed")
        self.assertGreaterEqual(int(recorded["duration"]), 2, "the call was heard to its end")
        self.doorway.busy = False
        wait_until(lambda: Measurements.arrived(self, self.there)[0] >= 1, ARRIVES_WITHIN, "the measurement")
        self.assertEqual(Measurements.arrived(self, self.there), (1, 7))
        wait_until(lambda: TextMessages.messages(self, self.upstream), ARRIVES_WITHIN, "the message")
        self.assertEqual(TextMessages.messages(self, self.upstream), {"Message 1": 1})
        self.assertEqual(len(self.check_copies()), 2)


if __name__ == "__main__":
    unittest.main()
