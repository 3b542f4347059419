#include "server/simulation/flux_scene.hpp"

namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

constexpr const char* number = "+14155551234";
constexpr std::string_view presses_one = R"({"script":[{"after_speech":true,"press":"1"}]})";

/// One notification call to one phone, run to its end. The rest of a script's world is left out of
/// it: what counts is what a person would notice.
struct FluxCall : testing::Test {
  FluxCall() {
    Config config = Simulation::quiet_config();
    config.flux.webhook_url = "http://tasks.test/hook";
    config.flux.webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    start(std::move(config));
  }

  void start(Config config) {
    simulation.emplace(Simulation::Settings{.seed = 5, .config = std::move(config)});
    simulation->web().serve("http://tasks.test", [](const http::ClientRequest&) {
      return WebAnswer{.status = 204, .body = ""};
    });
  }
  void call(std::string_view phone, const std::string& title = "Submit quarterly report") {
    simulation->phones().phone(number).set_behaviour(behaviour(phone));
    sid = notify(*simulation, number, title);
    ASSERT_TRUE(base::is_sid(sid, "CA")) << sid;
    ASSERT_TRUE(simulation->settle(5min));
  }
  std::string heard() { return heard_by(*simulation, number); }
  std::string member(const char* name) {
    const base::json::value shown = notification(*simulation, sid);
    return shown.at(name).is_null() ? "null" : std::string(shown.at(name).as_string());
  }
  bool is_acknowledged() { return acknowledged(*simulation, sid); }
  const std::vector<WebWorld::Received>& hooks() {
    return simulation->web().received("http://tasks.test");
  }
  /// The words of the one status callback.
  std::string status_callback() {
    const auto callbacks = simulation->status_callbacks(sid);
    if (callbacks.size() != 1) return std::to_string(callbacks.size()) + " callbacks";
    return callbacks[0].form.value_or("CallStatus", "");
  }
  base::Duration since_speech_began() {
    base::WallTime first{};
    base::WallTime goodbye{};
    for (const call::EventRecord& event : simulation->events(sid)) {
      if (event.type == "speech.finished" && goodbye == base::WallTime{}) first = event.at;
      if (event.type != "speech.started") continue;
      if (event.data.at("text").as_string().starts_with("No acknowledgment")) goodbye = event.at;
    }
    return goodbye - first;
  }

  std::optional<Simulation> simulation;
  std::string sid;
};

TEST_F(FluxCall, PressingOneAcknowledgesAndIsThanked) {
  call(presses_one);
  EXPECT_EQ(heard(), announcement_of("Submit quarterly report") + " " + std::string(thanks));
  EXPECT_TRUE(is_acknowledged());
  EXPECT_EQ(member("digits"), "1");
  EXPECT_EQ(member("status"), "completed");
  EXPECT_EQ(status_callback(), "completed");
  const auto task =
      base::json::parse(simulation->request("GET", "/notifications/tasks/task_1").body).value();
  EXPECT_TRUE(task.at("acknowledged").as_bool());
}

TEST_F(FluxCall, TheAcknowledgementIsToldOnceWithAValidSignature) {
  call(presses_one);
  ASSERT_EQ(hooks().size(), 1U);
  const http::ClientRequest& hook = hooks()[0].request;
  const auto body = base::json::parse(hook.body).value();
  EXPECT_EQ(body.at("type").as_string(), "task.acknowledged");
  EXPECT_EQ(body.at("data").at("task_id").as_string(), "task_1");
  EXPECT_EQ(body.at("data").at("call_sid").as_string(), sid);
  const auto secrets =
      identity::WebhookSecrets::parse({simulation->config().flux.webhook_secret}).value();
  const auto header = [&](const char* name) {
    return std::string(hook.headers.get(name).value_or(""));
  };
  const auto timestamp = std::stoll(header("webhook-timestamp"));
  EXPECT_TRUE(secrets.verify(
      header("webhook-id"), timestamp, hook.body, header("webhook-signature"), hooks()[0].at
  ));
  EXPECT_FALSE(secrets.verify(
      header("webhook-id"), timestamp, hook.body + " ", header("webhook-signature"), hooks()[0].at
  ));
}

TEST_F(FluxCall, PressingTwoIsAnsweredAndAcknowledgesNothing) {
  call(R"({"script":[{"after_speech":true,"press":"2"}]})");
  EXPECT_EQ(heard(), announcement_of("Submit quarterly report") + " " + std::string(no_thanks));
  EXPECT_FALSE(is_acknowledged());
  EXPECT_EQ(member("digits"), "2");
  EXPECT_TRUE(hooks().empty());
}

TEST_F(FluxCall, PressingNothingHearsOneGoodbyeAfterTenSeconds) {
  call("{}");
  EXPECT_EQ(heard(), announcement_of("Submit quarterly report") + " " + std::string(no_thanks));
  EXPECT_FALSE(is_acknowledged());
  EXPECT_GE(since_speech_began(), 10s);
  EXPECT_LT(since_speech_began(), 11s);
  EXPECT_EQ(status_callback(), "completed");
}

TEST_F(FluxCall, AKeyInTheMiddleOfASentenceCutsItShort) {
  call(R"({"script":[{"after_ms":800,"press":"1"}]})");
  EXPECT_EQ(heard(), "Hi! This is Flux. " + std::string(thanks));
  EXPECT_TRUE(is_acknowledged());
}

TEST_F(FluxCall, HangingUpInTheMiddleAcknowledgesNothing) {
  call(R"({"script":[{"after_ms":1500,"hang_up":true}]})");
  EXPECT_FALSE(is_acknowledged());
  EXPECT_EQ(member("status"), "completed");
  EXPECT_EQ(status_callback(), "completed");
  EXPECT_EQ(member("digits"), "null");
}

TEST_F(FluxCall, WhoIsNotReachedDoesNotAcknowledge) {
  const std::array<std::pair<std::string_view, std::string_view>, 4> ends = {{
      {R"({"on_call":"busy"})", "busy"},
      {R"({"on_call":"reject"})", "busy"},
      {R"({"on_call":"no-answer"})", "no-answer"},
      {R"({"on_call":"unreachable"})", "failed"},
  }};
  for (const auto& [phone, status] : ends) {
    call(phone);
    EXPECT_FALSE(is_acknowledged());
    EXPECT_EQ(member("status"), status) << phone;
    EXPECT_EQ(status_callback(), status) << phone;
    EXPECT_NE(member("end_reason"), "null") << phone;
  }
}

TEST_F(FluxCall, AVoicemailDoesNotAcknowledge) {
  call(R"({"on_call":"voicemail"})");
  EXPECT_FALSE(is_acknowledged());
  EXPECT_EQ(status_callback(), "completed");
}

TEST_F(FluxCall, AMachineThatSendsAOneDoesNotAcknowledge) {
  call("{}");
  const std::string form = "CallSid=CA1&Digits=1&AnsweredBy=machine_start";
  const auto answer = simulation->request("POST", "/notifications/call/gather?task_id=m", form);
  EXPECT_THAT(answer.body, testing::HasSubstr(no_thanks));
  EXPECT_TRUE(hooks().empty());
}

TEST_F(FluxCall, ARepeatedGatherWebhookChangesNothing) {
  call(R"({"script":[{"after_speech":true,"press":"2"}]})");
  const std::string before = base::json::serialize(notification(*simulation, sid));
  const auto answer = simulation->request(
      "POST", "/notifications/call/gather?task_id=task_1", "CallSid=" + sid + "&Digits=1"
  );
  EXPECT_EQ(answer.status, 200);
  ASSERT_TRUE(simulation->settle(1min));
  EXPECT_EQ(base::json::serialize(notification(*simulation, sid)), before);
  EXPECT_TRUE(hooks().empty());
}

TEST_F(FluxCall, TitlesAreSpokenAsTheyAreWritten) {
  const std::array<std::string, 6> titles = {
      "R&D budget",
      "a < b > c",
      R"(say "yes" or 'no')",
      "issue #42, 100 % + tax",
      "Call Zoë about the café",
      "x?task_id=y&z=1#f",
  };
  for (const std::string& title : titles) {
    call(presses_one, title);
    EXPECT_EQ(heard(), announcement_of(title) + " " + std::string(thanks));
    EXPECT_TRUE(is_acknowledged()) << title;
    EXPECT_EQ(member("task_title"), title);
  }
}

TEST_F(FluxCall, TitlesInOtherScriptsAndEmojiReachTheCall) {
  for (const std::string title : {"Ship it 🚀 now", "تقرير الربع الأول"}) {
    call(presses_one, title);
    EXPECT_THAT(heard(), testing::HasSubstr(title));
    EXPECT_THAT(heard(), testing::EndsWith(std::string(thanks)));
    EXPECT_TRUE(is_acknowledged()) << title;
  }
}

TEST_F(FluxCall, ATitleOfFiveHundredCharactersIsSpokenWhole) {
  std::string title;
  while (title.size() < 490) title += "word ";
  title.resize(500, 'x');
  call(presses_one, title);
  EXPECT_EQ(heard(), announcement_of(title) + " " + std::string(thanks));
  EXPECT_TRUE(is_acknowledged());
}

base::Task<void> post(Simulation& simulation, std::string body) {
  http::Request request = http::Request::make("POST", "/notifications/call", std::move(body));
  request.remote.ip = net::IpAddress::v4({127, 0, 0, 1});
  co_await simulation.system().router().dispatch(std::move(request));
}

TEST_F(FluxCall, AClientThatLeavesWhileItsCallIsStoredLeavesNoCallThatIsNeverMade) {
  std::optional<base::TaskGroup> client(simulation->loop());
  client->spawn(post(*simulation, R"({"phone_number":"+14155551234","task_title":"Task"})"));
  // On the same turn, after the request began and before the store writes.
  simulation->loop().post([&] { client.reset(); });
  simulation->run_for(1s);
  ASSERT_TRUE(simulation->settle(2min));
  const auto legs = simulation->legs();
  ASSERT_EQ(legs.size(), 1U);
  EXPECT_EQ(legs[0].status, call::LegStatus::completed);
}

TEST_F(FluxCall, AWebhookThatFailsIsRepeatedWithTheSameId) {
  int failures = 2;
  simulation->web().serve("http://tasks.test", [&](const http::ClientRequest&) {
    return WebAnswer{.status = failures-- > 0 ? 500 : 204, .body = ""};
  });
  call(presses_one);
  ASSERT_TRUE(simulation->run_until([&] { return hooks().size() == 3; }, 5min));
  simulation->run_for(1h);
  ASSERT_EQ(hooks().size(), 3U);
  for (const auto& hook : hooks()) {
    EXPECT_EQ(hook.request.body, hooks()[0].request.body);
    EXPECT_EQ(hook.request.headers.get("webhook-id"), hooks()[0].request.headers.get("webhook-id"));
  }
}

// --- What is refused ---

struct FluxDoor : FluxCall {
  http::Response gather(
      const std::vector<std::pair<std::string, std::string>>& headers, bool local
  ) {
    http::Request request =
        http::Request::make("POST", "/notifications/call/gather?task_id=t", "CallSid=CA7&Digits=1");
    request.headers.set("Host", "flux.example");
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    request.remote.ip = net::IpAddress::v4(
        local ? std::array<std::uint8_t, 4>{127, 0, 0, 1}
              : std::array<std::uint8_t, 4>{192, 0, 2, 9}
    );
    return simulation->dispatch(std::move(request));
  }
  std::string signature() {
    const std::vector<std::pair<std::string, std::string>> form{
        {"CallSid", "CA7"}, {"Digits", "1"}
    };
    return identity::TwilioSigner(simulation->keys().auth_token)
        .sign("http://flux.example/notifications/call/gather?task_id=t", form);
  }
  void start_with(Switch signatures) {
    Config config = Simulation::quiet_config();
    config.http.public_url = "http://flux.example";
    config.flux.validate_signatures = signatures;
    start(std::move(config));
  }
};

TEST_F(FluxDoor, ChecksSignaturesOfOtherMachinesByDefault) {
  start_with(Switch::automatic);
  EXPECT_EQ(gather({}, true).status, 200);
  EXPECT_EQ(gather({}, false).status, 403);
  EXPECT_EQ(gather({{"X-Twilio-Signature", "bm9uc2Vuc2U="}}, false).status, 403);
  EXPECT_EQ(gather({{"X-Twilio-Signature", signature()}}, false).status, 200);
}

TEST_F(FluxDoor, ChecksAllSignaturesWhenSaidSo) {
  start_with(Switch::on);
  EXPECT_EQ(gather({}, true).status, 403);
  EXPECT_EQ(gather({{"X-Twilio-Signature", signature()}}, true).status, 200);
  call(presses_one);  // our own calls are signed
  EXPECT_TRUE(is_acknowledged());
  EXPECT_EQ(member("status"), "completed");
}

TEST_F(FluxDoor, ChecksNoSignatureWhenSaidSo) {
  start_with(Switch::off);
  EXPECT_EQ(gather({}, false).status, 200);
}

TEST_F(FluxDoor, ServesNobodyWithCredentialsGivenAsEmpty) {
  for (std::optional<std::string> Config::Twilio::* which :
       {&Config::Twilio::account_sid, &Config::Twilio::auth_token, &Config::Twilio::phone_number}) {
    Config config = Simulation::quiet_config();
    config.twilio.*which = "";
    start(std::move(config));
    EXPECT_THAT(
        notify(*simulation, number, "t"), testing::HasSubstr("Twilio service not initialized.")
    );
    EXPECT_TRUE(simulation->legs().empty());
  }
}

TEST_F(FluxDoor, LimitsTheRateOfCallsWhenSaidSo) {
  Config config = Simulation::quiet_config();
  config.flux.rate_per_minute = 2;
  start(std::move(config));
  EXPECT_TRUE(base::is_sid(notify(*simulation, number, "a"), "CA"));
  EXPECT_TRUE(base::is_sid(notify(*simulation, number, "b"), "CA"));
  EXPECT_THAT(notify(*simulation, number, "c"), testing::HasSubstr("Too many calls"));
  simulation->run_for(1min);
  EXPECT_TRUE(base::is_sid(notify(*simulation, number, "d"), "CA"));
}

}  // namespace
}  // namespace belfry::server::simulation
