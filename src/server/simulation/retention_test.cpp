#include <filesystem>
#include <fstream>

#include "server/simulation/message_scene.hpp"

/// What goes with what it belongs to, and when its time is over (rule P5); what is counted stays.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;

struct RetentionP5 : MessageScene {
  RetentionP5() {
    config.retention.calls = std::chrono::days(2);
    config.retention.recordings = std::chrono::days(1);
  }
  std::size_t files_in(const char* name) {
    std::error_code error;
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(folder.path()) / name, error))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }
  /// A call that is recorded for 70 seconds; the recording's SID.
  std::string record() {
    simulation->phones().phone(phone).set_behaviour(behaviour(R"({"answer_after_ms":100})"));
    const Answer placed =
        api("POST", "/Calls.json",
            {{"From", ours},
             {"To", phone},
             {"Record", "true"},
             {"Trim", "do-not-trim"},
             {"Twiml", "<Response><Pause length='70'/></Response>"}});
    EXPECT_EQ(placed.status, 201);
    EXPECT_TRUE(simulation->settle(5min));
    simulation->run_for(2s);  // the file gets its name
    const Answer list = api("GET", "/Recordings.json");
    const auto& recordings = list.body.at("recordings").as_array();
    return recordings.empty() ? "" : std::string(recordings.front().at("sid").as_string());
  }
  std::string usage(const std::string& category) {
    const Answer page = api("GET", "/Usage/Records/AllTime.json?Category=" + category);
    const base::json::value& record = page.body.at("usage_records").at(0);
    return std::string(record.at("count").as_string()) + " of " +
           std::string(record.at("usage").as_string());
  }
  static sim::Behaviour behaviour(std::string_view json) {
    return *sim::Behaviour::from_json(base::json::parse(json)->as_object());
  }
};

TEST_F(RetentionP5, OldMessagesGoWithTheirFiles) {
  start();
  ASSERT_TRUE(simulation->phones().send_message(
      {phone, ours, "look", {}}, {{"", "image/png", "not really a picture"}}
  ));
  simulation->run_for(10s);
  ASSERT_EQ(listed().size(), 1U);
  ASSERT_EQ(files_in("media"), 1U);
  simulation->run_for(36h);
  send("newer");
  simulation->run_for(14h);
  EXPECT_EQ(files_in("media"), 0U);
  EXPECT_EQ(listed(), std::vector<std::string>{"outbound-api delivered newer"});
  EXPECT_EQ(usage("sms"), "2 of 2") << "counts are left";
}

TEST_F(RetentionP5, RecordingsAreCountedByTheMinuteThatTheyHaveBegun) {
  start();
  EXPECT_EQ(usage("recordings"), "0 of 0");
  record();
  EXPECT_EQ(usage("recordings"), "1 of 2");
  EXPECT_EQ(usage("calls-recordings"), "1 of 2");
  record();
  EXPECT_EQ(usage("recordings"), "2 of 4");
}

TEST_F(RetentionP5, TheCopyThatKinMadeGoesWithTheRecording) {
  start();
  const std::string first = record();
  ASSERT_TRUE(base::is_sid(first, "RE")) << first;
  const std::string second = record();
  const auto kins = std::filesystem::path(folder.path()) / "kin" / "recordings";
  for (const std::string& sid : {first, second}) std::ofstream(kins / (sid + ".wav")) << "RIFF";
  EXPECT_EQ(api("DELETE", "/Recordings/" + first + ".json").status, 204);
  simulation->run_for(1s);
  EXPECT_FALSE(std::filesystem::exists(kins / (first + ".wav"))) << "somebody has deleted it";
  EXPECT_TRUE(std::filesystem::exists(kins / (second + ".wav")));
  simulation->run_for(26h);
  EXPECT_EQ(files_in("kin/recordings"), 0U) << "its time is over";
}

TEST_F(RetentionP5, WhatIsSaidOfACallGoesWithTheCall) {
  start();
  const auto problems = [&] {
    return api("GET", "/Notifications.json").body.at("notifications").as_array().size();
  };
  std::vector<std::string> calls;
  for (int i = 0; i < 2; ++i) {
    simulation->phones().phone(phone).set_behaviour(behaviour("{}"));
    const Answer placed =
        api("POST", "/Calls.json",
            {{"From", ours}, {"To", phone}, {"Twiml", "<Response><Dance/></Response>"}});
    calls.push_back(placed.sid());
    ASSERT_TRUE(simulation->settle(5min));
  }
  ASSERT_EQ(problems(), 2U);
  EXPECT_EQ(api("DELETE", "/Calls/" + calls[0] + ".json").status, 204);
  EXPECT_EQ(problems(), 1U);
  EXPECT_EQ(
      api("GET", "/Calls/" + calls[1] + "/Notifications.json")
          .body.at("notifications")
          .as_array()
          .size(),
      1U
  );
}

}  // namespace
}  // namespace belfry::server::simulation
