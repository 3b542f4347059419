#include "admin/calls.hpp"

#include "admin/testing/house.hpp"

namespace belfry::admin {
namespace {

using testing::House;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct AdminCalls : House {
  AdminCalls() { calls.add_to(router); }

  std::string place(std::string body = R"({"to":"+12025550142","say":"Hello."})") {
    const http::Response response = ask("POST", "/admin/api/calls", std::move(body));
    EXPECT_EQ(response.status, 201) << response.body;
    return std::string(json_of(response).at("sid").as_string());
  }
  std::vector<std::string> pointers_of(std::string body) {
    const http::Response response = ask("POST", "/admin/api/calls", std::move(body));
    EXPECT_EQ(response.status, 422) << response.body;
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    std::vector<std::string> pointers;
    const auto document = json_of(response);
    for (const auto& error : document.at("errors").as_array())
      pointers.emplace_back(error.at("pointer").as_string());
    return pointers;
  }

  Calls calls{*switchboard, {.default_from = "+15550100100"}};
};

TEST_F(AdminCalls, ACallIsPlacedSpokenAndRemembered) {
  const http::Response placed =
      ask("POST", "/admin/api/calls", R"({"to":"+12025550142","say":"Hello."})");
  ASSERT_EQ(placed.status, 201) << placed.body;
  const auto call = json_of(placed);
  const std::string sid(call.at("sid").as_string());
  EXPECT_EQ(placed.headers.get("Location"), "/admin/api/calls/" + sid);
  EXPECT_EQ(text_at(call, "/status"), R"("queued")");
  EXPECT_EQ(text_at(call, "/from"), R"("+15550100100")");
  EXPECT_EQ(text_at(call, "/application"), R"("api")");
  pass(10s);

  const auto after = get("/admin/api/calls/" + sid);
  EXPECT_EQ(text_at(after, "/status"), R"("completed")");
  EXPECT_EQ(text_at(after, "/endpoint"), R"("simulator")");
  EXPECT_EQ(text_at(after, "/parent_sid"), "null");
  EXPECT_EQ(text_at(after, "/error_code"), "null");
  EXPECT_EQ(text_at(after, "/answered_by"), "null");
  EXPECT_EQ(text_at(after, "/media/codec"), R"("PCMU")") << "as it was at the end";
  EXPECT_EQ(text_at(after, "/audio/fault"), R"("none")") << text_at(after, "/audio");
  EXPECT_THAT(text_at(after, "/ended_at"), ::testing::MatchesRegex(R"("2026-01-01T.*\....Z")"));
  const sim::Phone* phone = phones.find("+12025550142");
  ASSERT_NE(phone, nullptr);
  EXPECT_THAT(base::json::serialize(phone->to_json()), HasSubstr("Hello."));
}

TEST_F(AdminCalls, ALiveCallTellsHowItsAudioIsDoing) {
  const std::string sid =
      place(R"({"to":"+12025550142","twiml":"<Response><Pause length=\"30\"/></Response>"})");
  pass(5s);
  const auto call = get("/admin/api/calls/" + sid);
  EXPECT_EQ(text_at(call, "/status"), R"("in-progress")");
  EXPECT_EQ(text_at(call, "/media/codec"), R"("PCMU")");
  EXPECT_GT(call.at("media").at("packets_out").to_number<int>(), 100);
  EXPECT_NE(text_at(call, "/media/jitter_ms"), "(nothing)");
  EXPECT_NE(text_at(call, "/media/round_trip_ms"), "(nothing)");
  EXPECT_EQ(text_at(call, "/duration_s"), "4");
  EXPECT_EQ(text_at(call, "/audio/fault"), R"("none")") << text_at(call, "/audio");
  pass(5s);
  const auto later = get("/admin/api/calls/" + sid);
  EXPECT_EQ(text_at(later, "/media/sound"), R"("digital-silence")");
  EXPECT_EQ(text_at(later, "/media/listens_only"), "true");
  EXPECT_EQ(text_at(later, "/audio/fault"), R"("none")") << "a phone without a script listens";
}

TEST_F(AdminCalls, TheVerdictOnItsAudioIsKeptWhoeverEndsTheCall) {
  sim::Behaviour unheard;
  unheard.network.one_way = sim::NetworkConditions::OneWay::in;
  for (const char* number : {"+12025550142", "+12025550143"})
    phones.phone(number).set_behaviour(unheard);
  const std::string by_us =
      place(R"({"to":"+12025550142","twiml":"<Response><Pause length=\"9\"/></Response>"})");
  const std::string by_party =
      place(R"({"to":"+12025550143","twiml":"<Response><Pause length=\"30\"/></Response>"})");
  pass(8s);
  sim::PhoneCall* const talking = phones.phone("+12025550143").current();
  ASSERT_NE(talking, nullptr);
  talking->hang_up(call::HangupCause::normal);
  pass(5s);
  for (const std::string& sid : {by_us, by_party}) {
    const auto call = get("/admin/api/calls/" + sid);
    EXPECT_EQ(text_at(call, "/status"), R"("completed")");
    EXPECT_EQ(text_at(call, "/audio/fault"), R"("no-packets")") << text_at(call, "/audio");
    int ended = 0;
    const auto events = get("/admin/api/calls/" + sid + "/events");
    for (const auto& event : events.at("items").as_array())
      if (event.at("type").as_string() == "media.ended") ++ended;
    EXPECT_EQ(ended, 1);
  }
}

TEST_F(AdminCalls, ACallThatNobodyAnswersHasNoAudio) {
  phones.phone("+12025550144").set_behaviour({.on_call = sim::Behaviour::OnCall::busy});
  const std::string sid = place(R"({"to":"+12025550144","say":"Hello."})");
  pass(5s);
  const auto call = get("/admin/api/calls/" + sid);
  EXPECT_EQ(text_at(call, "/status"), R"("busy")");
  EXPECT_EQ(text_at(call, "/media"), "null");
  EXPECT_EQ(text_at(call, "/audio"), "null");
}

TEST_F(AdminCalls, TheEventsOfACallHaveNoGaps) {
  const std::string sid = place();
  pass(10s);
  const auto body = get("/admin/api/calls/" + sid + "/events");
  const auto& events = body.at("items").as_array();
  ASSERT_GE(events.size(), 5U);
  for (std::size_t i = 0; i < events.size(); ++i)
    EXPECT_EQ(events[i].at("seq").to_number<std::size_t>(), i);
  EXPECT_EQ(text_at(body, "/items/0/type"), R"("call.queued")");
  EXPECT_EQ(text_at(body, "/items/0/data/to"), R"("+12025550142")");
}

TEST_F(AdminCalls, HangingUpEndsALiveCallOnce) {
  const std::string sid =
      place(R"({"to":"+12025550142","twiml":"<Response><Pause length=\"30\"/></Response>"})");
  pass(3s);
  EXPECT_EQ(ask("POST", "/admin/api/calls/" + sid + "/hang-up", "{}").status, 202);
  pass(1s);
  EXPECT_EQ(text_at(get("/admin/api/calls/" + sid), "/status"), R"("completed")");
  EXPECT_EQ(ask("POST", "/admin/api/calls/" + sid + "/hang-up").status, 409);
}

TEST_F(AdminCalls, HangingUpBeforeTheAnswerCancels) {
  (void)phones.phone("+12025550142").set_behaviour({.on_call = sim::Behaviour::OnCall::person});
  const std::string sid = place();
  pass(1s);
  EXPECT_EQ(ask("POST", "/admin/api/calls/" + sid + "/hang-up").status, 202);
  pass(1s);
  EXPECT_EQ(text_at(get("/admin/api/calls/" + sid), "/status"), R"("canceled")");
}

TEST_F(AdminCalls, PagesFollowEachOtherWithoutRepetition) {
  std::vector<std::string> placed;
  for (int i = 0; i < 5; ++i) {
    placed.push_back(place());
    pass(10s);
  }
  std::ranges::reverse(placed);
  std::vector<std::string> listed;
  std::string target = "/admin/api/calls?limit=2";
  for (int page = 0; page < 3; ++page) {
    const http::Response response = ask("GET", target);
    const auto body = json_of(response);
    for (const auto& item : body.at("items").as_array())
      listed.emplace_back(item.at("sid").as_string());
    EXPECT_EQ(response.headers.has("Link"), page < 2);
    if (page == 2) {
      EXPECT_TRUE(body.at("nextCursor").is_null());
    } else {
      target = "/admin/api/calls?limit=2&cursor=" + std::string(body.at("nextCursor").as_string());
      EXPECT_EQ(response.headers.get("Link"), "<" + target + ">; rel=\"next\"");
    }
  }
  EXPECT_EQ(listed, placed);
}

TEST_F(AdminCalls, AListIsFilteredByStatusAndNumber) {
  (void)phones.phone("+12025550143").set_behaviour({.on_call = sim::Behaviour::OnCall::busy});
  place();
  const std::string busy = place(R"({"to":"+12025550143","say":"Hello."})");
  pass(10s);
  for (const std::string filter : {"status=busy", "number=%2B12025550143", "number=+12025550143"}) {
    const auto body = get("/admin/api/calls?" + filter);
    ASSERT_EQ(body.at("items").as_array().size(), 1U) << filter;
    EXPECT_EQ(text_at(body, "/items/0/sid"), '"' + busy + '"');
  }
}

TEST_F(AdminCalls, AWrongQueryIsRefusedByName) {
  for (const std::string wrong : {"limit=0", "limit=201", "limit=x", "cursor=CA1", "status=gone"}) {
    const http::Response response = ask("GET", "/admin/api/calls?" + wrong);
    EXPECT_EQ(response.status, 400) << wrong;
    const std::string name = wrong.substr(0, wrong.find('='));
    EXPECT_EQ(text_at(json_of(response), "/errors/0/pointer"), "\"?" + name + '"');
  }
}

TEST_F(AdminCalls, EveryWrongMemberIsNamedAtOnce) {
  using V = std::vector<std::string>;
  EXPECT_EQ(pointers_of("{}"), (V{"#/to", "#/say"}));
  EXPECT_EQ(pointers_of(R"({"to":"nobody","say":""})"), (V{"#/to", "#/say"}));
  EXPECT_EQ(pointers_of(R"({"to":5,"say":"x","url":"http://a/"})"), (V{"#/to", "#/twiml"}));
  EXPECT_EQ(
      pointers_of(R"({"to":"+12025550142","url":"ftp://a/","from":"?","status_callback":"a",)"
                  R"("status_callback_event":["gone"],"ring_timeout_s":0})"),
      (V{"#/from", "#/url", "#/status_callback", "#/status_callback_event", "#/ring_timeout_s"})
  );
  EXPECT_EQ(pointers_of("[]"), V{"#"});
  EXPECT_EQ(switchboard->live_legs(), 0U);
}

TEST_F(AdminCalls, APlacedCallHasTheTermsThatWereAskedFor) {
  const std::string sid = place(
      R"({"to":"+12025550142","from":"+15550001111","url":"http://example.com/v","method":"GET",)"
      R"("fallback_url":"http://example.com/f","status_callback":"http://example.com/s",)"
      R"("status_callback_event":["ringing","completed"],"ring_timeout_s":7})"
  );
  const call::Leg* leg = switchboard->find(sid);
  ASSERT_NE(leg, nullptr);
  const call::LegRecord& record = leg->record();
  EXPECT_EQ(record.from, "+15550001111");
  EXPECT_EQ(record.program.kind, "twiml");
  EXPECT_EQ(
      base::json::serialize(record.program.parameters),
      R"({"url":"http://example.com/v","method":"GET","fallback_url":"http://example.com/f"})"
  );
  EXPECT_EQ(record.status_callback.url, "http://example.com/s");
  EXPECT_EQ(record.status_callback.events, (std::vector<std::string>{"ringing", "completed"}));
  EXPECT_EQ(record.ring_timeout, 7s);
}

TEST_F(AdminCalls, WhatIsNotThereIsNotFound) {
  const std::string none = "/admin/api/calls/CA00000000000000000000000000000000";
  for (const auto& [method, path] :
       {std::pair{"GET", none}, {"GET", none + "/events"}, {"POST", none + "/hang-up"}}) {
    const http::Response response = ask(method, path);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(text_at(json_of(response), "/instance"), '"' + path + '"');
    EXPECT_EQ(text_at(json_of(response), "/requestId"), R"("request-1")");
  }
}

TEST_F(AdminCalls, BrokenJsonAndAStoppingServerAreSaidSo) {
  EXPECT_EQ(ask("POST", "/admin/api/calls", "{\"to\":").status, 400);
  switchboard->drain();
  const http::Response response =
      ask("POST", "/admin/api/calls", R"({"to":"+12025550142","say":"Hello."})");
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.headers.has("Retry-After"));
}

}  // namespace
}  // namespace belfry::admin
