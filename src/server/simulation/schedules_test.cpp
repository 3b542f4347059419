#include "server/simulation/scheduling_scene.hpp"

namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

struct ScheduleScene : SchedulingScene {
  ScheduleScene() {
    for (int i = 0; i < 5; ++i)
      phone(number(i), R"({"script":[{"after_ms":1500,"hang_up":true}]})");
  }
  static std::string number(int i) { return "+14155553" + std::to_string(100 + i); }
  static object terms(std::string_view rule, int members, std::string_view zone = "UTC") {
    base::json::array to;
    for (int i = 0; i < members; ++i) to.emplace_back(number(i));
    return {
        {"rule", rule},
        {"zone", zone},
        {"parameters", {{"to", std::move(to)}, {"say", "It is time."}, {"ring_timeout_s", 10}}}
    };
  }
  /// What took place or was missed, in order.
  std::vector<std::string> history(const std::string& id, const std::string& state) {
    std::vector<std::string> due;
    const value rows = ask("GET", "schedules/" + id + "/occurrences?limit=200&state=" + state);
    for (const value& row : rows.at("items").as_array())
      due.emplace(due.begin(), row.at("due").as_string());
    return due;
  }
};

using Texts = std::vector<std::string>;

TEST_F(ScheduleScene, CallsItsMembersAtEachMoment) {
  begin();
  const value made =
      ask("PUT", "schedules/standup", terms("cron(0 9 * * *)", 2, "America/Panama"), 201);
  EXPECT_EQ(made.at("next"), "2026-01-01T14:00:00Z");
  const value moments = ask("GET", "schedules/standup/preview?count=2").at("items");
  EXPECT_EQ(moments.at(0).at("local"), "2026-01-01T09:00:00");
  EXPECT_EQ(moments.at(1).at("at"), "2026-01-02T14:00:00Z");
  simulation->run_for(2 * 24h);
  EXPECT_EQ(history("standup", "fired"), (Texts{"2026-01-01T14:00:00Z", "2026-01-02T14:00:00Z"}));
  EXPECT_EQ(calls(), (std::map<std::string, int>{{number(0), 2}, {number(1), 2}}));
  for (const auto& leg : simulation->legs()) {
    EXPECT_EQ(leg.status, call::LegStatus::completed);
    EXPECT_LT((leg.created - base::from_unix_micros(1'767'225'600'000'000)) % 24h, 14h + 1s);
  }
}

TEST_F(ScheduleScene, ShowsWhatWasMissedWhileTheServerWasDown) {
  begin();
  ask("PUT", "schedules/hourly", terms("cron(0 * * * *)", 1), 201);
  simulation->run_for(90min);
  simulation->crash_and_restart(3h);
  simulation->run_for(45min);
  EXPECT_EQ(history("hourly", "fired"), (Texts{"2026-01-01T01:00:00Z", "2026-01-01T05:00:00Z"}));
  EXPECT_EQ(
      history("hourly", "missed"),
      (Texts{"2026-01-01T02:00:00Z", "2026-01-01T03:00:00Z", "2026-01-01T04:00:00Z"})
  );
  const value missed = ask("GET", "schedules/missed").at("items");
  ASSERT_EQ(missed.as_array().size(), 3U);
  EXPECT_EQ(missed.at(0).at("reason"), "nobody could do it in time");
  EXPECT_EQ(calls().at(number(0)), 2);
  // Where developers look first.
  call::DocumentQuery alerts{.collection = "notification"};
  auto& journal = simulation->system().switchboard().services().journal;
  EXPECT_EQ(simulation->wait(journal.find_documents(alerts)).value().size(), 1U);
}

TEST_F(ScheduleScene, PausesRunsByHandOnceAndGoes) {
  begin();
  ask("PUT", "schedules/a", terms("rate(1 hour)", 1), 201);
  EXPECT_EQ(ask("POST", "schedules/a/pause").at("state"), "paused");
  simulation->run_for(3h);
  EXPECT_TRUE(calls().empty());
  for (int i = 0; i < 8; ++i) {
    const http::Response ran = simulation->request(
        "POST", "/admin/api/schedules/a/run", "", {{"Idempotency-Key", "press-1"}}
    );
    EXPECT_EQ(ran.status, 202) << ran.body;
  }
  simulation->run_for(1min);
  EXPECT_EQ(calls(), (std::map<std::string, int>{{number(0), 1}}));
  EXPECT_EQ(ask("POST", "schedules/a/resume").at("state"), "active");
  simulation->run_for(1h);
  EXPECT_EQ(calls().at(number(0)), 2);
  ask("DELETE", "schedules/a", {}, 204);
  ask("GET", "schedules/a", {}, 404);
  simulation->run_for(3h);
  EXPECT_EQ(calls().at(number(0)), 2);
}

/// A database that breaks off may have written what it could not confirm.
TEST_F(ScheduleScene, ACallThatIsOnDiskThoughItsCommitFailedIsMadeOnce) {
  begin();
  auto& switchboard = simulation->system().switchboard();
  call::LegRecord leg;
  leg.sid = "CA0123456789abcdef0123456789abcdef";
  leg.account_sid = switchboard.services().account_sid;
  leg.to = number(0);
  leg.created = simulation->loop().wall_now();
  leg.program = {"twiml", {{"say", "It is time."}}};
  call::schedule::Job job;
  job.id = "group@now/one";
  job.kind = call::schedule::CallJobs::job_kind;
  job.state = call::schedule::Job::State::leased;
  job.attempts = 1;
  job.owner = simulation->keys().account_sid;
  job.lease_until = leg.created + 1h;
  job.progress = {{"call_sid", leg.sid}};
  const auto order = call::schedule::CallTerms::from_json({{"say", "It is time."}}).value();
  job.parameters = call::schedule::CallJobs::parameters(number(0), order);
  call::Changes changes;
  changes.legs.push_back(leg);
  changes.documents.push_back(job.to_document());
  ASSERT_TRUE(simulation->wait(switchboard.services().journal.commit(std::move(changes))));
  simulation->system().scheduling().jobs().adopt({job});
  simulation->run_for(1min);
  EXPECT_EQ(calls(), (std::map<std::string, int>{{number(0), 1}}));
  EXPECT_EQ(simulation->legs().at(0).status, call::LegStatus::completed);
  EXPECT_EQ(jobs().at(0).state, call::schedule::Job::State::done);
}

TEST_F(ScheduleScene, SaysWhatIsWrong) {
  begin();
  const auto pointer = [&](const object& body, const std::string& path = "schedules/a") {
    const value answer = ask(path == "schedules/a" ? "PUT" : "POST", path, body, 422);
    const value* errors = base::json::find(answer, "errors");
    if (errors == nullptr) return std::string(answer.at("detail").as_string());
    return std::string(errors->at(0).at("pointer").as_string());
  };
  EXPECT_EQ(pointer({{"zone", "UTC"}}), "#/rule");
  EXPECT_EQ(pointer(terms("sometimes", 1)), "#/rule");
  EXPECT_EQ(pointer(terms("rate(1 hour)", 1, "Mars/Olympus")), "#/zone");
  EXPECT_EQ(pointer({{"rule", "rate(1 hour)"}, {"kind", "dance"}}), "#/kind");
  EXPECT_EQ(pointer({{"rule", "rate(1 hour)"}, {"start", "soon"}}), "#/start");
  EXPECT_EQ(pointer({{"rule", "rate(1 hour)"}, {"quiet_hours", {{"from", "9"}}}}), "#/quiet_hours");
  EXPECT_EQ(pointer(terms("at(2020-01-01T00:00:00)", 1)), "the rule has no moment in the future");
  EXPECT_EQ(pointer(terms("rate(1 hour)", 0)), "to is a list of 1 to 500 numbers");
  EXPECT_EQ(pointer({{"rule", "cron(* *)"}}, "schedules/preview"), "#/rule");
  EXPECT_EQ(
      ask("POST", "schedules/preview?count=3", {{"rule", "rate(1 day)"}})
          .at("items")
          .at(2)
          .at("at"),
      "2026-01-04T00:00:00Z"
  );
}

struct ScheduleCrashes : ScheduleScene, testing::WithParamInterface<int> {};

/// Rules R3 and R4 over a whole server that is killed at any event of any call.
TEST_P(ScheduleCrashes, EachOccurrenceCallsEachMemberOnce) {
  base::SeededRandom random(static_cast<std::uint64_t>(GetParam()));
  begin(random.next());
  ask("PUT", "schedules/group", terms("cron(*/10 * * * *)", 5), 201);
  for (int crash = 0; crash < 4; ++crash) {
    const int events = 1 + static_cast<int>(random.below(150));
    const int turns = static_cast<int>(random.below(30));
    const base::Duration outage = std::chrono::seconds(random.below(240));
    simulation->crash_at_event(events, turns, outage, 1h);
  }
  simulation->run_for(15min);
  const std::size_t occurrences = history("group", "fired").size();
  EXPECT_EQ(history("group", "missed"), Texts{});
  EXPECT_GE(occurrences, 3U);
  const auto made = calls();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(made.at(number(i)), static_cast<int>(occurrences)) << number(i);
  for (const auto& job : jobs()) {
    EXPECT_TRUE(job.is_over()) << job.id;
    EXPECT_EQ(job.attempts, 1) << job.id;
  }
}

INSTANTIATE_TEST_SUITE_P(AtManyMoments, ScheduleCrashes, testing::Range(1, 21));

}  // namespace
}  // namespace belfry::server::simulation
