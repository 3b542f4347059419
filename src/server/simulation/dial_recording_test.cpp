#include "server/simulation/dial_scene.hpp"

/// `<Dial record>`: who is told of the recording, and what is in it.
namespace belfry::server::simulation {
namespace {

struct RecordingADial : DialScene {
  call::RecordingRecord recording(const std::string& sid) {
    auto found =
        simulation->wait(simulation->system().switchboard().services().recordings->find(sid));
    EXPECT_TRUE(found) << "no recording " << sid;
    return found ? std::move(*found) : call::RecordingRecord();
  }
};

TEST_F(RecordingADial, TheActionAndTheLastStepOfTheNounTellOfIt) {
  dials(
      "<Dial action='/done' record='record-from-answer-dual'><Number statusCallback='/steps' "
      "statusCallbackEvent='answered completed'>+14155550002</Number></Dial>"
  );
  has(bob, R"({"answer_after_ms":2000,"script":[{"after_ms":5000,"hang_up":true}]})");
  call();
  const http::Form done = last("/done");
  const std::string sid = done.value_or("RecordingSid", "");
  ASSERT_TRUE(base::is_sid(sid, "RE")) << sid;
  EXPECT_TRUE(done.value_or("RecordingUrl", "").ends_with("/Recordings/" + sid));
  ASSERT_EQ(said("/steps", "CallStatus"), "in-progress completed");
  const http::Form ended = last("/steps");
  EXPECT_EQ(ended.value_or("CallSid", ""), leg_of(bob).sid);
  EXPECT_EQ(ended.value_or("RecordingSid", ""), sid);
  EXPECT_EQ(ended.value_or("RecordingUrl", ""), done.value_or("RecordingUrl", "-"));
  EXPECT_EQ(ended.value_or("RecordingDuration", ""), "5");
  EXPECT_EQ(posts("/steps").front().value_or("RecordingSid", "none"), "none");
  const call::RecordingRecord kept = recording(sid);
  EXPECT_EQ(kept.channels(), 2);
  EXPECT_EQ(kept.call_sid, leg_of(alice).sid) << "it is the parent's";
}

TEST_F(RecordingADial, WhoeverWasNotTakenHasNoPartInIt) {
  dials(
      "<Dial record='record-from-answer' action='/done'>"
      "<Number statusCallback='/bob'>+14155550002</Number>"
      "<Number statusCallback='/carol'>+14155550003</Number></Dial>"
  );
  has(bob, R"({"on_call":"person"})");
  has(carol, R"({"answer_after_ms":1000,"script":[{"after_ms":2000,"hang_up":true}]})");
  call();
  EXPECT_EQ(
      last("/carol").value_or("RecordingSid", "-"), last("/done").value_or("RecordingSid", "")
  );
  EXPECT_EQ(last("/bob").value_or("RecordingSid", "none"), "none");
}

TEST_F(RecordingADial, WhoeverTakesACallerOutOfAQueueCanRecordIt) {
  constexpr const char* agent = "+14155550009";
  documents["/voice"] = "<Enqueue waitUrl=''>support</Enqueue>";
  has(alice, R"({"script":[{"after_ms":6000,"tone_hz":900,"ms":1500}]})");
  ASSERT_TRUE(simulation->phones().place_call(alice, ours));
  simulation->run_for(2s);
  documents["/voice"] =
      "<Dial action='/done' record='record-from-answer-dual' recordingStatusCallback='/kept'>"
      "<Queue>support</Queue></Dial>";
  has(agent, R"({"script":[{"after_ms":10000,"hang_up":true}]})");
  ASSERT_TRUE(simulation->phones().place_call(agent, ours));
  finish();
  const http::Form done = last("/done");
  const std::string sid = done.value_or("RecordingSid", "");
  ASSERT_TRUE(base::is_sid(sid, "RE")) << sid;
  EXPECT_EQ(done.value_or("DialCallStatus", ""), "completed");
  const http::Form kept = last("/kept");
  EXPECT_EQ(kept.value_or("RecordingSid", ""), sid);
  EXPECT_EQ(kept.value_or("RecordingSource", ""), "DialVerb");
  EXPECT_EQ(kept.value_or("RecordingChannels", ""), "2");
  EXPECT_EQ(kept.value_or("CallSid", ""), leg_of(agent).sid);
  const std::int64_t seconds = recording(sid).duration_s();
  EXPECT_GE(seconds, 9);
  EXPECT_LE(seconds, 10);
}

TEST_F(RecordingADial, AQueueThatStaysEmptyIsRecordedOnlyFromRinging) {
  ASSERT_TRUE(simulation->system().switchboard().services().queues != nullptr);
  documents["/voice"] = "<Enqueue waitUrl=''>support</Enqueue>";
  has(bob, R"({"script":[{"after_ms":1000,"hang_up":true}]})");
  ASSERT_TRUE(simulation->phones().place_call(bob, ours));
  finish();
  dials("<Dial action='/done' timeout='5' record='record-from-answer'><Queue>support</Queue></Dial>"
  );
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "no-answer");
  EXPECT_EQ(last("/done").value_or("RecordingSid", "none"), "none");
  dials(
      "<Dial action='/done' timeout='5' record='record-from-ringing'><Queue>support</Queue></Dial>"
  );
  call();
  EXPECT_TRUE(base::is_sid(last("/done").value_or("RecordingSid", ""), "RE"));
}

}  // namespace
}  // namespace belfry::server::simulation
