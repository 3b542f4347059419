#include "server/simulation/flux_scene.hpp"

namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using call::LegStatus;

constexpr int calls_in_a_run = 1000;

/// A way to answer a notification call, and how the call must then end.
struct Kind {
  std::string_view behaviour;
  LegStatus status;
  bool acknowledges;
};
constexpr std::array<Kind, 12> kinds = {{
    {R"({"script":[{"after_speech":true,"press":"1"}]})", LegStatus::completed, true},
    {R"({"answer_after_ms":4000,"script":[{"after_ms":2500,"press":"1"}]})", LegStatus::completed,
     true},
    {R"({"script":[{"after_speech":true,"press":"2"}]})", LegStatus::completed, false},
    {R"({})", LegStatus::completed, false},
    {R"({"script":[{"after_ms":1200,"hang_up":true}]})", LegStatus::completed, false},
    {R"({"on_call":"busy"})", LegStatus::busy, false},
    {R"({"on_call":"reject"})", LegStatus::busy, false},
    {R"({"on_call":"no-answer"})", LegStatus::no_answer, false},
    {R"({"on_call":"unreachable"})", LegStatus::failed, false},
    {R"({"on_call":"voicemail"})", LegStatus::completed, false},
    {R"({"script":[{"after_speech":true,"press":"1"}],"network":{"loss":0.05,"jitter_ms":60}})",
     LegStatus::completed, true},
    // The phone hears and presses, and nothing of it arrives.
    {R"({"script":[{"after_speech":true,"press":"1"}],"network":{"one_way":"in"}})",
     LegStatus::completed, false},
}};

struct Campaign {
  std::string log;
  std::map<std::string, const Kind*> calls;  // by SID
};

std::string number_of(int call) {
  return "+1415556" + std::to_string(1000 + call);
}

/// The calls of five virtual minutes, to their end.
Campaign run_calls(Simulation& simulation, std::uint64_t seed) {
  base::SeededRandom random(seed);
  Campaign campaign;
  for (int i = 0; i < calls_in_a_run; ++i) {
    const Kind& kind = kinds.at(random.below(kinds.size()));
    simulation.phones().phone(number_of(i)).set_behaviour(behaviour(kind.behaviour));
    const std::string title = "Task " + std::to_string(random.below(5));
    campaign.calls.emplace(
        notify(simulation, number_of(i), title, "task_" + std::to_string(i)), &kind
    );
    simulation.run_for(std::chrono::milliseconds(random.below(600)));
  }
  EXPECT_TRUE(simulation.settle(5min));
  return campaign;
}

void expect_gapless_events(Simulation& simulation, const std::string& sid) {
  const auto events = simulation.events(sid);
  for (std::size_t i = 0; i < events.size(); ++i) ASSERT_EQ(events[i].seq, i) << sid;
  const auto is_end = [](const call::EventRecord& event) {
    const std::string_view type = event.type;
    return type.starts_with("call.") && call::parse_leg_status(type.substr(5)) &&
           call::is_final(*call::parse_leg_status(type.substr(5)));
  };
  EXPECT_EQ(std::ranges::count_if(events, is_end), 1) << sid;
}

void expect_one_status_callback(
    Simulation& simulation, const call::LegRecord& leg,
    const std::map<std::string, std::vector<const Simulation::OwnWebhook*>>& callbacks
) {
  const auto found = callbacks.find(leg.sid);
  ASSERT_NE(found, callbacks.end()) << leg.sid;
  ASSERT_EQ(found->second.size(), 1U) << leg.sid;
  const http::Form& form = found->second.front()->form;
  EXPECT_EQ(form.value_or("CallStatus", ""), to_string(leg.status));
  EXPECT_EQ(form.value_or("SequenceNumber", ""), "0");
  EXPECT_EQ(form.value_or("AccountSid", ""), simulation.keys().account_sid);
}

void expect_ends_as_behaved(Simulation& simulation, const Campaign& campaign) {
  std::map<std::string, std::vector<const Simulation::OwnWebhook*>> callbacks;
  for (const auto& webhook : simulation.own_webhooks()) {
    if (webhook.path == "/notifications/call/status")
      callbacks[webhook.form.value_or("CallSid", "")].push_back(&webhook);
  }
  const auto legs = simulation.legs();
  ASSERT_EQ(legs.size(), campaign.calls.size());
  for (const call::LegRecord& leg : legs) {
    const Kind& kind = *campaign.calls.at(leg.sid);
    EXPECT_EQ(leg.status, kind.status) << kind.behaviour << ' ' << leg.end_reason;
    EXPECT_NE(leg.end_reason, "");
    EXPECT_EQ(leg.error_code, 0);
    EXPECT_EQ(acknowledged(simulation, leg.sid), kind.acknowledges) << kind.behaviour;
    expect_gapless_events(simulation, leg.sid);
    expect_one_status_callback(simulation, leg, callbacks);
  }
}

TEST(ManyCalls, AThousandCallsEndAsTheirPhonesBehaveAndRepeatByteForByte) {
  Simulation first({.seed = 42});
  Campaign campaign = run_calls(first, 42);
  expect_ends_as_behaved(first, campaign);
  EXPECT_FALSE(first.media_is_busy()) << "a seat was left";
  campaign.log = first.event_log();

  Simulation again({.seed = 42});
  run_calls(again, 42);
  const std::string log = again.event_log();
  EXPECT_TRUE(log == campaign.log) << "the same seed gave another history";
}

TEST(ManyCalls, AnotherSeedIsAnotherHistory) {
  const auto log_of = [](std::uint64_t seed) {
    Simulation simulation({.seed = seed});
    const std::string sid = notify(simulation, "+14155551234", "Task");
    EXPECT_TRUE(simulation.settle(2min));
    return simulation.event_log();
  };
  const std::string log = log_of(1);
  EXPECT_EQ(log, log_of(1));
  EXPECT_NE(log, log_of(2));
}

}  // namespace
}  // namespace belfry::server::simulation
