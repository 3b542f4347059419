#include "base/encoding.hpp"
#include "media/g711.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// Media streams of a whole server: a simulated phone, and an application at the other end of a
/// WebSocket.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
namespace json = base::json;

constexpr const char* phone = "+14155550001";
constexpr const char* url = "wss://app.test/media";

struct Streams : testing::Test {
  Streams() {
    Config config = Simulation::quiet_config();
    config.data = folder.path();
    simulation.emplace(Simulation::Settings{.seed = 5, .config = std::move(config)});
  }

  std::string place(const std::string& verbs, std::string_view script) {
    simulation->phones().phone(phone).set_behaviour(behaviour(script));
    call::PlaceCall call;
    call.to = *call::Party::parse(phone);
    call.from = "+14155559999";
    call.program = {"twiml", {{"twiml", "<Response>" + verbs + "</Response>"}}};
    return simulation->wait(simulation->system().switchboard().place(std::move(call)))->sid;
  }
  void settle() {
    ASSERT_TRUE(simulation->settle(5min));
    simulation->run_for(1s);
  }
  /// The application: `hear` gets every message, parsed.
  void serve(std::function<void(SocketPeer&, const json::object&)> hear = {}) {
    simulation->sockets().serve(url, [hear](SocketPeer& peer) {
      peer.on_message = [hear](SocketPeer& from, const std::string& text) {
        const json::value message = *json::parse(text);
        if (hear) hear(from, message.as_object());
      };
    });
  }
  SocketPeer& peer(std::size_t index = 0) { return *simulation->sockets().peers().at(index); }
  std::vector<json::object> received(std::string_view event, std::size_t index = 0) {
    std::vector<json::object> found;
    for (const std::string& text : peer(index).received) {
      json::value message = *json::parse(text);
      if (message.at("event").as_string() == event) found.push_back(message.as_object());
    }
    return found;
  }
  static std::string sid_of(const json::object& message) {
    return std::string(message.at("streamSid").as_string());
  }
  static std::string media_message(const std::string& sid, std::span<const std::byte> codes) {
    return json::serialize(json::object{
        {"event", "media"}, {"streamSid", sid}, {"media", {{"payload", base::to_base64(codes)}}}
    });
  }
  static std::string mark_message(const std::string& sid, std::string_view name) {
    return json::serialize(
        json::object{{"event", "mark"}, {"streamSid", sid}, {"mark", {{"name", name}}}}
    );
  }
  static std::string clear_message(const std::string& sid) {
    return json::serialize(json::object{{"event", "clear"}, {"streamSid", sid}});
  }
  /// 20 ms pieces, as applications send them.
  static void send_tone(SocketPeer& to, const std::string& sid, base::Duration length) {
    media::ToneGenerator generator(media::sine(440), media::narrowband);
    for (base::Duration sent{0}; sent < length; sent += 20ms) {
      std::array<media::Sample, 160> samples{};
      generator.fill(samples);
      std::vector<std::byte> codes;
      for (const media::Sample sample : samples) codes.push_back(media::to_mulaw(sample));
      to.send(media_message(sid, codes));
    }
  }
  std::vector<std::string> notes(const std::string& sid, const std::string& type) {
    std::vector<std::string> found;
    for (const call::EventRecord& event : simulation->events(sid)) {
      if (event.type != type) continue;
      const auto* code = event.data.if_contains("code");
      found.push_back(code == nullptr ? type : std::to_string(code->as_int64()));
    }
    return found;
  }
  /// How long the phone heard 440 Hz, by pieces of 5 ms.
  base::Duration tone_heard(const std::string& sid) {
    const auto clip = media::read_audio_file(simulation->phones().heard_file(sid));
    EXPECT_TRUE(clip) << (clip ? "" : clip.error().message);
    if (!clip) return base::Duration(0);
    const std::size_t piece = media::samples_in(10ms, clip->rate);
    base::Duration heard{0};
    for (std::size_t at = 0; at + piece <= clip->samples.size(); at += piece) {
      const auto part = std::span(clip->samples).subspan(at, piece);
      if (media::tone_level_dbov(part, clip->rate, 440) > -25) heard += 10ms;
    }
    return heard;
  }
  std::vector<std::string> texts_heard(const std::string& sid) {
    std::vector<std::string> texts;
    for (const call::EventRecord& event : simulation->events(sid))
      if (event.type == "speech.started") texts.emplace_back(event.data.at("text").as_string());
    return texts;
  }

  DataFolder folder;
  std::optional<Simulation> simulation;
  const std::string connect = std::string("<Connect><Stream url=\"") + url + "\"/></Connect>";
};

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

// --- In the background ---

struct BackgroundStreams : Streams {
  static std::string stream(const std::string& attributes) {
    return std::string("<Stream url=\"") + url + "\" " + attributes + "/>";
  }
};

TEST_F(BackgroundStreams, BothTracksAreToldApartAndTheDocumentGoesOn) {
  serve();
  const std::string sid = place(
      "<Start>" + stream(R"(track="both_tracks")") +
          "</Start><Say>Good morning</Say><Pause length=\"3\"/>",
      R"({"script":[{"after_ms":500,"tone_hz":440,"ms":1000},{"after_ms":2000,"hang_up":true}]})"
  );
  settle();
  EXPECT_EQ(texts_heard(sid), std::vector<std::string>{"Good morning"});
  const auto start = received("start");
  ASSERT_EQ(start.size(), 1U);
  EXPECT_EQ(json::serialize(start[0].at("start").at("tracks")), R"(["inbound","outbound"])");
  std::map<std::string, std::uint64_t> chunks;
  std::uint64_t sequence = 1;
  for (const json::object& message : received("media")) {
    const std::string track(message.at("media").at("track").as_string());
    EXPECT_EQ(message.at("media").at("chunk").as_string(), std::to_string(++chunks[track]));
    EXPECT_EQ(message.at("sequenceNumber").as_string(), std::to_string(++sequence));
  }
  EXPECT_GT(chunks["inbound"], 100U);
  EXPECT_GT(chunks["outbound"], 20U);
  EXPECT_EQ(json::parse(peer().received.back())->at("event").as_string(), "stop");
  EXPECT_EQ(peer().closed_with, 1000);
}

TEST_F(BackgroundStreams, WhatTheApplicationSendsIsNotHeard) {
  serve([](SocketPeer& app, const json::object& message) {
    if (message.at("event").as_string() == "start") send_tone(app, sid_of(message), 1s);
  });
  const std::string sid = place(
      "<Start>" + stream("") + "</Start><Pause length=\"3\"/>",
      R"({"script":[{"after_ms":2000,"hang_up":true}]})"
  );
  settle();
  EXPECT_EQ(tone_heard(sid), 0ms);
  EXPECT_EQ(notes(sid, "stream.error").front(), "31951");
}

TEST_F(BackgroundStreams, StopEndsTheStreamOfThatNameAndNoOther) {
  serve();
  const std::string sid = place(
      "<Start>" + stream(R"(name="a")") + stream(R"(name="b")") +
          "</Start><Pause length=\"1\"/><Stop><Stream name=\"a\"/></Stop><Pause length=\"2\"/>",
      "{}"
  );
  ASSERT_TRUE(simulation->run_until([&] { return simulation->sockets().peers().size() == 2; }, 10s)
  );
  simulation->run_for(2s);
  EXPECT_EQ(peer(0).closed_with, 1000);
  EXPECT_EQ(peer(1).closed_with, 0);
  settle();
  EXPECT_EQ(peer(1).closed_with, 1000);
}

TEST_F(BackgroundStreams, ACallHasFourAtMostAndEachNameOnce) {
  serve();
  const std::string sid = place(
      "<Start>" + stream(R"(name="a")") + stream(R"(name="a")") + stream("") + stream("") +
          stream("") + stream("") + "</Start><Pause length=\"1\"/>",
      "{}"
  );
  settle();
  EXPECT_EQ(simulation->sockets().peers().size(), 4U);
  EXPECT_EQ(notes(sid, "twiml.warning"), (std::vector<std::string>{"31960", "31960"}));
}

TEST_F(BackgroundStreams, RestStartsAndStopsThemAndAnswersAsThePageSays) {
  serve();
  const std::string sid = place("<Pause length=\"10\"/>", "{}");
  simulation->run_for(3s);
  const std::string calls = "/2010-04-01/Accounts/" + simulation->keys().account_sid + "/Calls/";
  const std::string credentials =
      simulation->keys().account_sid + ":" + simulation->keys().auth_token;
  const auto post = [&](const std::string& path, const std::string& form) {
    const http::Response response = simulation->request(
        "POST", calls + path, form,
        {{"Authorization", "Basic " + base::to_base64(base::as_bytes(credentials))},
         {"Content-Type", "application/x-www-form-urlencoded"}}
    );
    json::object body = json::parse(response.body)->as_object();
    body["http"] = response.status;
    return body;
  };
  const auto code = [&](const std::string& path, const std::string& form) {
    return post(path, form).at("code").as_int64();
  };
  const std::string form = "Url=wss%3A%2F%2Fapp.test%2Fmedia";
  const json::object started =
      post(sid + "/Streams.json", form + "&Name=mine&Parameter1.Name=who&Parameter1.Value=Ann");
  EXPECT_EQ(started.at("http").as_int64(), 200);
  EXPECT_EQ(started.at("status").as_string(), "in-progress");
  EXPECT_EQ(started.at("name").as_string(), "mine");
  EXPECT_EQ(started.at("call_sid").as_string(), sid);
  simulation->run_for(500ms);
  EXPECT_EQ(received("start")[0].at("start").at("customParameters").at("who").as_string(), "Ann");
  EXPECT_EQ(received("start")[0].at("streamSid").as_string(), started.at("sid").as_string());

  const json::object stopped = post(sid + "/Streams/mine.json", "Status=stopped");
  EXPECT_EQ(stopped.at("status").as_string(), "stopped");
  EXPECT_EQ(stopped.at("sid").as_string(), started.at("sid").as_string());
  simulation->run_for(500ms);
  EXPECT_EQ(peer().closed_with, 1000);

  EXPECT_EQ(code(sid + "/Streams/mine.json", "Status=stopped"), 20404) << "it is gone";
  EXPECT_EQ(code(sid + "/Streams.json", ""), 20001);
  EXPECT_EQ(code(sid + "/Streams.json", "Url=https%3A%2F%2Fapp.test"), 31922);
  EXPECT_EQ(code(sid + "/Streams.json", form + "&Track=all"), 31941);
  EXPECT_EQ(code("CA" + std::string(32, '0') + "/Streams.json", form), 20404);
  EXPECT_EQ(code(sid + "/UserDefinedMessages.json", "Content=%7B%7D"), 21220);
  EXPECT_EQ(code(sid + "/UserDefinedMessages.json", "Content=no+json"), 20422);
  EXPECT_EQ(code(sid + "/UserDefinedMessages.json", ""), 20001);
  EXPECT_EQ(
      code(sid + "/UserDefinedMessageSubscriptions.json", "Callback=http%3A%2F%2Fapp.test"), 21220
  );
  EXPECT_EQ(code(sid + "/Siprec.json", ""), 20001);
  EXPECT_EQ(code(sid + "/Transcriptions.json", ""), 20001);
  settle();
  EXPECT_EQ(code(sid + "/Streams.json", form), 21220) << "the call is over";
}

}  // namespace
}  // namespace belfry::server::simulation
