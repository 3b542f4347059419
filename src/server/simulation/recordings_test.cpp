#include "base/encoding.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/simulation.hpp"

/// Calls that are recorded by documents and by the API, on virtual time.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

constexpr const char* callee = "+15005550010";
constexpr const char* app = "http://app.test";

struct RecordedCall : testing::Test {
  explicit RecordedCall(RecordingNotice notice = RecordingNotice::off) {
    Config config = Simulation::quiet_config();
    config.data = folder.path();
    config.recording.notice = notice;
    simulation.emplace(Simulation::Settings{.seed = 5, .config = std::move(config)});
    simulation->web().serve(app, [this](const http::ClientRequest& request) {
      const std::string path = request.url.substr(std::string(app).size());
      const auto found = documents.find(path);
      WebAnswer answer;
      answer.body = found == documents.end() ? "<Response/>" : found->second;
      return answer;
    });
  }

  std::string path(std::string_view rest) const {
    return "/2010-04-01/Accounts/" + simulation->keys().account_sid + std::string(rest);
  }
  http::Response rest(
      const std::string& method, std::string_view target, const std::string& form = {},
      std::vector<std::pair<std::string, std::string>> headers = {}
  ) {
    const std::string user = simulation->keys().account_sid + ":" + simulation->keys().auth_token;
    headers.emplace_back("Authorization", "Basic " + base::to_base64(base::as_bytes(user)));
    if (!form.empty()) headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return simulation->request(method, path(target), form, headers);
  }
  base::json::object json(const http::Response& response) {
    auto parsed = base::json::parse(response.body);
    EXPECT_TRUE(parsed && parsed->is_object()) << response.status << " " << response.body;
    return parsed && parsed->is_object() ? parsed->get_object() : base::json::object();
  }
  static std::string text(const base::json::object& from, std::string_view key) {
    const auto* member = from.if_contains(key);
    if (member == nullptr || member->is_null()) return "(null)";
    return member->is_string() ? std::string(member->get_string()) : base::json::serialize(*member);
  }
  /// @return the call's SID.
  std::string call(const std::string& behaviour, const std::string& terms = {}) {
    auto parsed = sim::Behaviour::from_json(base::json::parse(behaviour)->as_object());
    EXPECT_TRUE(parsed);
    simulation->phones().phone(callee).set_behaviour(std::move(*parsed));
    const auto placed = rest(
        "POST", "/Calls.json",
        "To=%2B15005550010&From=%2B15005550006&Url=http%3A%2F%2Fapp.test%2Fvoice" + terms
    );
    EXPECT_EQ(placed.status, 201) << placed.body;
    return text(json(placed), "sid");
  }
  /// What was told to a path of the application, oldest first.
  std::vector<http::Form> told(std::string_view path_of_app) {
    std::vector<http::Form> all;
    for (const auto& received : simulation->web().received(app)) {
      if (received.request.url == app + std::string(path_of_app))
        all.push_back(http::Form::parse(received.request.body).value_or(http::Form()));
    }
    return all;
  }
  static std::string field(const http::Form& form, std::string_view name) {
    return std::string(form.get(name).value_or("(absent)"));
  }
  media::PcmClip sound(const std::string& sid) {
    const auto file = rest("GET", "/Recordings/" + sid + ".wav");
    EXPECT_EQ(file.status, 200) << file.body.substr(0, 200);
    auto clip = media::read_audio(base::as_bytes(file.body));
    EXPECT_TRUE(clip);
    return clip ? std::move(*clip) : media::PcmClip();
  }
  static double seconds(const media::PcmClip& clip) {
    return std::chrono::duration<double>(clip.duration()).count();
  }
  static double share(const media::PcmClip& clip, double from, double to, double hz) {
    const auto at = [&](double second) {
      return static_cast<std::size_t>(second * static_cast<double>(clip.rate.hz));
    };
    if (at(to) > clip.samples.size()) return 0;
    const auto part = std::span(clip.samples).subspan(at(from), at(to) - at(from));
    return media::tone_share(part, clip.rate, hz);
  }

  DataFolder folder;
  std::map<std::string, std::string> documents;
  std::optional<Simulation> simulation;
};

TEST_F(RecordedCall, AMessageIsRecordedTrimmedAndHandedToTheAction) {
  documents["/voice"] =
      R"(<Response><Record timeout="3" action="/after" recordingStatusCallback="/status"
         recordingStatusCallbackEvent="in-progress completed" transcribeCallback="/words"/></Response>)";
  documents["/after"] = "<Response><Hangup/></Response>";
  call(R"({"script":[{"after_ms":2500,"tone_hz":440,"ms":2000}]})");
  ASSERT_TRUE(simulation->settle(2min));
  const auto after = told("/after");
  ASSERT_EQ(after.size(), 1U);
  const std::string sid = field(after[0], "RecordingSid");
  EXPECT_TRUE(field(after[0], "RecordingUrl").ends_with(path("/Recordings/" + sid)));
  EXPECT_EQ(field(after[0], "RecordingDuration"), "2");
  EXPECT_EQ(field(after[0], "Digits"), "(absent)");
  const media::PcmClip clip = sound(sid);
  EXPECT_NEAR(seconds(clip), 2.08, 0.05) << "silence is trimmed";
  EXPECT_GT(share(clip, 0.2, 1.8, 440), 0.9);

  const auto status = told("/status");
  ASSERT_EQ(status.size(), 2U);
  EXPECT_EQ(field(status[0], "RecordingStatus"), "in-progress");
  EXPECT_EQ(field(status[1], "RecordingStatus"), "completed");
  EXPECT_EQ(field(status[1], "RecordingSid"), sid);
  EXPECT_EQ(field(status[1], "RecordingDuration"), "2");
  EXPECT_EQ(field(status[1], "RecordingChannels"), "1");
  EXPECT_EQ(field(status[1], "RecordingSource"), "RecordVerb");
  const auto words = told("/words");
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(field(words[0], "TranscriptionStatus"), "completed");
  EXPECT_EQ(field(words[0], "TranscriptionText"), "(blank)") << "a tone is no word";
  EXPECT_EQ(field(words[0], "RecordingSid"), sid);
  const auto row = json(rest("GET", "/Recordings/" + sid + ".json"));
  EXPECT_EQ(text(row, "status"), "completed");
  EXPECT_EQ(text(row, "duration"), "2");
  EXPECT_EQ(text(row, "source"), "RecordVerb");
}

TEST_F(RecordedCall, AKeyEndsAMessageAndIsNamed) {
  documents["/voice"] =
      R"(<Response><Record finishOnKey="#" playBeep="false" action="/after"/></Response>)";
  call(R"({"script":[{"after_ms":500,"tone_hz":440,"ms":1000},{"press":"1#"}]})");
  ASSERT_TRUE(simulation->settle(2min));
  const auto after = told("/after");
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(field(after[0], "Digits"), "#");
}

TEST_F(RecordedCall, WhoHangsUpHasLeftAMessageAllTheSame) {
  documents["/voice"] = R"(<Response><Record action="/after"/><Say>never</Say></Response>)";
  const std::string sid = call(
      R"({"script":[{"after_ms":1500,"tone_hz":440,"ms":2000},{"hang_up":true}]})",
      "&StatusCallback=http%3A%2F%2Fapp.test%2Fended"
  );
  ASSERT_TRUE(simulation->settle(2min));
  const auto after = told("/after");
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(field(after[0], "Digits"), "hangup");
  EXPECT_EQ(field(after[0], "CallStatus"), "completed");
  EXPECT_EQ(field(after[0], "CallSid"), sid);
  EXPECT_NEAR(seconds(sound(field(after[0], "RecordingSid"))), 2.05, 0.1);
  EXPECT_EQ(told("/ended").size(), 1U);
}

TEST_F(RecordedCall, SilenceAloneIsNoMessage) {
  documents["/voice"] =
      R"(<Response><Record timeout="2" action="/after" recordingStatusCallback="/status"
         recordingStatusCallbackEvent="absent completed"/><Redirect>/next</Redirect></Response>)";
  call("{}");
  ASSERT_TRUE(simulation->settle(2min));
  EXPECT_TRUE(told("/after").empty());
  EXPECT_EQ(told("/next").size(), 1U);
  const auto status = told("/status");
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(field(status[0], "RecordingStatus"), "absent");
  EXPECT_EQ(field(status[0], "ErrorCode"), "16102");
}

TEST_F(RecordedCall, AWholeCallIsRecordedOnTwoChannelsAndItsEndTellsOfIt) {
  documents["/voice"] = R"(<Response><Play digits="5"/><Pause length="8"/></Response>)";
  const std::string sid = call(
      R"({"script":[{"after_ms":2000,"tone_hz":440,"ms":2000}]})",
      "&Record=true&RecordingChannels=dual&Trim=do-not-trim&StatusCallback=http%3A%2F%2Fapp.test"
      "%2Fended&RecordingStatusCallback=http%3A%2F%2Fapp.test%2Fstatus"
  );
  ASSERT_TRUE(simulation->settle(2min));
  const auto ended = told("/ended");
  ASSERT_EQ(ended.size(), 1U);
  const std::string recording = field(ended[0], "RecordingSid");
  EXPECT_TRUE(field(ended[0], "RecordingUrl").ends_with(recording));
  EXPECT_NEAR(std::stod(field(ended[0], "RecordingDuration")), 8, 1);
  const auto status = told("/status");
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(field(status[0], "RecordingSource"), "OutboundAPI");
  EXPECT_EQ(field(status[0], "RecordingChannels"), "2");
  const auto list = json(rest("GET", "/Calls/" + sid + "/Recordings.json"));
  ASSERT_EQ(list.at("recordings").as_array().size(), 1U);

  const auto mixed = rest("GET", "/Recordings/" + recording + ".wav?RequestedChannels=1");
  const auto dual = rest("GET", "/Recordings/" + recording);
  EXPECT_EQ(dual.headers.get("Content-Type"), "audio/x-wav");
  EXPECT_EQ(dual.body.size() - 44, 2 * (mixed.body.size() - 44));
  EXPECT_EQ(dual.body[22], 2);
  const auto part =
      rest("GET", "/Recordings/" + recording + ".wav", {}, {{"Range", "bytes=100001-200000"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, dual.body.substr(100'001, 100'000));
  const auto part_of_mixed = rest(
      "GET", "/Recordings/" + recording + ".wav?RequestedChannels=1", {},
      {{"Range", "bytes=41-50001"}}
  );
  EXPECT_EQ(part_of_mixed.body, mixed.body.substr(41, 49'961));
  const auto mp3 = rest("GET", "/Recordings/" + recording + ".mp3?Download=true");
  EXPECT_EQ(mp3.headers.get("Content-Type"), "audio/mpeg");
  EXPECT_TRUE(mp3.headers.get("Content-Disposition")->contains(recording + ".mp3"));
  const auto decoded = media::read_audio(base::as_bytes(mp3.body));
  ASSERT_TRUE(decoded);
  EXPECT_NEAR(seconds(*decoded), seconds(*media::read_audio(base::as_bytes(dual.body))), 0.2);
}

struct AnnouncedRecording : RecordedCall {
  AnnouncedRecording() : RecordedCall(RecordingNotice::beep) {}
};

TEST_F(AnnouncedRecording, IsToldToThePartyByATone) {  // rule P3
  documents["/voice"] = R"(<Response><Pause length="3"/></Response>)";
  call(
      R"({"on_call":"answer"})",
      "&Record=true&Trim=do-not-trim&StatusCallback=http%3A%2F%2Fapp.test%2Fended"
  );
  ASSERT_TRUE(simulation->settle(2min));
  const auto ended = told("/ended");
  ASSERT_EQ(ended.size(), 1U);
  const media::PcmClip clip = sound(field(ended[0], "RecordingSid"));
  EXPECT_GT(share(clip, 0.05, 0.2, 1000), 0.9);
  EXPECT_LT(share(clip, 1, 2, 1000), 0.1) << "only at the beginning";
}

TEST_F(RecordedCall, IsPausedResumedAndStoppedThroughTheApi) {
  documents["/voice"] = R"(<Response><Pause length="30"/></Response>)";
  const std::string sid = call(R"({"script":[{"after_ms":100,"tone_hz":440,"ms":20000}]})");
  EXPECT_EQ(rest("POST", "/Calls/" + sid + "/Recordings.json", "Trim=do-not-trim").status, 400)
      << "not in progress yet: 21220";
  simulation->run_for(3s);
  const auto started = json(rest("POST", "/Calls/" + sid + "/Recordings.json", "Trim=do-not-trim"));
  const std::string recording = text(started, "sid");
  EXPECT_EQ(text(started, "status"), "in-progress");
  EXPECT_EQ(text(started, "duration"), "(null)");
  EXPECT_EQ(text(started, "track"), "both");
  const auto again = json(rest("POST", "/Calls/" + sid + "/Recordings.json", "Trim=do-not-trim"));
  EXPECT_EQ(text(again, "code"), "16108");
  simulation->run_for(2s);
  EXPECT_GT(seconds(sound(recording)), 1.0) << "it can be heard while it runs";
  const std::string current = "/Calls/" + sid + "/Recordings/Twilio.CURRENT.json";
  EXPECT_EQ(
      text(json(rest("POST", current, "Status=paused&PauseBehavior=skip")), "status"), "paused"
  );
  EXPECT_EQ(text(json(rest("POST", current, "Status=paused")), "code"), "21220");
  simulation->run_for(5s);
  EXPECT_EQ(text(json(rest("POST", current, "Status=in-progress")), "status"), "in-progress");
  simulation->run_for(1s);
  EXPECT_EQ(rest("DELETE", "/Recordings/" + recording + ".json").status, 400) << "20009";
  EXPECT_EQ(text(json(rest("POST", current, "Status=stopped")), "status"), "stopped");
  simulation->run_for(1s);
  EXPECT_NEAR(seconds(sound(recording)), 3, 0.05);
  EXPECT_EQ(text(json(rest("POST", current, "Status=stopped")), "code"), "20404");
  EXPECT_EQ(
      text(json(rest("GET", "/Recordings/" + recording + ".wav?RequestedChannels=2")), "code"),
      "16113"
  );
  EXPECT_EQ(rest("DELETE", "/Recordings/" + recording + ".json").status, 204);
  EXPECT_EQ(rest("GET", "/Recordings/" + recording + ".json").status, 404);
  EXPECT_EQ(rest("GET", "/Recordings/" + recording + ".wav").status, 404);
  EXPECT_EQ(json(rest("GET", "/Recordings.json")).at("recordings").as_array().size(), 0U);
}

TEST_F(RecordedCall, RunsInTheBackgroundFromStartToStop) {
  documents["/voice"] =
      R"(<Response><Start><Recording channels="dual" recordingStatusCallback="/status"/></Start>
         <Pause length="4"/><Stop><Recording/></Stop><Pause length="3"/></Response>)";
  call("{}");
  ASSERT_TRUE(simulation->settle(2min));
  const auto status = told("/status");
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(field(status[0], "RecordingSource"), "StartCallRecordingTwiML");
  EXPECT_EQ(field(status[0], "RecordingDuration"), "4");
}

TEST_F(RecordedCall, IsNoFileThatShowsItsSoundAndIsRemovedInTime) {  // rules P4, P5
  documents["/voice"] = R"(<Response><Record timeout="2" action="/after"/></Response>)";
  call(R"({"script":[{"after_ms":2000,"tone_hz":440,"ms":1000}]})");
  ASSERT_TRUE(simulation->settle(2min));
  const std::string sid = field(told("/after").at(0), "RecordingSid");
  const std::filesystem::path file = std::filesystem::path(folder.path()) / "recordings" / sid;
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".wav"));
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".sealed"));
  simulation->run_for(31 * 24h);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".sealed"));
  EXPECT_EQ(rest("GET", "/Recordings/" + sid + ".wav").status, 404);
}

TEST_F(RecordedCall, OutlivesTheProcessThatMadeIt) {  // rule R8
  documents["/voice"] = R"(<Response><Pause length="60"/></Response>)";
  const std::string sid = call(
      R"({"script":[{"after_ms":100,"tone_hz":440,"ms":50000}]})",
      "&Record=true&Trim=do-not-trim&RecordingStatusCallback=http%3A%2F%2Fapp.test%2Fstatus"
  );
  simulation->run_for(12s);
  simulation->crash_and_restart(2s);
  ASSERT_TRUE(simulation->settle(3min));
  const auto status = told("/status");
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(field(status[0], "RecordingStatus"), "completed");
  const auto clip = sound(field(status[0], "RecordingSid"));
  EXPECT_GT(seconds(clip), 9);
  EXPECT_GT(share(clip, 3, 8, 440), 0.9);
  const auto leg = json(rest("GET", "/Calls/" + sid + ".json"));
  EXPECT_EQ(text(leg, "status"), "completed");
}

TEST_F(RecordedCall, WhatWasToBeWrittenDownIsAlsoAfterACrash) {
  documents["/voice"] =
      R"(<Response><Record timeout="10" transcribeCallback="/words"/></Response>)";
  call(R"({"script":[{"after_ms":2500,"say":"hello how are you"}]})");
  simulation->run_for(8s);
  simulation->crash_and_restart(2s);
  ASSERT_TRUE(simulation->settle(3min));
  const auto words = told("/words");
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(field(words[0], "TranscriptionStatus"), "completed");
  EXPECT_EQ(field(words[0], "TranscriptionText"), "hello how are you");
  const std::string sid = field(words[0], "TranscriptionSid");
  EXPECT_EQ(rest("GET", "/Transcriptions/" + sid + ".json").status, 200);
  simulation->run_for(31 * 24h);
  EXPECT_EQ(rest("GET", "/Transcriptions/" + sid + ".json").status, 404) << "rule P5";
}

TEST_F(RecordedCall, WhatWasNotSaidIsNotWrittenDown) {
  documents["/voice"] = R"(<Response><Record timeout="2" transcribeCallback="/words"/></Response>)";
  call(R"({"script":[]})");
  ASSERT_TRUE(simulation->settle(3min));
  EXPECT_EQ(told("/words").size(), 0U) << "the recording is absent";
  const auto list = json(rest("GET", "/Transcriptions.json"));
  EXPECT_EQ(list.at("transcriptions").as_array().size(), 0U);
}

}  // namespace
}  // namespace belfry::server::simulation
