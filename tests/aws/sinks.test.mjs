import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { GetMetricStatisticsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import S3rver from "s3rver";
import { startCloud, until } from "./support/clouds.mjs";

const client = (upstream, more) => `
[aws]
endpoint_url = "${upstream.url}"
access_key_id = "${upstream.credentials.accessKeyId}"
secret_access_key = "${upstream.credentials.secretAccessKey}"
${more}
[messages]
sender_interval_ms = 10
`;

/// One server is the client of another's AWS face.
describe("sinks", { timeout: 90_000 }, () => {
  let upstream;
  let cloud;
  before(async () => {
    upstream = await startCloud();
    const there = { url: upstream.belfry.url, credentials: upstream.credentials };
    const config = client(there, 'send_metrics = true\nsend_messages = true\nmessage_prefix = "+1206"');
    cloud = await startCloud({ config });
  });
  after(async () => {
    await cloud?.stop();
    await upstream?.stop();
  });

  it("send measurements on, once", async () => {
    const Namespace = "Take5/Calls";
    const Dimensions = [{ Name: "Environment", Value: "test" }];
    const Timestamp = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    for (let Value = 1; Value <= 5; ++Value) {
      const datum = { MetricName: "Minutes", Dimensions, Timestamp, Unit: "Count", Value };
      await cloud.metrics.send(new PutMetricDataCommand({ Namespace, MetricData: [datum] }));
    }
    const query = {
      Namespace,
      MetricName: "Minutes",
      Dimensions,
      StartTime: Timestamp,
      EndTime: new Date(Timestamp.getTime() + 60_000),
      Period: 60,
      Statistics: ["Sum", "SampleCount", "Minimum", "Maximum"],
    };
    const there = async () => {
      const { Datapoints } = await upstream.metrics.send(new GetMetricStatisticsCommand(query));
      return Datapoints?.[0]?.SampleCount >= 5 && Datapoints;
    };
    const points = await until(there);
    assert.deepEqual(points, [
      { Timestamp, SampleCount: 5, Sum: 15, Minimum: 1, Maximum: 5, Unit: "Count" },
    ]);
    const forged = await fetch(`${cloud.belfry.url}/_sinks/cloudwatch`, { method: "POST", body: "Action=PutMetricData" });
    assert.equal(forged.status, 403);
  });

  it("hand text messages over to SNS", async () => {
    const message = await cloud.twilio("POST", "/Messages", { From: "Take5", To: "+12065550123", Body: "By SNS" });
    await until(async () => {
      const { items } = await upstream.belfry.get("/sim/messages");
      return items.some((each) => each.to === "+12065550123" && each.body === "By SNS" && each.from === "Take5");
    });
    const shown = await until(async () => {
      const now = await cloud.twilio("GET", `/Messages/${message.sid}`);
      return now.status === "sent" && now;
    });
    assert.equal(shown.error_code, null);
    const other = await cloud.twilio("POST", "/Messages", { From: "Take5", To: "+14445556666", Body: "Not by SNS" });
    await until(async () => (await cloud.twilio("GET", `/Messages/${other.sid}`)).status === "delivered");
  });
});

describe("recordings in S3", { timeout: 90_000 }, () => {
  let bucket;
  let folder;
  let cloud;
  let s3;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "belfry-s3-"));
    const configureBuckets = [{ name: "calls" }];
    bucket = new S3rver({ address: "127.0.0.1", port: 0, directory: folder, silent: true, configureBuckets });
    const { port } = await bucket.run();
    const url = `http://127.0.0.1:${port}`;
    const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
    s3 = new S3Client({ region: "us-east-1", endpoint: url, credentials, forcePathStyle: true });
    const more = 'recordings_bucket = "calls"\nrecordings_key = "by date/{date}/{call}/{recording}.wav"';
    cloud = await startCloud({ config: client({ url, credentials }, more) });
  });
  after(async () => {
    await cloud?.stop();
    await bucket?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("are copied when they are complete", async () => {
    const phone = "+15550003333";
    await cloud.belfry.setPhone(phone, { on_call: "answer" });
    const call = await cloud.twilio("POST", "/Calls", {
      From: "+15550100100",
      To: phone,
      Record: "true",
      Twiml: "<Response><Say>This is kept.</Say></Response>",
    });
    const [object] = await until(async () => {
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "calls" }));
      return Contents?.length > 0 && Contents;
    });
    const { recordings } = await cloud.twilio("GET", `/Calls/${call.sid}/Recordings`);
    const date = new Date().toISOString().slice(0, 10);
    assert.match(object.Key, new RegExp(`^by date/[0-9-]{10}/${call.sid}/${recordings[0].sid}\\.wav$`));
    assert.ok(object.Key.includes(date) || Date.now() % 86_400_000 < 90_000);
    const stored = await s3.send(new GetObjectCommand({ Bucket: "calls", Key: object.Key }));
    assert.equal(stored.ContentType, "audio/wav");
    const copy = Buffer.from(await stored.Body.transformToByteArray());
    const basic = Buffer.from(`${cloud.keys.account_sid}:${cloud.keys.auth_token}`).toString("base64");
    const path = `/2010-04-01/Accounts/${cloud.keys.account_sid}/Recordings/${recordings[0].sid}.wav`;
    const ours = await fetch(cloud.belfry.url + path, { headers: { authorization: `Basic ${basic}` } });
    assert.ok(copy.equals(Buffer.from(await ours.arrayBuffer())), "the copy is the recording");
  });
});
