import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { failure, startCloud } from "./support/clouds.mjs";

const minute = 60_000;
const start = new Date(Math.floor(Date.now() / minute) * minute - 10 * minute);
const end = new Date(start.getTime() + 20 * minute);
const at = (seconds) => new Date(start.getTime() + seconds * 1000);

describe("CloudWatch", { timeout: 60_000 }, () => {
  let cloud;
  before(async () => (cloud = await startCloud()));
  after(() => cloud?.stop());

  /// The same story by each protocol; every one has a group of its own.
  async function tell(client, group) {
    const Dimensions = [
      { Name: "Environment", Value: "test" },
      { Name: "GroupId", Value: group },
    ];
    const Namespace = "Take5/Calls";
    const datum = (seconds, value) => ({
      MetricName: "CallDuration",
      Dimensions,
      Timestamp: at(seconds),
      Unit: "Seconds",
      ...value,
    });
    await client.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [
          datum(5, { Value: 2 }),
          datum(30, { Values: [4, 6], Counts: [1, 2] }),
          datum(65, { StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 } }),
        ],
      }),
    );
    const query = { Namespace, MetricName: "CallDuration", Dimensions, StartTime: start, EndTime: end };
    const { Datapoints, Label } = await client.send(
      new GetMetricStatisticsCommand({ ...query, Period: 60, Statistics: ["Sum", "Average", "Maximum", "SampleCount"] }),
    );
    assert.equal(Label, "CallDuration");
    const sorted = Datapoints.sort((a, b) => a.Timestamp - b.Timestamp);
    assert.deepEqual(sorted, [
      { Timestamp: start, SampleCount: 4, Sum: 18, Average: 4.5, Maximum: 6, Unit: "Seconds" },
      { Timestamp: at(60), SampleCount: 2, Sum: 10, Average: 5, Maximum: 6, Unit: "Seconds" },
    ]);
    const percentiles = await client.send(
      new GetMetricStatisticsCommand({ ...query, EndTime: at(60), Period: 60, ExtendedStatistics: ["p50", "p99.9"] }),
    );
    assert.deepEqual(percentiles.Datapoints[0].ExtendedStatistics, { p50: 4, "p99.9": 6 });
    const exact = { ...query, Dimensions: Dimensions.slice(0, 1) };
    const other = await client.send(new GetMetricStatisticsCommand({ ...exact, Period: 60, Statistics: ["Sum"] }));
    assert.deepEqual(other.Datapoints ?? [], [], "dimension sets are exact");

    const MetricStat = { Metric: { Namespace, MetricName: "CallDuration", Dimensions }, Period: 60, Stat: "Sum" };
    const data = await client.send(
      new GetMetricDataCommand({
        StartTime: start,
        EndTime: end,
        MetricDataQueries: [
          { Id: "sum", MetricStat },
          { Id: "hidden", MetricStat, ReturnData: false },
        ],
      }),
    );
    const [sum, ...rest] = data.MetricDataResults;
    assert.deepEqual(rest, []);
    assert.deepEqual(sum.Timestamps, [at(60), start]);
    assert.deepEqual(sum.Values, [10, 18]);
    assert.equal(sum.StatusCode, "Complete");

    const listed = await client.send(
      new ListMetricsCommand({ Namespace, Dimensions: [{ Name: "GroupId", Value: group }] }),
    );
    assert.equal(listed.Metrics.length, 1);
    assert.equal(listed.Metrics[0].MetricName, "CallDuration");
    const wrong = await failure(
      client.send(new PutMetricDataCommand({ Namespace: "AWS/Calls", MetricData: [datum(0, { Value: 1 })] })),
    );
    assert.match(wrong.name, /^InvalidParameterValue/);
    assert.equal(wrong.$metadata.httpStatusCode, 400);
  }

  it("works by JSON, the way of the current client", () => tell(cloud.metrics, "json"));

  it("works by CBOR", () =>
    tell(
      new CloudWatchClient({
        ...cloud.settings,
        protocol: AwsSmithyRpcV2CborProtocol,
        disableRequestCompression: true,
      }),
      "cbor",
    ));

  it("works by the query protocol of the command-line tool", async () => {
    const words = ["--namespace", "Take5/Calls", "--metric-name", "CallsStarted", "--region", "us-east-1"];
    const dimension = ["--dimensions", "Environment=production"];
    await cloud.aws("cloudwatch", "put-metric-data", ...words, ...dimension, "--value", "3", "--unit", "Count");
    const times = ["--start-time", start.toISOString(), "--end-time", end.toISOString(), "--period", "3600"];
    const dimensions = ["--dimensions", "Name=Environment,Value=production"];
    const statistics = ["--statistics", "Sum", "SampleCount"];
    const { Datapoints } = await cloud.aws(
      "cloudwatch", "get-metric-statistics", ...words, ...times, ...dimensions, ...statistics,
    );
    assert.equal(Datapoints.length, 1);
    assert.deepEqual([Datapoints[0].Sum, Datapoints[0].SampleCount, Datapoints[0].Unit], [3, 1, "Count"]);
    const { Metrics } = await cloud.aws("cloudwatch", "list-metrics", ...words);
    assert.deepEqual(Metrics[0].Dimensions, [{ Name: "Environment", Value: "production" }]);
  });

  it("takes large batches, which clients compress", async () => {
    const MetricData = Array.from({ length: 500 }, (_, number) => ({
      MetricName: "Many",
      Dimensions: [{ Name: "Number", Value: String(number) }],
      Value: number,
    }));
    await cloud.metrics.send(new PutMetricDataCommand({ Namespace: "Load", MetricData }));
    let found = 0;
    let NextToken;
    do {
      const page = await cloud.metrics.send(new ListMetricsCommand({ Namespace: "Load", NextToken }));
      found += page.Metrics.length;
      NextToken = page.NextToken;
    } while (NextToken);
    assert.equal(found, 500);
  });

  it("counts a repeated attempt once", async () => {
    let attempts = 0;
    const client = new CloudWatchClient({ ...cloud.settings, maxAttempts: 2 });
    // The first answer is lost: the client tries again with the same invocation id.
    client.middlewareStack.add(
      (next) => async (arguments_) => {
        const result = await next(arguments_);
        if (attempts++ === 0) throw Object.assign(new Error("lost"), { $retryable: {} });
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    const Namespace = "Once";
    await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "n", Value: 7 }] }));
    assert.equal(attempts, 2);
    const query = { Namespace, MetricName: "n", StartTime: start, EndTime: end, Period: 3600, Statistics: ["Sum"] };
    const { Datapoints } = await cloud.metrics.send(new GetMetricStatisticsCommand(query));
    assert.equal(Datapoints[0].Sum, 7);
  });

  it("refuses too many points and unknown statistics", async () => {
    const query = { Namespace: "N", MetricName: "n", StartTime: new Date(0), EndTime: end, Period: 60 };
    const many = await failure(
      cloud.metrics.send(new GetMetricStatisticsCommand({ ...query, Statistics: ["Sum"] })),
    );
    assert.match(many.name, /^InvalidParameterCombination/);
    const none = await failure(cloud.metrics.send(new GetMetricStatisticsCommand({ ...query, StartTime: start })));
    assert.match(none.name, /^Missing/);
  });
});
