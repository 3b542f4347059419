#include "server/simulation/message_scene.hpp"

/// Text messages by another cloud: handed over once, followed, paid for.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct MessagesByACarrier : MessageScene {
  static constexpr const char* origin = "http://ACtheirs:token@carrier.test";
  MessagesByACarrier() {
    config.message_carriers.push_back({"other", "http://carrier.test", "ACtheirs", "token", "+507"}
    );
    config.http.public_url = "http://belfry.test";
    start();
  }
  void serve(WebAnswer answer) {
    simulation->web().serve(origin, [answer](const http::ClientRequest&) { return answer; });
  }
  Answer send_abroad() {
    return api(
        "POST", "/Messages.json", {{"From", ours}, {"To", "+50761234567"}, {"Body", "Hola"}}
    );
  }
  http::Response call_back(const std::string& path, const Form& form, const std::string& token) {
    http::Form body;
    for (const auto& [name, value] : form) body.add(name, value);
    const identity::TwilioSigner signer(token);
    http::Response response = simulation->request(
        "POST", path, body.serialize(),
        {{"Content-Type", "application/x-www-form-urlencoded"},
         {"X-Twilio-Signature", signer.sign("http://belfry.test" + path, body.fields())}}
    );
    simulation->run_for(100ms);
    return response;
  }
  static constexpr const char* status_path = "/carriers/other/message-status";
  static WebAnswer taken() {
    return {.status = 201, .content_type = "application/json", .body = R"({"sid":"SM77"})"};
  }
};

TEST_F(MessagesByACarrier, AreHandedOverOnceAndFollowed) {
  serve(taken());
  const Answer sent = send_abroad();
  simulation->run_for(2s);
  EXPECT_EQ(message(sent.sid()).text("status"), "sent");
  const auto& received = simulation->web().received(origin);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_THAT(
      received[0].request.url, testing::EndsWith("/2010-04-01/Accounts/ACtheirs/Messages.json")
  );
  const auto form = http::Form::parse(received[0].request.body).value();
  EXPECT_EQ(form.get("To"), "+50761234567");
  EXPECT_EQ(form.get("StatusCallback"), "http://belfry.test/carriers/other/message-status");

  EXPECT_EQ(
      call_back(status_path, {{"MessageSid", "SM77"}, {"MessageStatus", "delivered"}}, "wrong")
          .status,
      403
  );
  EXPECT_EQ(message(sent.sid()).text("status"), "sent");
  EXPECT_EQ(
      call_back(status_path, {{"MessageSid", "SM77"}, {"MessageStatus", "delivered"}}, "token")
          .status,
      204
  );
  EXPECT_EQ(message(sent.sid()).text("status"), "delivered");
  EXPECT_EQ(
      call_back(status_path, {{"MessageSid", "SM77"}, {"MessageStatus", "undelivered"}}, "token")
          .status,
      204
  );
  EXPECT_EQ(message(sent.sid()).text("status"), "delivered") << "no way back";
}

TEST_F(MessagesByACarrier, AreCappedPerAccountAndDayF2) {
  config.messages.per_day = 3;
  start();
  serve(taken());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send_abroad().status, 201);
  const Answer refused = send_abroad();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.code(), "63038");
  EXPECT_EQ(send("to a simulated phone").status, 201) << "which costs nothing";
  simulation->run_for(10s);
  simulation->crash_and_restart(1s);
  EXPECT_EQ(send_abroad().code(), "63038") << "a restart gives nobody a new day";
  EXPECT_EQ(simulation->web().received(origin).size(), 3U);
  simulation->run_for(24h);
  EXPECT_EQ(send_abroad().status, 201) << "the next day";
}

TEST_F(MessagesByACarrier, ThatRefusesFailWithItsCode) {
  serve({.status = 400, .content_type = "application/json", .body = R"({"code":21614})"});
  const Answer sent = send_abroad();
  simulation->run_for(2s);
  EXPECT_EQ(message(sent.sid()).text("status"), "failed");
  EXPECT_EQ(message(sent.sid()).text("error_code"), "21614");
}

TEST_F(MessagesByACarrier, ThatIsDownWaitAndAreSentLater) {
  serve({.fault = WebAnswer::Fault::refused});
  const Answer sent = send_abroad();
  simulation->run_for(1min);
  EXPECT_EQ(message(sent.sid()).text("status"), "queued");
  serve(taken());
  simulation->run_for(1min);
  EXPECT_EQ(message(sent.sid()).text("status"), "sent");
}

TEST_F(MessagesByACarrier, ThatIsDownDoNotHoldOthersUp) {
  serve({.fault = WebAnswer::Fault::refused});
  send_abroad();
  send("nearby");
  simulation->run_for(3s);
  EXPECT_EQ(got(), Lines{"nearby"});
}

TEST_F(MessagesByACarrier, GoOnlyWhereTheAccountMayWriteF1) {
  config.message_carriers.push_back({"all", "http://carrier.test", "ACtheirs", "token", ""});
  start();
  serve(taken());
  const std::pair<std::string, std::string> cases[] = {
      {"+447911123456", "21408"},  // a country that nobody has allowed
      {"+19002345678", "21408"},   // premium rate
      {"+15550001234567", "21211"},
  };
  for (const auto& [to, code] : cases) {
    const Answer refused =
        api("POST", "/Messages.json", {{"From", ours}, {"To", to}, {"Body", "x"}});
    EXPECT_EQ(refused.code(), code) << to;
  }
  simulation->run_for(5s);
  EXPECT_TRUE(simulation->web().received(origin).empty());
}

TEST_F(MessagesByACarrier, AreNotSentTwiceWhenNobodyKnowsWhetherTheyArrived) {
  serve({.fault = WebAnswer::Fault::hang});
  const Answer silent = send_abroad();
  simulation->run_for(1min);
  EXPECT_EQ(message(silent.sid()).text("status"), "failed");
  const Answer interrupted = send_abroad();
  simulation->run_for(2s);
  EXPECT_EQ(message(interrupted.sid()).text("status"), "sending");
  simulation->crash_and_restart(1s);
  simulation->run_for(1min);
  EXPECT_EQ(message(interrupted.sid()).text("error_code"), "30008");
  EXPECT_EQ(simulation->web().received(origin).size(), 2U);
}

TEST_F(MessagesByACarrier, ComeInOnce) {
  open_shop();
  const Form form = {
      {"MessageSid", "SM88"}, {"From", "+50761234567"}, {"To", ours}, {"Body", "Hola"}
  };
  const char* path = "/carriers/other/message";
  EXPECT_EQ(call_back(path, form, "wrong").status, 403);
  EXPECT_EQ(call_back(path, form, "token").status, 200);
  EXPECT_EQ(call_back(path, form, "token").status, 200) << "it repeats what it is not sure of";
  simulation->run_for(5s);
  EXPECT_EQ(listed(), Lines{"inbound received Hola"});
  EXPECT_EQ(paths(), Lines{"/sms"});
  const Form stray = {
      {"MessageSid", "SM89"}, {"From", "+50761234567"}, {"To", "+15550009999"}, {"Body", "x"}
  };
  EXPECT_EQ(call_back(path, stray, "token").status, 404);
}

}  // namespace
}  // namespace belfry::server::simulation
