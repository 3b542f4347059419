#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// Rules R1, R3 and R7 over crashes of a whole server at random moments.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using call::LegStatus;

constexpr int calls_in_a_scene = 50;
constexpr const char* hook_origin = "http://tasks.test";

constexpr std::array<std::string_view, 6> phones = {
    R"({"script":[{"after_speech":true,"press":"1"}]})",
    R"({"script":[{"after_ms":500,"press":"1"}]})",
    R"({"answer_after_ms":5000})",
    R"({"on_call":"busy"})",
    R"({"on_call":"no-answer"})",
    R"({"script":[{"after_ms":900,"hang_up":true}]})",
};

std::string number_of(int call) {
  return "+1415557" + std::to_string(1000 + call);
}

Config config_in(const DataFolder& folder) {
  Config config = Simulation::quiet_config();
  config.data = folder.path();
  config.flux.webhook_url = std::string(hook_origin) + "/hook";
  // Phones that outlive the crash of the exchange: their behaviour is configured.
  for (int i = 0; i < calls_in_a_scene; ++i) {
    const auto json = base::json::parse(phones.at(static_cast<std::size_t>(i) % phones.size()));
    config.sim.phones.push_back({number_of(i), json->as_object()});
  }
  return config;
}

/// What outsiders were told, and therefore rely on.
struct Promises {
  int asked = 0;                       // calls that somebody wanted
  std::set<std::string> calls;         // answered 201
  std::set<std::string> acknowledged;  // seen as an event
};

http::Request request_for(int call) {
  const base::json::object body{
      {"phone_number", number_of(call)}, {"task_title", "Task"}, {"task_id", std::to_string(call)}
  };
  http::Request request =
      http::Request::make("POST", "/notifications/call", base::json::serialize(body));
  request.remote.ip = net::IpAddress::v4({127, 0, 0, 1});
  return request;
}

base::Task<void> place_one_call(Simulation& simulation) {
  http::Request request = request_for(0);
  co_await simulation.system().router().dispatch(std::move(request));
}

/// Goes on where it stood after a crash.
base::Task<void> place_calls(Simulation& simulation, Promises& promises) {
  while (promises.asked < calls_in_a_scene) {
    http::Request request = request_for(promises.asked++);
    const http::Response response =
        co_await simulation.system().router().dispatch(std::move(request));
    const auto answer = base::json::parse(response.body).value();
    if (response.status == 201) promises.calls.emplace(answer.at("call_sid").as_string());
    co_await base::sleep_for(simulation.loop(), 150ms);
  }
}

void expect_ended_once(Simulation& simulation, const call::LegRecord& leg) {
  EXPECT_TRUE(call::is_final(leg.status)) << leg.sid;
  EXPECT_NE(leg.end_reason, "") << leg.sid;
  EXPECT_TRUE(leg.ended) << leg.sid;
  int ends = 0;
  std::uint64_t seq = 0;
  for (const call::EventRecord& event : simulation.events(leg.sid)) {
    EXPECT_EQ(event.seq, seq++) << leg.sid;
    const auto status = event.type.starts_with("call.")
                            ? call::parse_leg_status(std::string_view(event.type).substr(5))
                            : std::nullopt;
    if (status && call::is_final(*status)) ++ends;
  }
  EXPECT_EQ(ends, 1) << leg.sid;
}

/// Rule R7: at least one delivery, all of the same event with the same id.
void expect_one_terminal_callback(Simulation& simulation, const call::LegRecord& leg) {
  const auto callbacks = simulation.status_callbacks(leg.sid);
  ASSERT_FALSE(callbacks.empty()) << leg.sid;
  for (const auto& callback : callbacks) {
    EXPECT_EQ(callback.id, callbacks[0].id) << leg.sid;
    EXPECT_EQ(callback.form.value_or("CallStatus", ""), to_string(leg.status)) << leg.sid;
    EXPECT_EQ(callback.form.value_or("SequenceNumber", ""), "0") << leg.sid;
  }
}

void expect_acknowledgements_told(Simulation& simulation) {
  std::map<std::string, std::set<std::string>> hooks;  // call: ids
  for (const auto& hook : simulation.web().received(hook_origin)) {
    const auto body = base::json::parse(hook.request.body).value();
    const std::string sid(body.at("data").at("call_sid").as_string());
    hooks[sid].emplace(hook.request.headers.get("webhook-id").value_or(""));
  }
  for (const auto& [sid, ids] : hooks) {
    EXPECT_EQ(ids.size(), 1U) << sid;
    EXPECT_TRUE(acknowledged(simulation, sid)) << sid;
  }
  for (const call::LegRecord& leg : simulation.legs())
    EXPECT_EQ(acknowledged(simulation, leg.sid), hooks.contains(leg.sid)) << leg.sid;
}

struct Crashes : testing::TestWithParam<int> {};

TEST_P(Crashes, LoseNothingThatWasToldAndEndEveryCallOnce) {
  base::SeededRandom random(static_cast<std::uint64_t>(GetParam()));
  const DataFolder folder;
  Simulation simulation({.seed = random.next(), .config = config_in(folder)});
  simulation.web().serve(hook_origin, [](const http::ClientRequest&) {
    return WebAnswer{.status = 204, .body = "", .delay = 30ms};
  });
  Promises promises;
  simulation.on_event([&](const call::LegRecord& leg, const call::EventRecord& event) {
    if (event.type == "task.acknowledged") promises.acknowledged.insert(leg.sid);
  });
  constexpr std::array<base::Duration, 4> outages = {0s, 3s, 20s, 90s};
  // The second crash meets what the first one left, and its recovery.
  for (int crash = 0; crash < 2; ++crash) {
    simulation.spawn(place_calls(simulation, promises));
    const int events = 1 + static_cast<int>(random.below(500));
    const int turns = static_cast<int>(random.below(30));
    const base::Duration outage = outages.at(random.below(outages.size()));
    const bool crashed = simulation.crash_at_event(events, turns, outage, 2min);
    EXPECT_TRUE(crashed || crash > 0);
  }
  simulation.spawn(place_calls(simulation, promises));
  ASSERT_TRUE(simulation.settle(10min));
  EXPECT_FALSE(simulation.media_is_busy());

  const auto legs = simulation.legs();
  std::set<std::string> known;
  for (const call::LegRecord& leg : legs) {
    known.insert(leg.sid);
    expect_ended_once(simulation, leg);
    expect_one_terminal_callback(simulation, leg);
  }
  for (const std::string& sid : promises.calls) EXPECT_TRUE(known.contains(sid)) << sid;
  for (const std::string& sid : promises.acknowledged)
    EXPECT_TRUE(acknowledged(simulation, sid)) << sid;
  expect_acknowledgements_told(simulation);
}

/// One call that presses 1, crashed at its `event`th event; then run to its end.
struct OneCrash : testing::Test {
  void crash_at(int event, base::Duration outage, int turns = 0) {
    simulation.reset();
    folder.emplace();
    simulation.emplace(Simulation::Settings{.seed = 3, .config = config_in(*folder)});
    simulation->web().serve(hook_origin, [](const http::ClientRequest&) {
      return WebAnswer{.status = 204, .body = "", .delay = 30ms};
    });
    simulation->spawn(place_one_call(*simulation));
    ASSERT_TRUE(simulation->crash_at_event(event, turns, outage, 1min));
    ASSERT_TRUE(simulation->settle(10min));
    leg = simulation->legs().at(0);
  }
  bool rang_after_the_crash() {
    return simulation->phones().phone(number_of(0)).to_json().at("rings").to_number<int>() > 0;
  }

  std::optional<DataFolder> folder;
  std::optional<Simulation> simulation;
  call::LegRecord leg;
};

constexpr int queued = 1;
constexpr int attempted = 2;
constexpr int ringing = 4;
constexpr int answered = 5;
constexpr int acknowledged_at = 19;
constexpr int completed = 27;  // all of the call that presses 1

TEST_F(OneCrash, AQueuedCallIsDialledAfterAnyOutage) {
  for (const base::Duration outage : {base::Duration(1s), base::Duration(2h)}) {
    crash_at(queued, outage);
    EXPECT_EQ(leg.status, LegStatus::completed) << leg.end_reason;
    EXPECT_TRUE(acknowledged(*simulation, leg.sid));
  }
}

TEST_F(OneCrash, AQueuedCallIsNotDialledADayLate) {
  crash_at(queued, 25h);
  EXPECT_EQ(leg.status, LegStatus::failed);
  EXPECT_FALSE(rang_after_the_crash());
}

TEST_F(OneCrash, AnAttemptGoesOnAfterAShortOutage) {
  for (const int event : {attempted, ringing}) {
    crash_at(event, 5s);
    EXPECT_EQ(leg.status, LegStatus::completed) << leg.end_reason;
    EXPECT_TRUE(acknowledged(*simulation, leg.sid));
  }
}

TEST_F(OneCrash, AnAttemptIsGivenUpAfterALongOutage) {
  for (const int event : {attempted, ringing}) {
    crash_at(event, 25s);
    EXPECT_EQ(leg.status, LegStatus::failed);
    EXPECT_EQ(leg.end_reason, "the server was restarted");
    EXPECT_FALSE(rang_after_the_crash());
  }
}

TEST_F(OneCrash, AnAnsweredCallEndsWithTheTimeItWasLastSeen) {
  crash_at(answered + 5, 3s);
  EXPECT_EQ(leg.status, LegStatus::completed);
  EXPECT_EQ(leg.end_reason, "the server was restarted");
  ASSERT_TRUE(leg.last_seen);
  EXPECT_EQ(leg.ended, leg.last_seen);
  EXPECT_LE(leg.ended, leg.created + 10s);
}

TEST_F(OneCrash, AnEndIsToldWithOneIdWhereverTheCrashComes) {
  for (int turns = 0; turns < 12; ++turns) {
    crash_at(completed, 1s, turns);
    EXPECT_EQ(leg.status, LegStatus::completed);
    expect_ended_once(*simulation, leg);
    expect_one_terminal_callback(*simulation, leg);
  }
}

TEST_F(OneCrash, AnAcknowledgementIsToldWithOneIdWhereverTheCrashComes) {
  std::size_t told_twice = 0;
  for (int turns = 0; turns < 12; ++turns) {
    crash_at(acknowledged_at, 1s, turns);
    EXPECT_TRUE(acknowledged(*simulation, leg.sid));
    expect_acknowledgements_told(*simulation);
    if (simulation->web().received(hook_origin).size() > 1) ++told_twice;
  }
  // The crash came while the receiver was answering: it hears it again, and knows by the id.
  EXPECT_GT(told_twice, 0U);
}

INSTANTIATE_TEST_SUITE_P(AtManyMoments, Crashes, testing::Range(1, 41));

}  // namespace
}  // namespace belfry::server::simulation
