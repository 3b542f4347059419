"""What is sent on to another cloud arrives once, whoever is killed in between."""

import datetime
import time
import unittest
import uuid

from support.aws import AwsClient, element
from support.belfry_server import BelfryServer, wait_until

SENT = 30


class SinksUnderKills(unittest.TestCase):
    def setUp(self):
        self.upstream = self.enterContext(BelfryServer())
        there = AwsClient(self.upstream)
        self.downstream = self.enterContext(
            BelfryServer(f"""
[aws]
send_metrics = true
endpoint_url = "{self.upstream.url}"
access_key_id = "{there.keys["aws_access_key_id"]}"
secret_access_key = "{there.keys["aws_secret_access_key"]}"
""")
        )
        self.there = there
        self.here = AwsClient(self.downstream)
        now = datetime.datetime.now(datetime.timezone.utc)
        self.minute = now.replace(second=0, microsecond=0)

    def put(self, invocation: str):
        """As an SDK does it: again with the same invocation id until there is an answer."""
        end = time.monotonic() + 30
        while True:
            try:
                status, body = self.here.ask(
                    "monitoring", "PutMetricData", invocation,
                    **{
                        "Namespace": "Take5/Calls",
                        "MetricData.member.1.MetricName": "CallsStarted",
                        "MetricData.member.1.Value": "1",
                        "MetricData.member.1.Timestamp": self.minute.isoformat(),
                    },
                )  # fmt: skip
                self.assertEqual(status, 200, body)
                return
            except OSError:
                self.assertLess(time.monotonic(), end, "the server does not come back")
                time.sleep(0.05)

    def arrived(self) -> float:
        status, body = self.there.ask(
            "monitoring", "GetMetricStatistics",
            **{
                "Namespace": "Take5/Calls", "MetricName": "CallsStarted", "Period": "60",
                "StartTime": self.minute.isoformat(),
                "EndTime": (self.minute + datetime.timedelta(minutes=1)).isoformat(),
                "Statistics.member.1": "Sum",
            },
        )  # fmt: skip
        self.assertEqual(status, 200, body)
        return float(element(body, "Sum") or 0)

    def test_each_measurement_arrives_once(self):
        for number in range(SENT):
            self.put(str(uuid.uuid4()))
            victim = {5: self.upstream, 12: self.downstream, 20: self.upstream, 25: self.downstream}.get(number)
            if victim:
                victim.kill()
                victim.start()
        wait_until(lambda: self.arrived() >= SENT, 60, "the last measurement")
        self.assertEqual(self.arrived(), SENT)


if __name__ == "__main__":
    unittest.main()
