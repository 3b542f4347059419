#include "server/simulation/flux_scene.hpp"

/// What users' web applications may do to a call: it falls back, says it is sorry, and ends.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using Fault = WebAnswer::Fault;

constexpr const char* number = "+14155550001";
constexpr std::string_view apology = "We are sorry, an application error has occurred. Goodbye.";

struct Trouble {
  const char* name;
  WebAnswer answer;
  int error_code;
  bool falls_back = true;
};

void PrintTo(const Trouble& trouble, std::ostream* out) {
  *out << trouble.name;
}

const std::array<Trouble, 12> troubles = {{
    {"Hangs", {.fault = Fault::hang}, 11203},
    {"Refuses", {.fault = Fault::refused}, 11202},
    {"Resets", {.fault = Fault::reset}, 11206},
    {"Fails", {.status = 500, .body = "<Response/>"}, 11200},
    {"IsNotThere", {.status = 404, .body = "<Response/>"}, 11200},
    {"LeadsInCircles", {.status = 302, .location = "http://app.test/again"}, 11215},
    {"IsEndless", {.endless_to = 200U << 20U}, 11750},
    {"IsNoDocument", {.content_type = "application/json", .body = "{}"}, 12300},
    {"IsBrokenXml", {.body = "<Response><Say>Hello</Response>"}, 12100},
    {"IsEmpty", {.body = ""}, 11770},
    {"LeadsToAFile", {.status = 302, .location = "file:///etc/passwd"}, 11100},
    // A document that leads to itself has had its turn: there is no fall-back for it.
    {"RedirectsToItself",
     {.body = "<Response><Redirect>http://app.test/voice</Redirect></Response>"},
     11215,
     false},
}};

struct HostileWeb : testing::TestWithParam<Trouble> {
  HostileWeb() {
    simulation.web().serve("http://app.test", [](const http::ClientRequest&) {
      return GetParam().answer;
    });
    simulation.web().serve("http://backup.test", [](const http::ClientRequest&) {
      return WebAnswer{.body = "<Response><Say>The other document speaks.</Say></Response>"};
    });
    simulation.web().serve("http://status.test", [](const http::ClientRequest&) {
      return WebAnswer{.status = 204, .body = "", .delay = 20ms};
    });
  }

  void call(const std::string& fallback_url) {
    call::PlaceCall terms;
    terms.to = call::Party::parse(number).value();
    terms.from = "+15550100100";
    terms.program = {"twiml", {{"url", "http://app.test/voice"}, {"fallback_url", fallback_url}}};
    terms.status_callback.url = "http://status.test/";
    terms.status_callback.events = {"initiated", "ringing", "answered", "completed"};
    const auto placed = simulation.wait(simulation.system().switchboard().place(std::move(terms)));
    ASSERT_TRUE(placed);
    ASSERT_TRUE(simulation.settle(2min));
    leg = simulation.legs().at(0);
  }
  void expect_a_clean_end() {
    EXPECT_EQ(leg.status, call::LegStatus::completed);
    EXPECT_EQ(leg.error_code, GetParam().error_code);
    EXPECT_FALSE(simulation.media_is_busy());
    std::string told;
    for (const auto& callback : simulation.web().received("http://status.test")) {
      const auto form = http::Form::parse(callback.request.body).value();
      told += form.value_or("SequenceNumber", "") + form.value_or("CallStatus", "") + " ";
    }
    EXPECT_EQ(told, "0initiated 1ringing 2in-progress 3completed ");
  }

  Simulation simulation{{.seed = 9}};
  call::LegRecord leg;
};

TEST_P(HostileWeb, WithoutFallbackTheCallerIsToldAndTheCallEnds) {
  call("");
  EXPECT_EQ(heard_by(simulation, number), apology);
  expect_a_clean_end();
}

TEST_P(HostileWeb, TheFallbackTakesOverAndKnowsWhy) {
  call("http://backup.test/voice");
  const auto& asked = simulation.web().received("http://backup.test");
  if (GetParam().falls_back) {
    ASSERT_EQ(asked.size(), 1U);
    const auto form = http::Form::parse(asked[0].request.body).value();
    EXPECT_EQ(form.value_or("ErrorCode", ""), std::to_string(GetParam().error_code));
    EXPECT_EQ(form.value_or("ErrorUrl", ""), "http://app.test/voice");
    EXPECT_EQ(heard_by(simulation, number), "The other document speaks.");
  } else {
    EXPECT_TRUE(asked.empty());
    EXPECT_EQ(heard_by(simulation, number), apology);
  }
  expect_a_clean_end();
}

INSTANTIATE_TEST_SUITE_P(
    Application, HostileWeb, testing::ValuesIn(troubles),
    [](const testing::TestParamInfo<Trouble>& which) { return which.param.name; }
);

TEST(HangingWeb, ACallerWhoHangsUpDoesNotWaitForTheAnswer) {
  Simulation simulation({.seed = 9});
  simulation.web().serve("http://app.test", [](const http::ClientRequest&) {
    return WebAnswer{.fault = Fault::hang};
  });
  simulation.phones().phone(number).set_behaviour(
      behaviour(R"({"script":[{"after_ms":2000,"hang_up":true}]})")
  );
  call::PlaceCall terms;
  terms.to = call::Party::parse(number).value();
  terms.program = {"twiml", {{"url", "http://app.test/voice"}}};
  ASSERT_TRUE(simulation.wait(simulation.system().switchboard().place(std::move(terms))));
  ASSERT_TRUE(simulation.settle(5s));
  EXPECT_EQ(simulation.legs().at(0).status, call::LegStatus::completed);
  EXPECT_FALSE(simulation.media_is_busy());
}

TEST(DeadReceiver, HoldsLaterEventsOfTheCallBackForFifteenSecondsAtMost) {
  Simulation simulation({.seed = 9});
  simulation.web().serve("http://status.test", [](const http::ClientRequest& request) {
    const bool initiated = request.body.contains("CallStatus=initiated");
    return WebAnswer{.status = initiated ? 500 : 204, .body = ""};
  });
  call::PlaceCall terms;
  terms.to = call::Party::parse(number).value();
  terms.program = {"twiml", {{"twiml", "<Response><Pause length=\"1\"/></Response>"}}};
  terms.status_callback.url = "http://status.test/";
  terms.status_callback.events = {"initiated", "ringing", "answered", "completed"};
  const auto placed = simulation.wait(simulation.system().switchboard().place(std::move(terms)));
  ASSERT_TRUE(placed);
  const auto& received = simulation.web().received("http://status.test");
  const auto told = [&](const std::string& status) {
    return std::ranges::find_if(received, [&](const WebWorld::Received& callback) {
      return callback.request.body.contains("CallStatus=" + status);
    });
  };
  ASSERT_TRUE(simulation.run_until([&] { return told("completed") != received.end(); }, 1min));
  const call::LegRecord leg = simulation.legs().at(0);
  EXPECT_GE(told("ringing")->at - leg.created, 15s);
  EXPECT_LE(told("ringing")->at - leg.created, 17s);
  EXPECT_LE(told("completed")->at - leg.ended.value(), 17s);
}

}  // namespace
}  // namespace belfry::server::simulation
