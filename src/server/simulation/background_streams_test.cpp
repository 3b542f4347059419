#include "server/simulation/streams_scene.hpp"

/// `<Start><Stream>`, `<Stop><Stream>` and the same by REST: the application listens.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

struct BackgroundStreams : StreamsScene {
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
  EXPECT_EQ(code(sid + "/Siprec.json", "ConnectorName=archive"), 20001) << "there is none";
  EXPECT_EQ(code(sid + "/Siprec.json", "ConnectorName=archive&Track=all"), 31941);
  EXPECT_EQ(code(sid + "/Siprec/mine.json", "Status=stopped"), 20404);
  settle();
  EXPECT_EQ(code(sid + "/Streams.json", form), 21220) << "the call is over";
}

}  // namespace
}  // namespace belfry::server::simulation
