#include "server/simulation/message_scene.hpp"

/// Messages that come in: what their documents do, and STOP.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct IncomingMessage : MessageScene {};

TEST_F(IncomingMessage, IsAnsweredByADocument) {
  answer_with("<Message>Hello\nyou</Message>");
  write("Hi there");
  EXPECT_EQ(got(), Lines{"Hello\nyou"});
  EXPECT_EQ(paths(), Lines{"/sms"});
  const std::string sid = parameter(0, "MessageSid");
  EXPECT_EQ(parameter(0, "SmsSid"), sid);
  EXPECT_EQ(parameter(0, "SmsMessageSid"), sid);
  EXPECT_EQ(parameter(0, "AccountSid"), account());
  EXPECT_EQ(parameter(0, "From"), phone);
  EXPECT_EQ(parameter(0, "To"), ours);
  EXPECT_EQ(parameter(0, "Body"), "Hi there");
  EXPECT_EQ(parameter(0, "NumMedia"), "0");
  EXPECT_EQ(parameter(0, "NumSegments"), "1");
  EXPECT_EQ(parameter(0, "SmsStatus"), "received");
  EXPECT_EQ(message(sid).text("direction"), "inbound");
  EXPECT_EQ(listed(), (Lines{"outbound-reply delivered Hello\nyou", "inbound received Hi there"}));
}

TEST_F(IncomingMessage, MayHaveSeveralAnswers) {
  answer_with("<Message>1</Message><Sms>2</Sms><Message><Body>3</Body></Message>");
  write("Hi");
  simulation->run_for(3s);
  EXPECT_EQ(got(), (Lines{"1", "2", "3"}));
}

TEST_F(IncomingMessage, HasTenAnswersAtMost14109) {
  std::string verbs;
  for (int i = 0; i < 12; ++i) verbs += "<Message>x</Message>";
  answer_with(verbs);
  write("Hi");
  simulation->run_for(30s);
  EXPECT_EQ(got().size(), 10U);
}

TEST_F(IncomingMessage, FollowsRedirects) {
  answer_with("<Redirect method=\"GET\">/other?x=1</Redirect><Message>dead</Message>");
  documents["/other"] = {.body = "<Response><Message>from there</Message></Response>"};
  write("Hi");
  EXPECT_EQ(got(), Lines{"from there"});
  EXPECT_THAT(paths()[1], testing::StartsWith("/other?x=1&MessageSid="));
}

TEST_F(IncomingMessage, DoesNotGoRoundForEver14106) {
  answer_with("<Redirect>/sms</Redirect>");
  write("Hi");
  simulation->run_for(1min);
  EXPECT_EQ(asked().size(), 11U);
}

TEST_F(IncomingMessage, IsAnsweredByPlainText) {
  answer_with("");
  documents["/sms"] = {.content_type = "text/plain", .body = " Plain words \n"};
  write("Hi");
  EXPECT_EQ(got(), Lines{"Plain words"});
}

TEST_F(IncomingMessage, NeedsNoAnswer) {
  answer_with("");
  write("Hi");
  documents["/sms"] = {.status = 204, .content_type = ""};
  write("Hi again");
  EXPECT_TRUE(got().empty());
  EXPECT_EQ(paths(), (Lines{"/sms", "/sms"})) << "no fall-back for silence";
}

TEST_F(IncomingMessage, TellsAnActionWhatWasSent) {
  answer_with("<Message action=\"/sent\">One</Message><Message>dead</Message>");
  documents["/sent"] = {.body = "<Response><Message>Two</Message></Response>"};
  write("Hi");
  EXPECT_EQ(got(), (Lines{"One", "Two"}));
  EXPECT_EQ(parameter(1, "MessageStatus"), "queued");
  EXPECT_NE(parameter(1, "MessageSid"), parameter(0, "MessageSid"));
  EXPECT_EQ(message(parameter(1, "MessageSid")).text("body"), "One");
}

struct BrokenDocument {
  std::string name;
  WebAnswer answer;
  std::string code;
};
struct BrokenDocuments : MessageScene, testing::WithParamInterface<BrokenDocument> {};

TEST_P(BrokenDocuments, LeadToTheFallbackOnce) {
  answer_with("");
  documents["/sms"] = GetParam().answer;
  documents["/fallback"] = {.body = "<Response><Message>Sorry</Message></Response>"};
  write("Hi");
  simulation->run_for(20s);
  EXPECT_EQ(got(), Lines{"Sorry"});
  EXPECT_EQ(paths().back(), "/fallback");
  const std::size_t last = asked().size() - 1;
  EXPECT_EQ(parameter(last, "ErrorCode"), GetParam().code);
  EXPECT_EQ(parameter(last, "ErrorUrl"), "http://shop.test/sms");
  EXPECT_EQ(parameter(last, "Body"), "Hi");
}

INSTANTIATE_TEST_SUITE_P(
    Codes, BrokenDocuments,
    testing::Values(
        BrokenDocument{"VoiceVerb", {.body = "<Response><Say>Hi</Say></Response>"}, "14110"},
        BrokenDocument{"NoXml", {.body = "<Response><Message>"}, "12100"},
        BrokenDocument{"OtherRoot", {.body = "<Reply/>"}, "12102"},
        BrokenDocument{"Json", {.content_type = "application/json", .body = "{}"}, "12300"},
        BrokenDocument{"ServerError", {.status = 500, .body = "<Response/>"}, "11200"},
        BrokenDocument{"Silence", {.fault = WebAnswer::Fault::hang}, "11203"},
        BrokenDocument{"Refused", {.fault = WebAnswer::Fault::refused}, "11202"}
    ),
    [](const auto& instance) { return instance.param.name; }
);

TEST_F(IncomingMessage, KeepsCookiesOfItsPairForFourHours) {
  answer_with("");
  documents["/sms"].set_cookie = "seen=1; Path=/";
  documents["/sms"].body = "<Response/>";
  const auto cookies = [&](std::size_t request) {
    return asked().at(request).request.cookies.size();
  };
  write("first");
  write("second");
  ASSERT_TRUE(simulation->phones().send_message({"+14155550002", ours, "another phone", {}}));
  simulation->run_for(3h);
  write("within four hours");
  simulation->run_for(5h);
  write("much later");
  ASSERT_EQ(asked().size(), 5U);
  EXPECT_EQ(cookies(0), 0U);
  EXPECT_EQ(cookies(1), 1U);
  EXPECT_EQ(cookies(2), 0U) << "a pair of its own";
  EXPECT_EQ(cookies(3), 1U);
  EXPECT_EQ(cookies(4), 0U);
}

TEST_F(IncomingMessage, BringsItsPicture) {
  answer_with("");
  sim::Message message{phone, ours, "Look", {}};
  ASSERT_TRUE(simulation->phones().send_message(message, {{"", "image/jpeg", "JPEG"}}));
  simulation->run_for(2s);
  EXPECT_EQ(parameter(0, "NumMedia"), "1");
  EXPECT_EQ(parameter(0, "MediaContentType0"), "image/jpeg");
  const std::string url = parameter(0, "MediaUrl0");
  EXPECT_EQ(simulation->request("GET", url.substr(url.find("/2010"))).body, "JPEG");
}

TEST_F(IncomingMessage, IsAnsweredAfterARestartIfItWasNot) {
  answer_with("<Message>Hello</Message>");
  documents["/sms"].delay = 5s;
  ASSERT_TRUE(simulation->phones().send_message({phone, ours, "Hi", {}}));
  simulation->run_for(1s);
  simulation->crash_and_restart(10s);
  simulation->run_for(1min);
  EXPECT_EQ(got(), Lines{"Hello"});
  EXPECT_EQ(listed(), (Lines{"outbound-reply delivered Hello", "inbound received Hi"}));
}

TEST_F(IncomingMessage, IsAnsweredByThePhoneToo) {
  answer_with("");
  simulation->phones().phone(phone).set_behaviour(
      behaviour(R"({"on_message":{"reply":"Thanks","after_ms":500}})")
  );
  send("Your parcel is here");
  simulation->run_for(5s);
  EXPECT_EQ(parameter(0, "Body"), "Thanks");
}

// --- STOP ---

struct OptOutP2 : MessageScene {
  OptOutP2() { answer_with(""); }
};

TEST_F(OptOutP2, TakesEffectBeforeTheNextMessage) {
  write("Stop");
  ASSERT_EQ(got().size(), 1U);
  EXPECT_THAT(got()[0], testing::HasSubstr("unsubscribed"));
  const Answer refused = send("Buy!");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "21610");
  EXPECT_EQ(parameter(0, "Body"), "Stop") << "the application sees it too";
}

TEST_F(OptOutP2, IsConfirmedOnce) {
  write("STOP");
  write("STOP");
  write("cancel");
  EXPECT_EQ(got().size(), 1U);
}

TEST_F(OptOutP2, HoldsForWhatIsQueuedAlready) {
  for (int i = 0; i < 5; ++i) send("x");
  simulation->run_for(1500ms);
  const std::size_t before = got().size();
  write("STOP");
  simulation->run_for(20s);
  EXPECT_EQ(got().size(), before + 1) << "only the confirmation";
  EXPECT_EQ(std::ranges::count(listed(), "outbound-api failed x"), 3);
}

TEST_F(OptOutP2, IsKeptOverARestart) {
  write("STOP");
  simulation->crash_and_restart(1s);
  EXPECT_EQ(send("Buy!").code(), "21610");
}

TEST_F(OptOutP2, IsOfOneNumberAndOneParty) {
  write("STOP");
  EXPECT_EQ(
      api("POST", "/Messages.json", {{"From", "+15550002222"}, {"To", phone}, {"Body", "x"}})
          .status,
      201
  );
  EXPECT_EQ(
      api("POST", "/Messages.json", {{"From", ours}, {"To", "+14155550002"}, {"Body", "x"}}).status,
      201
  );
}

TEST_F(OptOutP2, SilencesDocumentsToo) {
  documents["/sms"].body = "<Response><Message>Please stay</Message></Response>";
  write("STOP");
  write("Hello?");
  EXPECT_EQ(got().size(), 1U);
}

TEST_F(OptOutP2, IsUndoneByStart) {
  write("ALTO");
  EXPECT_EQ(send("Buy!").code(), "21610");
  write("start");
  EXPECT_EQ(send("Welcome back").status, 201);
  simulation->run_for(3s);
  EXPECT_EQ(got().back(), "Welcome back");
  EXPECT_EQ(got().size(), 3U);
}

TEST_F(OptOutP2, HelpIsAnswered) {
  write("Help");
  ASSERT_EQ(got().size(), 1U);
  EXPECT_THAT(got()[0], testing::HasSubstr("STOP"));
}

TEST_F(OptOutP2, IsUnderstoodFromWhoeverWasWrittenTo) {
  const Form form = {{"From", "+15550007777"}, {"To", phone}, {"Body", "x"}};
  api("POST", "/Messages.json", form);
  simulation->run_for(2s);
  write("STOP", "+15550007777");
  EXPECT_EQ(api("POST", "/Messages.json", form).code(), "21610");
}

// --- <Sms> in a call ---

TEST_F(IncomingMessage, SmsOfAVoiceDocumentIsSentToTheCaller) {
  config.numbers[0].voice_url = "http://shop.test/voice";
  documents["/voice"] = {
      .body = "<Response><Sms action=\"/after\">Thanks for\ncalling</Sms></Response>"
  };
  documents["/after"] = {.body = "<Response><Hangup/></Response>"};
  start();
  open_shop();
  ASSERT_TRUE(simulation->phones().place_call(phone, ours));
  ASSERT_TRUE(simulation->settle(1min));
  simulation->run_for(2s);
  EXPECT_EQ(got(), Lines{"Thanks for\ncalling"});
  EXPECT_EQ(listed(), Lines{"outbound-call delivered Thanks for\ncalling"});
  EXPECT_EQ(paths(), (Lines{"/voice", "/after"}));
  EXPECT_EQ(parameter(1, "SmsStatus"), "queued");
  EXPECT_TRUE(parameter(1, "SmsSid").starts_with("SM"));
  EXPECT_EQ(parameter(1, "From"), phone) << "still who is in the call";
}

}  // namespace
}  // namespace belfry::server::simulation
