import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { startCloud, until } from "../aws/support/clouds.mjs";

/// Take5's figures, read as its operators read them: CloudWatch answers only to the exact set of dimensions.
describe("Take5's metrics", { timeout: 60_000 }, () => {
  let cloud;
  before(async () => (cloud = await startCloud()));
  after(() => cloud?.stop());

  async function post(path, body) {
    const response = await fetch(cloud.belfry.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return response.json();
  }

  async function created(Dimensions) {
    const { Datapoints } = await cloud.metrics.send(
      new GetMetricStatisticsCommand({
        Namespace: "Take5/Calls",
        MetricName: "CallCreated",
        Dimensions,
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 86_400,
        Statistics: ["Sum", "Average", "Maximum"],
      }),
    );
    return Datapoints.map(({ Sum, Average, Maximum, Unit }) => ({ Sum, Average, Maximum, Unit }));
  }

  it("count each call once, under each set of dimensions", async () => {
    const user = await post("/api/user", { givenName: "Ann", familyName: "Lee", phoneNumber: "5551234567" });
    const group = await post("/api/group", { name: "Daily Check-in", cadence: "daily", users: [user.id] });
    for (let made = 0; made < 3; ++made)
      await post("/api/chime/call", { groupId: group.id, scheduledTime: "2025-08-27T10:00:00.000Z" });
    const GroupId = { Name: "GroupId", Value: String(group.id) };
    const Environment = { Name: "Environment", Value: "development" };
    for (const dimensions of [[GroupId], [Environment], [Environment, GroupId]]) {
      // They are written behind the calls.
      await until(async () => (await created(dimensions))[0]?.Sum === 3);
      assert.deepEqual(await created(dimensions), [{ Sum: 3, Average: 1, Maximum: 1, Unit: "Count" }]);
    }
    assert.deepEqual(await created([]), []);
  });
});
