#include "server/simulation/streams_scene.hpp"

/// `<Connect><Stream>`: the application and the caller hear each other.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

using Streams = StreamsScene;

TEST_F(Streams, AnEchoLetsTheCallerHearItself) {
  serve([](SocketPeer& app, const json::object& message) {
    if (message.at("event").as_string() != "media") return;
    const std::string payload(message.at("media").at("payload").as_string());
    app.send(media_message(sid_of(message), *base::from_base64(payload)));
  });
  const std::string sid = place(
      connect,
      R"({"script":[{"after_ms":1000,"tone_hz":440,"ms":2000},{"after_ms":1500,"hang_up":true}]})"
  );
  settle();
  EXPECT_NEAR(static_cast<double>(base::to_ms(tone_heard(sid))), 2000, 60);
  const auto media = received("media");
  ASSERT_GT(media.size(), 200U);
  for (std::size_t i = 0; i < media.size(); ++i) {
    EXPECT_EQ(media[i].at("media").at("chunk").as_string(), std::to_string(i + 1));
    EXPECT_EQ(media[i].at("media").at("track").as_string(), "inbound");
  }
}

TEST_F(Streams, AMarkComesBackWhenTheAudioBeforeItHasBeenHeardAndClearIsSilenceWithin40Ms) {
  base::Instant cleared{};
  base::Instant begun{};
  serve([&](SocketPeer& app, const json::object& message) {
    const auto& event = message.at("event").as_string();
    if (event == "start") {
      begun = simulation->loop().now();
      send_tone(app, sid_of(message), 1s);
      app.send(mark_message(sid_of(message), "one second"));
      send_tone(app, sid_of(message), 2s);
      app.send(mark_message(sid_of(message), "never"));
    }
    if (event == "mark" && message.at("mark").at("name").as_string() == "one second") {
      cleared = simulation->loop().now();
      app.send(clear_message(sid_of(message)));
    }
  });
  const std::string sid = place(connect, R"({"script":[{"after_ms":5000,"hang_up":true}]})");
  settle();
  EXPECT_NEAR(static_cast<double>(base::to_ms(cleared - begun)), 1000, 60);
  EXPECT_GE(tone_heard(sid), 980ms);
  EXPECT_LE(tone_heard(sid), 1040ms) << "40 ms after the clear at most";
  const auto marks = received("mark");
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[1].at("mark").at("name").as_string(), "never") << "clear gives all marks back";
}

TEST_F(Streams, ALongTextInOneMessageIsPlayedWithoutGaps) {
  serve([](SocketPeer& app, const json::object& message) {
    if (message.at("event").as_string() != "start") return;
    media::ToneGenerator generator(media::sine(440), media::narrowband);
    std::vector<media::Sample> samples(8000 * 10);
    generator.fill(samples);
    std::vector<std::byte> codes;
    for (const media::Sample sample : samples) codes.push_back(media::to_mulaw(sample));
    app.send(media_message(sid_of(message), codes));
    app.send(mark_message(sid_of(message), "end"));
  });
  const std::string sid = place(connect, R"({"script":[{"after_ms":12000,"hang_up":true}]})");
  settle();
  EXPECT_NEAR(static_cast<double>(base::to_ms(tone_heard(sid))), 10'000, 30);
  EXPECT_EQ(received("mark").size(), 1U);
}

TEST_F(Streams, TheHandshakeIsSignedAndTheStartSaysWhoCalls) {
  serve();
  const std::string sid = place(
      std::string("<Connect><Stream url=\"") + url +
          "\" name=\"mine\"><Parameter name=\"who\" value=\"Ann\"/></Stream></Connect>",
      R"({"script":[{"after_ms":1000,"hang_up":true}]})"
  );
  settle();
  const identity::TwilioSigner signer(simulation->keys().auth_token);
  const auto signature = peer().request().headers.get("X-Twilio-Signature");
  EXPECT_TRUE(signer.verify(url, {}, signature.value_or("")));
  const auto start = received("start");
  ASSERT_EQ(start.size(), 1U);
  EXPECT_EQ(start[0].at("start").at("callSid").as_string(), sid);
  EXPECT_EQ(start[0].at("start").at("customParameters").at("who").as_string(), "Ann");
  EXPECT_TRUE(base::is_sid(sid_of(start[0]), "MZ"));
  EXPECT_EQ(
      peer().received.front(), R"({"event":"connected","protocol":"Call","version":"1.0.0"})"
  );
}

TEST_F(Streams, TheEndOfTheCallIsToldAndTheSocketClosedWith1000) {
  serve();
  place(connect, R"({"script":[{"after_ms":1000,"hang_up":true}]})");
  settle();
  EXPECT_EQ(json::parse(peer().received.back())->at("event").as_string(), "stop");
  EXPECT_EQ(peer().closed_with, 1000);
}

TEST_F(Streams, TheDocumentGoesOnWhenTheApplicationCloses) {
  serve([](SocketPeer& app, const json::object& message) {
    if (message.at("event").as_string() != "start") return;
    send_tone(app, sid_of(message), 2s);
    app.close(1000);
  });
  const std::string sid = place(connect + "<Say>Goodbye</Say>", "{}");
  settle();
  EXPECT_EQ(texts_heard(sid), std::vector<std::string>{"Goodbye"});
  EXPECT_LT(tone_heard(sid), 200ms) << "what it had sent ends with its socket";
  EXPECT_EQ(notes(sid, "stream.error"), std::vector<std::string>{});
}

TEST_F(Streams, KeysAreToldToTheApplication) {
  serve();
  place(connect, R"({"script":[{"after_ms":1000,"press":"4#"},{"after_ms":1000,"hang_up":true}]})");
  settle();
  const auto keys = received("dtmf");
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].at("dtmf").at("digit").as_string(), "4");
  EXPECT_EQ(keys[1].at("dtmf").at("digit").as_string(), "#");
}

TEST_F(Streams, WrongMessagesAreNotedAndTheStreamGoesOn) {
  serve([](SocketPeer& app, const json::object& message) {
    if (message.at("event").as_string() != "start") return;
    app.send("no json");
    app.send(R"({"event":"dance","streamSid":")" + sid_of(message) + "\"}");
    for (int i = 0; i < 100; ++i) app.send("again");
    send_tone(app, sid_of(message), 500ms);
  });
  const std::string sid = place(connect, R"({"script":[{"after_ms":2000,"hang_up":true}]})");
  settle();
  const auto errors = notes(sid, "stream.error");
  ASSERT_EQ(errors.size(), 20U) << "and then no more";
  EXPECT_EQ(errors[0], "31950");
  EXPECT_EQ(errors[1], "31951");
  EXPECT_GE(tone_heard(sid), 480ms);
}

TEST_F(Streams, ASocketThatCannotBeHadIsAnErrorWithItsCodeAndTheNextVerbRuns) {
  const std::pair<http::WebSocketFailure, std::string> cases[] = {
      {http::WebSocketFailure::timeout, "31901"},
      {http::WebSocketFailure::refused, "31902"},
      {http::WebSocketFailure::bad_host, "31904"},
      {http::WebSocketFailure::egress_denied, "31904"},
      {http::WebSocketFailure::tls, "31910"},
      {http::WebSocketFailure::handshake, "31920"},
      {http::WebSocketFailure::bad_scheme, "31922"},
      {http::WebSocketFailure::bad_url, "31923"},
      {http::WebSocketFailure::failed, "31960"},
  };
  for (const auto& [failure, code] : cases) {
    simulation->sockets().fail(url, failure);
    const std::string sid = place(connect + "<Say>Sorry</Say>", "{}");
    settle();
    EXPECT_EQ(notes(sid, "stream.error"), std::vector<std::string>{code});
    EXPECT_EQ(notifications_of(sid), std::vector<std::string>{code});
    EXPECT_EQ(texts_heard(sid), std::vector<std::string>{"Sorry"});
  }
}

TEST_F(Streams, ASocketThatBreaksIs31921AndAProtocolErrorIs31924) {
  for (const auto& [ending, code] : {std::pair{1006, "31921"}, {1011, "31921"}, {1002, "31924"}}) {
    serve([close = ending](SocketPeer& app, const json::object& message) {
      if (message.at("event").as_string() == "start") app.close(close);
    });
    const std::string sid = place(connect + "<Say>Sorry</Say>", "{}");
    settle();
    EXPECT_EQ(notes(sid, "stream.error"), std::vector<std::string>{code});
    EXPECT_EQ(notifications_of(sid), std::vector<std::string>{code});
    EXPECT_EQ(texts_heard(sid), std::vector<std::string>{"Sorry"});
  }
}

TEST_F(Streams, TheStatusCallbackHearsOfBeginAndEnd) {
  simulation->web().serve("http://app.test", [](const http::ClientRequest&) {
    return WebAnswer{.body = ""};
  });
  serve();
  const std::string stream = std::string("<Stream url=\"") + url +
                             "\" name=\"mine\" statusCallback=\"http://app.test/stream\"/>";
  const std::string sid = place(
      "<Connect>" + stream + "</Connect>", R"({"script":[{"after_ms":1000,"hang_up":true}]})"
  );
  settle();
  const auto& calls = simulation->web().received("http://app.test");
  ASSERT_EQ(calls.size(), 2U);
  const http::Form first = *http::Form::parse(calls[0].request.body);
  const http::Form second = *http::Form::parse(calls[1].request.body);
  EXPECT_EQ(first.value_or("StreamEvent", ""), "stream-started");
  EXPECT_EQ(first.value_or("StreamName", ""), "mine");
  EXPECT_EQ(first.value_or("CallSid", ""), sid);
  EXPECT_EQ(first.value_or("StreamSid", ""), sid_of(received("start")[0]));
  EXPECT_EQ(second.value_or("StreamEvent", ""), "stream-stopped");
  EXPECT_TRUE(calls[0].request.headers.has("X-Twilio-Signature"));
}

TEST_F(Streams, AFailedStreamIsReportedAsAnError) {
  simulation->web().serve("http://app.test", [](const http::ClientRequest&) {
    return WebAnswer{.body = ""};
  });
  simulation->sockets().fail(url, http::WebSocketFailure::refused);
  place(
      std::string("<Connect><Stream url=\"") + url +
          "\" statusCallback=\"http://app.test/stream\" statusCallbackMethod=\"GET\"/></Connect>",
      "{}"
  );
  settle();
  const auto& calls = simulation->web().received("http://app.test");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_TRUE(calls[0].request.url.contains("StreamEvent=stream-error"));
  EXPECT_TRUE(calls[0].request.url.contains("StreamError=31902"));
}

TEST_F(Streams, ANewProgramEndsTheStreamOfTheOld) {
  serve([](SocketPeer& app, const json::object& message) {
    if (message.at("event").as_string() == "start") send_tone(app, sid_of(message), 1min);
  });
  const std::string sid = place(connect, "{}");
  ASSERT_TRUE(simulation->run_until([&] { return !simulation->sockets().peers().empty(); }, 10s));
  simulation->run_for(1s);
  simulation->system().switchboard().find(sid)->redirect(
      {"twiml", {{"twiml", "<Response><Say>Something else</Say></Response>"}}}
  );
  settle();
  EXPECT_EQ(peer().closed_with, 1000);
  EXPECT_EQ(texts_heard(sid), std::vector<std::string>{"Something else"});
  EXPECT_LT(tone_heard(sid), 1200ms);
}

}  // namespace
}  // namespace belfry::server::simulation
