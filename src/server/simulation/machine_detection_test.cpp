#include "server/simulation/dial_scene.hpp"

/// Who has answered: simulated people and answering machines, as the detector hears them.
namespace belfry::server::simulation {
namespace {

using call::MachineDetection;
using Mode = MachineDetection::Mode;

constexpr const char* person = R"({"script":[{"after_ms":600,"say":"Hello?"}]})";
constexpr const char* machine = R"({"on_call":"voicemail"})";

struct Detecting : DialScene {
  Detecting() { documents["/voice"] = "<Say>Here we are.</Say>"; }

  void dial(MachineDetection detection, const char* bobs, const std::string& digits = "") {
    has(bob, bobs);
    call::PlaceCall terms;
    terms.to = call::Party::parse(bob).value();
    terms.from = ours;
    terms.program = {"twiml", {{"url", std::string(app) + "/voice"}}};
    terms.status_callback.url = std::string(app) + "/status";
    terms.status_callback.events = {"answered", "completed"};
    terms.machine_detection = std::move(detection);
    terms.send_digits = digits;
    ASSERT_TRUE(simulation->wait(simulation->system().switchboard().place(std::move(terms))));
    finish();
  }
  static MachineDetection looking(Mode mode) {
    MachineDetection detection;
    detection.mode = mode;
    return detection;
  }
  std::string verdict() { return leg_of(bob).answered_by; }
};

TEST_F(Detecting, APersonIsTold) {
  for (const Mode mode : {Mode::enable, Mode::message_end}) {
    dial(looking(mode), person);
    EXPECT_EQ(verdict(), "human");
    EXPECT_EQ(last("/voice").value_or("AnsweredBy", ""), "human");
    EXPECT_EQ(last("/status").value_or("AnsweredBy", ""), "human");
    const std::string took = last("/voice").value_or("MachineDetectionDuration", "");
    EXPECT_EQ(took, std::to_string(leg_of(bob).detection_took.count()));
    EXPECT_EQ(words(bob), "Here we are.");
  }
}

TEST_F(Detecting, AMachineIsToldAtOnce) {
  dial(looking(Mode::enable), machine);
  EXPECT_EQ(verdict(), "machine_start");
  EXPECT_LT(leg_of(bob).detection_took, 4s);
}

TEST_F(Detecting, TheMessageIsLeftAfterTheBeep) {
  documents["/voice"] = "<Play digits='5'/><Say>Please call back.</Say>";
  dial(looking(Mode::message_end), machine);
  EXPECT_EQ(verdict(), "machine_end_beep");
  EXPECT_GT(leg_of(bob).detection_took, 5s);
  EXPECT_EQ(words(bob), "Please call back.");
}

TEST_F(Detecting, AMachineWithoutBeepIsToldByItsSilence) {
  dial(
      looking(Mode::message_end),
      R"({"script":[{"after_ms":500,"say":"This is the number of Bob. I am not at home today. Leave a message if you want to be called back."}]})"
  );
  EXPECT_EQ(verdict(), "machine_end_silence");
}

TEST_F(Detecting, SilenceIsUnknown) {
  dial(looking(Mode::enable), "{}");
  EXPECT_EQ(verdict(), "unknown");
  EXPECT_EQ(leg_of(bob).detection_took, 5s);
}

TEST_F(Detecting, AFaxIsAFax) {
  dial(looking(Mode::enable), R"({"script":[{"after_ms":300,"tone_hz":2100,"ms":3000}]})");
  EXPECT_EQ(verdict(), "fax");
}

TEST_F(Detecting, TheTonesOfTheNetworkAreNobody) {
  dial(
      looking(Mode::enable),
      R"({"script":[{"after_ms":300,"tone_hz":425,"ms":1000},{"after_ms":1000,"tone_hz":425,"ms":1000}]})"
  );
  EXPECT_EQ(verdict(), "unknown");
}

TEST_F(Detecting, InTheBackgroundTheProgramBeginsAtOnceAndTheResultIsPosted) {
  MachineDetection detection = looking(Mode::message_end);
  detection.in_background = true;
  detection.callback_url = std::string(app) + "/amd";
  documents["/voice"] = "<Pause length='20'/>";
  dial(detection, machine);
  EXPECT_EQ(posts("/voice").at(0).value_or("AnsweredBy", "none"), "none");
  ASSERT_EQ(posts("/amd").size(), 1U);
  const http::Form told = last("/amd");
  EXPECT_EQ(told.value_or("AnsweredBy", ""), "machine_end_beep");
  EXPECT_EQ(told.value_or("CallSid", ""), leg_of(bob).sid);
  EXPECT_EQ(told.value_or("AccountSid", ""), leg_of(bob).account_sid);
  EXPECT_NE(told.value_or("MachineDetectionDuration", ""), "");
  EXPECT_EQ(last("/status").value_or("AnsweredBy", ""), "machine_end_beep");
}

TEST_F(Detecting, ACallThatEndsTooSoonIsReportedAsUnknown) {
  MachineDetection detection = looking(Mode::enable);
  detection.in_background = true;
  detection.callback_url = std::string(app) + "/amd";
  documents["/voice"] = "<Pause length='1'/>";
  dial(detection, "{}");
  EXPECT_EQ(said("/amd", "AnsweredBy"), "unknown");
}

TEST_F(Detecting, WhereDigitsAreSentNobodyListens) {
  dial(looking(Mode::enable), machine, "12");
  EXPECT_EQ(verdict(), "");
  const base::json::object phone = simulation->phones().phone(bob).to_json();
  EXPECT_EQ(phone.at("calls").as_array().back().at("digits_heard").as_string(), "12");
}

TEST_F(Detecting, ADialledNumberIsJoinedMeanwhile) {
  documents["/voice"] =
      "<Dial action='/done'><Number machineDetection='Enable' amdStatusCallback='/amd'>"
      "+14155550002</Number></Dial>";
  has(bob, R"({"on_call":"voicemail","script":[{"after_ms":2000,"hang_up":true}]})");
  call();
  EXPECT_EQ(said("/amd", "AnsweredBy"), "machine_start");
  EXPECT_EQ(last("/amd").value_or("CallSid", ""), leg_of(bob).sid);
  EXPECT_EQ(last("/done").value_or("DialBridged", ""), "true");
  EXPECT_GT(tone_level(heard(alice), 1000), -25) << "the beep";
}

TEST_F(Detecting, AnEchoGivesBackWhatIsSaid) {
  documents["/voice"] = "<Echo/>";
  call(R"({"script":[{"after_ms":500,"tone_hz":700,"ms":1000},{"after_ms":1000,"hang_up":true}]})");
  EXPECT_GT(tone_level(heard(alice), 700), -20);
}

TEST_F(Detecting, OnlySipPartiesCanBeReferred) {
  documents["/voice"] = "<Refer action='/done'><Sip>sip:bob@example.com</Sip></Refer>";
  call();
  EXPECT_EQ(leg_of(alice).error_code, 13801);
  EXPECT_TRUE(posts("/done").empty());
}

}  // namespace
}  // namespace belfry::server::simulation
