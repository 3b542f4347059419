#include "call/metric_store.hpp"

#include <gtest/gtest.h>

#include "store/testing.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

struct Scene {
  store::testing::Fixture world;
  MetricStore metrics{world.loop, *world.store};
  base::WallTime start = std::chrono::floor<std::chrono::hours>(world.clock.wall_now());

  static MetricId metric(std::string group) {
    return {"Take5/Calls", "CallsStarted", {{"GroupId", std::move(group)}}};
  }
  MetricDatum datum(std::string group, base::Duration at, double value) const {
    return {
        metric(std::move(group)), "Count",
        start + std::chrono::duration_cast<std::chrono::microseconds>(at), StatisticSet(value)
    };
  }
  base::Result<> put(MetricStore& store, std::string id, std::vector<MetricDatum> data) {
    return store::testing::wait_for(world.loop, store.put({std::move(id), "AC1", std::move(data)}));
  }
  base::Result<> put(std::string id, std::vector<MetricDatum> data) {
    return put(metrics, std::move(id), std::move(data));
  }
  std::vector<MetricPoint> points(MetricStore& store, std::chrono::seconds period) {
    MetricStore::Range range{"AC1", metric("1")};
    range.from = start;
    range.until = start + 2h;
    range.period = period;
    return world.get(store.statistics(range));
  }
  std::vector<MetricPoint> points(std::chrono::seconds period) { return points(metrics, period); }
};

TEST(MetricStore, AddsUpByPeriodAndKeepsDimensionSetsApart) {
  Scene scene;
  ASSERT_TRUE(scene.put("", {scene.datum("1", 10s, 2), scene.datum("1", 50s, 6)}));
  ASSERT_TRUE(scene.put("", {scene.datum("1", 70min, 1), scene.datum("2", 10s, 100)}));
  const auto minutes = scene.points(60s);
  ASSERT_EQ(minutes.size(), 2u);
  EXPECT_EQ(minutes[0].at, scene.start);
  EXPECT_EQ(minutes[0].unit, "Count");
  EXPECT_EQ(minutes[0].statistics.samples, 2);
  EXPECT_EQ(minutes[0].statistics.sum, 8);
  EXPECT_EQ(minutes[0].statistics.minimum, 2);
  EXPECT_EQ(minutes[0].statistics.maximum, 6);
  EXPECT_EQ(minutes[1].at, scene.start + 70min);
  const auto hours = scene.points(7200s);
  ASSERT_EQ(hours.size(), 1u);
  EXPECT_EQ(hours[0].statistics.sum, 9);
  EXPECT_EQ(hours[0].statistics.percentile(50), 2);
}

TEST(MetricStore, ABatchThatComesAgainCountsOnce) {
  Scene scene;
  ASSERT_TRUE(scene.put("call-1 started", {scene.datum("1", 0s, 1)}));
  ASSERT_TRUE(scene.put("call-1 started", {scene.datum("1", 0s, 1)}));
  MetricStore restarted(scene.world.loop, *scene.world.store);
  ASSERT_TRUE(scene.put(restarted, "call-1 started", {scene.datum("1", 0s, 1)}));
  ASSERT_TRUE(scene.put(restarted, "call-2 started", {scene.datum("1", 0s, 1)}));
  EXPECT_EQ(scene.points(restarted, 60s).at(0).statistics.sum, 2);
}

TEST(MetricStore, WhatIsPutLaterIsThereAfterARestart) {
  Scene scene;
  scene.metrics.put_later({"1", "AC1", {scene.datum("1", 0s, 4)}});
  scene.metrics.put_later({"1", "AC1", {scene.datum("1", 0s, 4)}});
  scene.world.loop.run_ready();
  MetricStore restarted(scene.world.loop, *scene.world.store);
  EXPECT_EQ(scene.points(restarted, 60s).at(0).statistics.sum, 4);
}

TEST(MetricStore, ListsByNamespaceNameAndDimensionInPages) {
  Scene scene;
  ASSERT_TRUE(scene.put("", {scene.datum("1", 0s, 1), scene.datum("2", 0s, 1)}));
  MetricDatum other{{"Other", "CallsStarted", {}}, "None", scene.start, StatisticSet(1)};
  ASSERT_TRUE(scene.put("", {other}));
  const auto all = scene.world.get(scene.metrics.list({.account_sid = "AC1"}));
  EXPECT_EQ(all.metrics.size(), 3u);
  EXPECT_EQ(scene.world.get(scene.metrics.list({.account_sid = "AC2"})).metrics.size(), 0u);
  MetricStore::ListQuery query{.account_sid = "AC1", .metric_namespace = "Take5/Calls"};
  query.limit = 1;
  const auto first = scene.world.get(scene.metrics.list(query));
  ASSERT_EQ(first.metrics.size(), 1u);
  ASSERT_FALSE(first.next.empty());
  query.after = first.next;
  const auto second = scene.world.get(scene.metrics.list(query));
  ASSERT_EQ(second.metrics.size(), 1u);
  EXPECT_TRUE(second.next.empty());
  EXPECT_NE(first.metrics[0], second.metrics[0]);
  query.after.clear();
  query.dimensions = {{"GroupId", "2"}};
  const auto by_value = scene.world.get(scene.metrics.list(query));
  ASSERT_EQ(by_value.metrics.size(), 1u);
  EXPECT_EQ(by_value.metrics[0], Scene::metric("2"));
}

TEST(MetricStore, AddsUpWhatIsOldAndForgetsWhatIsTooOld) {
  Scene scene;
  ASSERT_TRUE(scene.put("once", {scene.datum("1", 10s, 1), scene.datum("1", 130s, 2)}));
  EXPECT_EQ(scene.points(60s).size(), 2u);
  scene.world.clock.advance(std::chrono::days(16));
  ASSERT_TRUE(store::testing::wait_for(scene.world.loop, scene.metrics.upkeep()));
  const auto coarse = scene.points(60s);
  ASSERT_EQ(coarse.size(), 1u);
  EXPECT_EQ(coarse[0].statistics.sum, 3);
  EXPECT_TRUE(scene.world.get(scene.metrics.list({.account_sid = "AC1"})).metrics.empty());
  scene.world.clock.advance(std::chrono::days(450));
  ASSERT_TRUE(store::testing::wait_for(scene.world.loop, scene.metrics.upkeep()));
  EXPECT_TRUE(scene.points(60s).empty());
}

TEST(MetricStore, WritesWhatItsListenerAddsInTheSameCommit) {
  Scene scene;
  scene.metrics.on_put([](const MetricBatch& batch, Changes& changes) {
    changes.documents.push_back({"forwarded", batch.id, "", {}, {}});
  });
  ASSERT_TRUE(scene.put("a", {scene.datum("1", 0s, 1)}));
  ASSERT_TRUE(scene.put("a", {scene.datum("1", 0s, 1)}));
  DocumentQuery query{.collection = "forwarded"};
  EXPECT_EQ(scene.world.get(scene.world.store->find_documents(query)).size(), 1u);
}

}  // namespace
}  // namespace belfry::call
