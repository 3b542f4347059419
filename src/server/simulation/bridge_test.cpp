#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// One simulated phone calls another through the exchange.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using call::LegStatus;

constexpr const char* alice = "+14155550001";
constexpr const char* bob = "+14155550002";

struct TwoPhones : testing::Test {
  TwoPhones() {
    Config config = Simulation::quiet_config();
    config.data = folder.path();
    simulation.emplace(Simulation::Settings{.seed = 11, .config = std::move(config)});
  }

  void call(std::string_view caller, std::string_view callee) {
    simulation->phones().phone(alice).set_behaviour(behaviour(caller));
    simulation->phones().phone(bob).set_behaviour(behaviour(callee));
    ASSERT_TRUE(simulation->phones().place_call(alice, bob));
    ASSERT_TRUE(simulation->settle(5min));
    simulation->run_for(1s);  // the files of what was heard are closed
    const auto legs = simulation->legs();
    ASSERT_EQ(legs.size(), 2U);
    for (const call::LegRecord& leg : legs) (leg.parent_sid.empty() ? first : second) = leg;
    EXPECT_FALSE(simulation->media_is_busy());
    EXPECT_EQ(second.parent_sid, first.sid);
  }
  media::PcmClip heard(const call::LegRecord& leg) {
    auto clip = media::read_audio_file(simulation->phones().heard_file(leg.sid));
    EXPECT_TRUE(clip) << (clip ? "" : clip.error().message);
    return clip ? std::move(*clip) : media::PcmClip();
  }
  /// How loud a tone is at its loudest second.
  static double tone_level(const media::PcmClip& clip, double hz) {
    const auto second_long = static_cast<std::size_t>(clip.rate.hz);
    double loudest = media::silence_dbov;
    for (std::size_t at = 0; at + second_long / 2 <= clip.samples.size(); at += second_long / 4) {
      const auto part = std::span(clip.samples).subspan(at, second_long / 2);
      loudest = std::max(loudest, media::tone_level_dbov(part, clip.rate, hz));
    }
    return loudest;
  }

  DataFolder folder;
  std::optional<Simulation> simulation;
  call::LegRecord first;   // Alice's: the one that called in
  call::LegRecord second;  // Bob's
};

TEST_F(TwoPhones, HearEachOther) {
  call(
      R"({"script":[{"after_ms":500,"tone_hz":440,"ms":1500},{"after_ms":1500,"hang_up":true}]})",
      R"({"script":[{"after_ms":1000,"tone_hz":800,"ms":1500}]})"
  );
  const media::PcmClip by_alice = heard(first);
  const media::PcmClip by_bob = heard(second);
  EXPECT_GT(tone_level(by_bob, 440), -20);
  EXPECT_GT(tone_level(by_alice, 800), -20);
  EXPECT_LT(tone_level(by_alice, 440), -50) << "no echo of one's own voice";
  EXPECT_LT(tone_level(by_bob, 800), -50);
  EXPECT_EQ(first.status, LegStatus::completed);
  EXPECT_EQ(second.status, LegStatus::completed);
}

TEST_F(TwoPhones, HearEachOtherSpeakOverABadNetwork) {
  call(
      R"({"script":[{"after_ms":500,"say":"Hello Bob, can you hear me?"},{"after_ms":1000,"hang_up":true}],
          "network":{"loss":0.05,"jitter_ms":60,"delay_ms":40}})",
      "{}"
  );
  const media::PcmClip by_bob = heard(second);
  media::VoiceActivity voice(by_bob.rate);
  const std::size_t frame = media::samples_in(media::frame_duration, by_bob.rate);
  for (std::size_t at = 0; at + frame <= by_bob.samples.size(); at += frame)
    voice.handle_frame(std::span(by_bob.samples).subspan(at, frame));
  EXPECT_GT(voice.speech(), 1s);
}

TEST_F(TwoPhones, KeysOfOneReachTheOther) {
  call(R"({"script":[{"after_ms":500,"press":"42#"},{"after_ms":1500,"hang_up":true}]})", "{}");
  const base::json::object phone = simulation->phones().phone(bob).to_json();
  EXPECT_EQ(phone.at("calls").as_array().back().at("digits_heard").as_string(), "42#");
}

TEST_F(TwoPhones, EachKeyOfOneReachesTheOtherOnceOverTwoBadNetworks) {
  call(
      R"({"script":[{"after_ms":500,"press":"0123456789*#0123456789*#"},{"after_ms":8000,"hang_up":true}],
          "network":{"loss":0.05,"jitter_ms":60}})",
      R"({"network":{"loss":0.05,"jitter_ms":60}})"
  );
  const base::json::object phone = simulation->phones().phone(bob).to_json();
  EXPECT_EQ(
      phone.at("calls").as_array().back().at("digits_heard").as_string(), "0123456789*#0123456789*#"
  );
}

TEST_F(TwoPhones, TheCallEndsForBothWhenTheCallerHangsUp) {
  call(R"({"script":[{"after_ms":3000,"hang_up":true}]})", "{}");
  EXPECT_EQ(first.end_reason, "the phone hung up");
  EXPECT_EQ(second.status, LegStatus::completed);
  EXPECT_LT(second.ended.value() - first.ended.value(), 100ms);
}

TEST_F(TwoPhones, TheCallEndsForBothWhenTheCalledHangsUp) {
  call("{}", R"({"script":[{"after_ms":3000,"hang_up":true}]})");
  EXPECT_EQ(second.end_reason, "the phone hung up");
  EXPECT_EQ(first.status, LegStatus::completed);
  EXPECT_LT(first.ended.value() - second.ended.value(), 100ms);
}

TEST_F(TwoPhones, TheCallerIsToldThatTheOtherIsBusy) {
  call("{}", R"({"on_call":"busy"})");
  EXPECT_EQ(first.status, LegStatus::busy);
  EXPECT_EQ(second.status, LegStatus::busy);
  EXPECT_FALSE(first.answered);
}

TEST_F(TwoPhones, TheCallerIsNotAnsweredByAPhoneThatOnlyRings) {
  call("{}", R"({"on_call":"no-answer"})");
  EXPECT_EQ(first.status, LegStatus::no_answer);
  EXPECT_EQ(second.status, LegStatus::no_answer);
}

TEST_F(TwoPhones, GivingUpWhileItRingsStopsTheRinging) {
  simulation->phones().phone(bob).set_behaviour(behaviour(R"({"on_call":"person"})"));
  ASSERT_TRUE(simulation->phones().place_call(alice, bob));
  simulation->run_for(2s);
  ASSERT_TRUE(simulation->phones().phone(bob).current());
  simulation->phones().phone(alice).current()->hang_up(call::HangupCause::normal);
  ASSERT_TRUE(simulation->settle(5s));
  EXPECT_FALSE(simulation->phones().phone(bob).current());
  for (const call::LegRecord& leg : simulation->legs())
    EXPECT_EQ(leg.status, LegStatus::canceled) << leg.end_reason;
}

TEST_F(TwoPhones, APhoneThatCallsItselfIsBusy) {
  ASSERT_TRUE(simulation->phones().place_call(alice, alice));
  ASSERT_TRUE(simulation->settle(5s));
  for (const call::LegRecord& leg : simulation->legs()) EXPECT_EQ(leg.status, LegStatus::busy);
}

TEST_F(TwoPhones, ForgettingEverythingEndsTheirCall) {
  simulation->phones().phone(alice).set_behaviour(behaviour("{}"));
  simulation->phones().phone(bob).set_behaviour(behaviour("{}"));
  ASSERT_TRUE(simulation->phones().place_call(alice, bob));
  simulation->run_for(3s);
  simulation->phones().forget_everything();
  ASSERT_TRUE(simulation->settle(5s));
  EXPECT_TRUE(simulation->phones().phones().empty());
  EXPECT_FALSE(simulation->media_is_busy());
  EXPECT_TRUE(simulation->phones().place_call(alice, bob)) << "the network works on";
  simulation->run_for(1min);
}

}  // namespace
}  // namespace belfry::server::simulation
