#include "admin/simulator.hpp"

#include "admin/testing/house.hpp"

namespace belfry::admin {
namespace {

using testing::House;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct AdminSimulator : House {
  AdminSimulator() { simulator.add_to(router); }

  std::string call(std::string to = "+12025550142", std::string twiml = "<Response/>") {
    call::PlaceCall terms;
    terms.to = *call::Party::parse(to);
    terms.from = "+15550100100";
    terms.program = {"twiml", {{"twiml", std::move(twiml)}}};
    std::string sid;
    const auto keep = [](base::Task<base::Result<call::LegRecord>> from,
                         std::string& into) -> base::Task<void> {
      const auto placed = co_await std::move(from);
      if (placed) into = placed->sid;
    };
    base::TaskGroup tasks(loop);
    tasks.spawn(keep(switchboard->place(std::move(terms)), sid));
    pass(100ms);
    EXPECT_NE(sid, "");
    return sid;
  }
  std::vector<std::string> pointers_of(std::string method, std::string path, std::string body) {
    const http::Response response = ask(std::move(method), std::move(path), std::move(body));
    EXPECT_EQ(response.status, 422) << response.body;
    std::vector<std::string> pointers;
    const auto document = json_of(response);
    for (const auto& error : document.at("errors").as_array())
      pointers.emplace_back(error.at("pointer").as_string());
    return pointers;
  }

  Simulator simulator{loop, phones, pool};
  const std::string phone = "/sim/phones/%2B12025550142";
};

TEST_F(AdminSimulator, EveryNumberIsAPhoneAndAskingMakesNone) {
  const auto unknown = get(phone);
  EXPECT_EQ(text_at(unknown, "/number"), R"("+12025550142")");
  EXPECT_EQ(text_at(unknown, "/state"), R"("idle")");
  EXPECT_EQ(text_at(get("/sim/phones"), "/items"), "[]");
  const http::Response put = ask("PUT", phone, "{}");
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(json_of(put), unknown);  // an unused phone looks the same, made or not
  EXPECT_EQ(get("/sim/phones").at("items").as_array().size(), 1U);
}

TEST_F(AdminSimulator, ABehaviourIsReadBackAndReplacedAsAWhole) {
  const std::string behaviour =
      R"({"on_call":"person","answer_after_ms":800,"script":[{"after_speech":true,"press":"1"}],)"
      R"("network":{"loss":5E-1,"jitter_ms":60,"delay_ms":40,"one_way":"in"}})";
  ASSERT_EQ(ask("PUT", phone, behaviour).status, 200);
  const auto shown = get(phone);
  const auto wanted = *base::json::parse(behaviour);
  for (const auto& member : wanted.as_object()) EXPECT_EQ(shown.at(member.key()), member.value());
  ASSERT_EQ(ask("PUT", phone, R"({"on_call":"busy"})").status, 200);
  EXPECT_EQ(text_at(get(phone), "/on_call"), R"("busy")");
  EXPECT_EQ(text_at(get(phone), "/script"), "[]");
}

TEST_F(AdminSimulator, EveryWrongMemberOfABehaviourIsNamed) {
  using V = std::vector<std::string>;
  EXPECT_EQ(
      pointers_of("PUT", phone, R"({"on_cal":"busy","answer_after_ms":-1})"),
      (V{"#/on_cal", "#/answer_after_ms"})
  );
  EXPECT_EQ(
      pointers_of("PUT", phone, R"({"script":[{"press":"1"},{"press":"x","hang_up":1}]})"),
      (V{"#/script/1/press", "#/script/1/hang_up"})
  );
  EXPECT_EQ(pointers_of("PUT", phone, R"({"script":["1"]})"), V{"#/script"});
  EXPECT_EQ(pointers_of("PUT", phone, R"({"network":{"loss":2}})"), V{"#/network/loss"});
  EXPECT_EQ(pointers_of("PUT", phone, R"({"network":3})"), V{"#/network"});
  EXPECT_EQ(text_at(get("/sim/phones"), "/items"), "[]");
}

TEST_F(AdminSimulator, APersonAnswersPressesSpeaksAndHangsUp) {
  ASSERT_EQ(ask("PUT", phone, R"({"on_call":"person"})").status, 200);
  const std::string sid = call(
      "+12025550142",
      R"(<Response><Gather numDigits="2" timeout="20"/><Pause length="60"/></Response>)"
  );
  EXPECT_EQ(text_at(get(phone), "/state"), R"("ringing")");
  EXPECT_EQ(ask("POST", phone + "/press", R"({"digits":"1"})").status, 409);
  EXPECT_EQ(ask("POST", phone + "/answer").status, 200);
  EXPECT_EQ(ask("POST", phone + "/answer", "{}").status, 409);
  EXPECT_EQ(text_at(get(phone), "/state"), R"("in-call")");
  EXPECT_EQ(text_at(get(phone), "/calls/0/call_sid"), '"' + sid + '"');
  pass(500ms);
  EXPECT_EQ(ask("POST", phone + "/press", R"({"digits":"7"})").status, 200);
  EXPECT_EQ(ask("POST", phone + "/say", R"({"text":"I am here."})").status, 200);
  pass(2s);
  const auto leg_events = [&] {
    std::string types;
    base::TaskGroup tasks(loop);
    const auto keep = [](base::Task<base::Result<std::vector<call::EventRecord>>> from,
                         std::string& into) -> base::Task<void> {
      const auto events = co_await std::move(from);
      for (const auto& event : *events) into += base::json::serialize(event.data);
    };
    tasks.spawn(keep(store->events_of(sid), types));
    pass(10ms);
    return types;
  };
  EXPECT_THAT(leg_events(), HasSubstr(R"("digit":"7")"));
  EXPECT_EQ(ask("POST", phone + "/hang-up").status, 200);
  pass(1s);
  EXPECT_EQ(text_at(get(phone), "/state"), R"("idle")");
  EXPECT_EQ(text_at(get(phone), "/rings"), "1");
  EXPECT_EQ(ask("POST", phone + "/hang-up").status, 409);
}

TEST_F(AdminSimulator, WhatAPhoneHeardIsAWavWhenTheCallIsOver) {
  const std::string sid = call("+12025550142", "<Response><Say>Hello there.</Say></Response>");
  pass(1200ms);
  EXPECT_EQ(text_at(get(phone), "/calls/0/audio_url"), "null");
  pass(10s);
  const auto shown = get(phone);
  EXPECT_EQ(text_at(shown, "/calls/0/heard/0/text"), R"("Hello there.")");
  const std::string url(shown.at_pointer("/calls/0/audio_url").as_string());
  EXPECT_EQ(url, "/sim/audio/" + sid);
  http::Response audio = ask("GET", url);
  ASSERT_EQ(audio.status, 200) << audio.body;
  EXPECT_EQ(audio.headers.get("Content-Type"), "audio/wav");
  const std::string wav = read(audio);
  EXPECT_EQ(wav.substr(0, 4), "RIFF");
  EXPECT_EQ(wav.substr(8, 4), "WAVE");
  EXPECT_EQ(wav.size(), std::filesystem::file_size(folder.path / (sid + ".wav")));
  EXPECT_GT(wav.size(), 8000U);  // half a second of 8 kHz

  std::filesystem::remove(folder.path / (sid + ".wav"));
  EXPECT_EQ(ask("GET", url).status, 404);
  EXPECT_EQ(ask("GET", "/sim/audio/CA00000000000000000000000000000000").status, 404);
  EXPECT_EQ(ask("GET", "/sim/audio/..%2F..%2Fetc%2Fpasswd").status, 404);  // rule H6
}

TEST_F(AdminSimulator, APhoneCallsAnother) {
  const http::Response placed = ask("POST", phone + "/call", R"({"to":"+12025550143"})");
  ASSERT_EQ(placed.status, 201) << placed.body;
  EXPECT_EQ(text_at(json_of(placed), "/calls/0/direction"), R"("outbound")");
  EXPECT_EQ(ask("POST", phone + "/call", R"({"to":"+12025550144"})").status, 409);
  pass(3s);
  EXPECT_EQ(text_at(get("/sim/phones/%2B12025550143"), "/state"), R"("in-call")");
  EXPECT_EQ(text_at(get(phone), "/state"), R"("in-call")");
  using V = std::vector<std::string>;
  EXPECT_EQ(pointers_of("POST", phone + "/call", "{}"), V{"#/to"});
  EXPECT_EQ(pointers_of("POST", "/sim/phones/5/call", R"({"to":"nobody"})"), V{"#/to"});
}

TEST_F(AdminSimulator, MessagesArriveAndAreListed) {
  const http::Response sent =
      ask("POST", phone + "/message", R"({"to":"+12025550143","body":"STOP"})");
  ASSERT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(base::json::serialize(get("/sim/messages")), R"({"items":[)" + sent.body + "]}");
  EXPECT_EQ(text_at(get("/sim/phones/%2B12025550143"), "/messages/0/body"), R"("STOP")");
  using V = std::vector<std::string>;
  EXPECT_EQ(pointers_of("POST", phone + "/message", "{}"), (V{"#/to", "#/body"}));
  EXPECT_EQ(pointers_of("POST", phone + "/message", R"({"to":"x","body":"y"})"), V{"#/to"});
}

TEST_F(AdminSimulator, WrongNumbersKeysAndWordsAreRefused) {
  using V = std::vector<std::string>;
  EXPECT_EQ(ask("GET", "/sim/phones/alice").status, 422);
  EXPECT_EQ(ask("PUT", "/sim/phones/%2B1234567890123456", "{}").status, 422);
  EXPECT_EQ(ask("PUT", phone, "{").status, 400);
  EXPECT_EQ(pointers_of("POST", phone + "/press", R"({"digits":"1x"})"), V{"#/digits"});
  EXPECT_EQ(pointers_of("POST", phone + "/say", R"({"text":5})"), V{"#/text"});
  EXPECT_EQ(get("/sim/phones/*55%23").at("number"), "*55#");
}

TEST_F(AdminSimulator, TheSeedIsANumber) {
  EXPECT_EQ(ask("POST", "/sim/seed", R"({"seed":7})").body, R"({"seed":7})");
  using V = std::vector<std::string>;
  for (const char* wrong : {"{}", R"({"seed":-1})", R"({"seed":"7"})", R"({"seed":1.5})"})
    EXPECT_EQ(pointers_of("POST", "/sim/seed", wrong), V{"#/seed"}) << wrong;
}

TEST_F(AdminSimulator, ForgettingHangsUpAndForgets) {
  ASSERT_EQ(ask("PUT", phone, R"({"on_call":"person"})").status, 200);
  const std::string sid = call();
  ASSERT_NE(switchboard->find(sid), nullptr);
  EXPECT_EQ(ask("DELETE", "/sim").status, 204);
  pass(1s);
  EXPECT_EQ(switchboard->find(sid), nullptr);
  EXPECT_EQ(text_at(get("/sim/phones"), "/items"), "[]");
}

}  // namespace
}  // namespace belfry::admin
