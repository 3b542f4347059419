#include "server/simulation/scheduling_scene.hpp"

namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct CampaignScene : SchedulingScene {
  CampaignScene() {
    phone("1001", R"({"script":[{"after_speech":true,"hang_up":true}]})");
    phone("1002", R"({"on_call":"busy"})");
    phone("1003", R"({"on_call":"no-answer"})");
    for (int i = 0; i < 20; ++i)
      phone(number(i), R"({"script":[{"after_ms":2000,"hang_up":true}]})");
  }
  static std::string number(int i) { return "+14155552" + std::to_string(100 + i); }
  static base::json::array numbers(int count) {
    base::json::array list;
    for (int i = 0; i < count; ++i) list.emplace_back(number(i));
    return list;
  }
};

TEST_F(CampaignScene, CallsEachNumberAndAgainAsItsPolicySays) {
  begin();
  const std::string id = make_campaign(
      {{"name", "Spring"},
       {"say", "Hello {{name}}."},
       {"ring_timeout_s", 10},
       {"retry", {{"attempts", 2}, {"delay_s", 60}, {"on", {"busy", "no-answer"}}}},
       {"numbers", {{{"number", "1001"}, {"variables", {{"name", "Ann"}}}}, "1002", "1003", "1002"}}
      }
  );
  simulation->run_for(1min);
  EXPECT_TRUE(calls().empty()) << "a draft calls nobody";
  ask("POST", "campaigns/" + id + "/start");
  simulation->run_for(1min);
  EXPECT_EQ(state_of(id), "running") << "two wait for their second try";
  simulation->run_for(5min);
  EXPECT_EQ(state_of(id), "completed");
  EXPECT_EQ(calls(), (std::map<std::string, int>{{"1001", 1}, {"1002", 2}, {"1003", 2}}));
  EXPECT_EQ(results_of(id), R"({"busy":1,"completed":1,"no-answer":1})");
  EXPECT_THAT(heard_by(*simulation, "1001"), HasSubstr("Hello Ann."));
  const http::Response csv = simulation->request("GET", "/admin/api/campaigns/" + id + "/results");
  EXPECT_EQ(csv.headers.get("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_THAT(
      std::string(csv.headers.get("Content-Disposition").value_or("")), HasSubstr("attachment")
  );
  EXPECT_THAT(csv.body, HasSubstr(R"("1001","done","completed","1")"));
  EXPECT_THAT(csv.body, HasSubstr(R"("1002","failed","busy","2")"));
}

TEST_F(CampaignScene, KeepsItsPaceAndPausesAndGoesOn) {
  begin();
  const std::string id = make_campaign(
      {{"say", "Hello."}, {"calls_per_second", 1}, {"at_once", 3}, {"numbers", numbers(12)}}
  );
  ask("POST", "campaigns/" + id + "/start");
  simulation->run_for(2500ms);
  ask("POST", "campaigns/" + id + "/pause");
  const std::size_t placed = calls().size();
  EXPECT_EQ(placed, 3U);
  simulation->run_for(10min);
  EXPECT_EQ(calls().size(), placed);
  EXPECT_EQ(results_of(id), R"({"completed":3})") << "calls that were made went on";
  EXPECT_EQ(state_of(id), "paused");
  ask("POST", "campaigns/" + id + "/start");
  simulation->run_for(5min);
  EXPECT_EQ(state_of(id), "completed");
  EXPECT_EQ(calls().size(), 12U);
  for (const auto& [to, count] : calls()) EXPECT_EQ(count, 1) << to;
}

TEST_F(CampaignScene, CancelsWhoWaits) {
  begin();
  const std::string id =
      make_campaign({{"say", "Hello."}, {"at_once", 2}, {"numbers", numbers(10)}});
  ask("POST", "campaigns/" + id + "/start");
  simulation->run_for(1500ms);
  ask("POST", "campaigns/" + id + "/cancel");
  simulation->run_for(5min);
  EXPECT_EQ(state_of(id), "cancelled");
  EXPECT_EQ(results_of(id), R"({"canceled":8,"completed":2})");
  ask("POST", "campaigns/" + id + "/start", {}, 409);
}

TEST_F(CampaignScene, RuleP1WaitsForTheCalleesMorning) {
  begin();  // midnight, UTC
  const std::string id = make_campaign(
      {{"say", "Good morning."},
       {"calling_hours", {{"from", "09:00"}, {"until", "20:00"}}},
       {"numbers", {"+442079460000"}}}
  );
  ask("POST", "campaigns/" + id + "/start");
  simulation->run_for(8h + 59min);
  EXPECT_TRUE(calls().empty());
  simulation->run_for(10min);
  EXPECT_EQ(calls().size(), 1U);
  EXPECT_EQ(simulation->legs().at(0).created, base::from_unix_micros(1'767'258'000'000'000));
  EXPECT_EQ(jobs().at(0).attempts, 1) << "waiting was no attempt";
}

TEST_F(CampaignScene, TakesNumbersInPiecesAndEachOnce) {
  begin();
  const std::string id = make_campaign({{"say", "Hello."}, {"numbers", numbers(3)}});
  const value more = ask("POST", "campaigns/" + id + "/numbers", {{"numbers", numbers(5)}});
  EXPECT_EQ(more.at("added"), 2);
  EXPECT_EQ(more.at("duplicates"), 3);
  EXPECT_EQ(more.at("numbers"), 5);
  ask("POST", "campaigns/" + id + "/numbers", {{"numbers", {"bad number"}}}, 422);
  ask("POST", "campaigns", {{"say", "a"}, {"twiml", "b"}}, 422);
  ask("POST", "campaigns", {{"say", "a"}, {"calls_per_second", 0}}, 422);
  ask("GET", "campaigns/CP0", {}, 404);
}

struct CampaignCrashes : CampaignScene, testing::WithParamInterface<int> {};

/// Rule R3: whatever is interrupted, every number has its calls and no more.
TEST_P(CampaignCrashes, NobodyIsCalledTwiceAndNobodyIsForgotten) {
  base::SeededRandom random(static_cast<std::uint64_t>(GetParam()));
  begin(random.next());
  const std::string id = make_campaign(
      {{"say", "Hello."},
       {"calls_per_second", 5},
       {"at_once", 4},
       {"ring_timeout_s", 10},
       {"numbers", numbers(20)}}
  );
  ask("POST", "campaigns/" + id + "/start");
  for (int crash = 0; crash < 3; ++crash) {
    const int events = 1 + static_cast<int>(random.below(60));
    const int turns = static_cast<int>(random.below(20));
    const base::Duration outage = std::chrono::seconds(random.below(60));
    simulation->crash_at_event(events, turns, outage, 2min);
  }
  simulation->run_for(10min);
  EXPECT_EQ(state_of(id), "completed");
  const auto made = calls();
  EXPECT_EQ(made.size(), 20U);
  for (const auto& [to, count] : made) EXPECT_EQ(count, 1) << to;
  for (const auto& job : jobs()) {
    EXPECT_TRUE(job.is_over()) << job.id;
    EXPECT_EQ(job.attempts, 1) << job.id;
  }
}

INSTANTIATE_TEST_SUITE_P(AtManyMoments, CampaignCrashes, testing::Range(1, 21));

}  // namespace
}  // namespace belfry::server::simulation
