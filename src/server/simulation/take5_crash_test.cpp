#include "server/simulation/take5_scene.hpp"

/// Rules R1, R3 and R4 for group calls: kills at every step of a due call.
namespace belfry::server::simulation {
namespace {

struct Take5Crash : Take5Scene, testing::WithParamInterface<int> {
  /// Phones that outlive the crash of the exchange.
  void begin_with_phones() {
    Config changed = config();
    changed.take5.max_duration = 60s;
    changed.take5.notice = 0s;
    const auto add = [&](const char* number, std::string_view json) {
      changed.sim.phones.push_back({e164(number), json::parse(json).value().as_object()});
    };
    add(ann, R"({"answer_after_ms":1500})");
    add(bob, R"({"answer_after_ms":3000,"script":[{"after_ms":20000,"hang_up":true}]})");
    add(cid, R"({"on_call":"busy"})");
    begin(std::move(changed), static_cast<std::uint64_t>(GetParam()) + 1);
  }
  /// One leg for each phone that answers: nobody was rung a second time.
  void expect_nobody_rung_twice() {
    std::map<std::string, int> legs;
    for (const call::LegRecord& leg : simulation->legs()) ++legs[leg.to];
    for (const auto& [number, count] : legs) EXPECT_EQ(count, 1) << number;
  }
  void expect_accounted(const std::string& call) {
    const json::value over = status(call);
    EXPECT_THAT(std::string(over.at("status").as_string()), testing::AnyOf("ended", "failed"));
    EXPECT_FALSE(over.at("endTime").is_null());
    for (const auto& each : over.at("participants").as_array())
      EXPECT_THAT(
          std::string(each.at("status").as_string()),
          testing::AnyOf("left", "busy", "no-answer", "failed")
      );
  }
};

TEST_P(Take5Crash, NobodyIsRungTwiceAndNoCallIsForgotten) {
  begin_with_phones();
  const int kill = GetParam();
  const auto outage = kill % 3 == 0 ? 40s : kill % 3 == 1 ? 1s : 15s;
  const auto group_id = add_group({ann, bob, cid});
  const std::string call = create(group_id, in(1min));
  run_for(59s);
  // From the moment before it is due: after so many events of its legs, and some turns of the loop.
  ASSERT_TRUE(simulation->crash_at_event(1 + kill % 24, kill / 24, outage, 2min));
  simulation->crash_at_event(1 + kill % 5, kill % 3, 2s, 20s);
  ASSERT_TRUE(settle(5min));
  run_for(1min);
  expect_nobody_rung_twice();
  expect_accounted(call);
  call::DocumentQuery open{.collection = "take5.open"};
  auto& journal = simulation->system().switchboard().services().journal;
  EXPECT_TRUE(simulation->wait(journal.find_documents(std::move(open))).value().empty());
}

/// Also of those who pick up while the server is still recovering.
TEST_P(Take5Crash, WhoeverAnswersIsInTheRollCall) {
  Config changed = config();
  changed.take5.max_duration = 60s;
  for (const char* number : {ann, bob})
    changed.sim.phones.push_back(
        {e164(number), json::parse(R"({"answer_after_ms":0})").value().as_object()}
    );
  const int kill = GetParam();
  begin(std::move(changed), static_cast<std::uint64_t>(kill) + 1);
  const auto id = add_group({ann, bob});
  const std::string call = create(id, in(1min));
  run_for(59s);
  ASSERT_TRUE(simulation->crash_at_event(1 + kill % 10, kill / 10, 1s, 2min));
  ASSERT_TRUE(settle(5min));
  run_for(1min);
  for (const char* number : {ann, bob}) EXPECT_EQ(participant(call, number), "left") << number;
  const json::value shown = group(id);
  EXPECT_EQ(shown.at("rollCall").as_object().begin()->value().as_array().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Kills, Take5Crash, testing::Range(0, 120));

struct Take5Restart : Take5Scene {};

TEST_F(Take5Restart, PhonesThatRangGoOnRingingAndMeet) {
  Config changed = config();
  for (const char* number : {ann, bob})
    changed.sim.phones.push_back(
        {e164(number), json::parse(R"({"answer_after_ms":8000})").value().as_object()}
    );
  begin(std::move(changed));
  const std::string call = start_new(add_group({ann, bob}));
  run_for(3s);
  simulation->crash_and_restart(2s);
  run_for(30s);
  EXPECT_EQ(status_word(call), "in-progress");
  EXPECT_EQ(participant(call, ann), "connected");
  EXPECT_EQ(participant(call, bob), "connected");
  EXPECT_THAT(heard(bob), testing::HasSubstr("Take5 call"));
}

TEST_F(Take5Restart, ACallInProgressHasEnded) {
  const auto id = add_group({ann, bob});
  const std::string call = start_new(id);
  run_for(20s);
  simulation->crash_and_restart(1s);
  run_for(10s);
  EXPECT_EQ(status_word(call), "ended");
  EXPECT_EQ(participant(call, ann), "left");
  const json::value shown = group(id);
  EXPECT_EQ(shown.at("rollCall").as_object().begin()->value().as_array().size(), 2U);
}

TEST_F(Take5Restart, PeopleAndGroupsAreStillThere) {
  const auto id = add_group({ann, bob}, {{"cadence", "weekly"}, {"frequency", 2}});
  const json::value before = group(id);
  ask("DELETE", "/api/user/2");
  simulation->crash_and_restart(1s);
  const json::value after = group(id);
  EXPECT_EQ(after.at("users").as_array().size(), 1U);
  EXPECT_EQ(after.at("nextCallTime"), before.at("nextCallTime"));
  EXPECT_EQ(ask("GET", "/api/user/2").status, 404);
  EXPECT_EQ(add_user(cid), 3) << "ids are not used again";
}

}  // namespace
}  // namespace belfry::server::simulation
