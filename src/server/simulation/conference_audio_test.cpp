#include <gmock/gmock.h>

#include "base/encoding.hpp"
#include "call/recordings.hpp"
#include "media/level.hpp"
#include "media/tone.hpp"
#include "media/tone_meter.hpp"
#include "media/wav.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/meeting_scene.hpp"

/// What is heard in conferences and queues, found by its frequency.
namespace belfry::server::simulation {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* ann = "+14155550001";  // says 440 Hz
constexpr const char* bob = "+14155550002";  // 740 Hz
constexpr const char* cid = "+14155550003";  // 1240 Hz
constexpr std::array tones = {440.0, 740.0, 1240.0};
constexpr double hold_tone = 1850;

struct ConferenceAudio : testing::Test {
  ConferenceAudio() : scene(config()) {}

  Config config() {
    Config config = Simulation::quiet_config();
    config.data = folder.path();
    return config;
  }
  /// The phone says its tone for two seconds, `after_ms` after its answer.
  void sounds(const char* number, double hz, int after_ms = 3000) {
    const std::string script = R"({"answer_after_ms":100,"script":[{"after_ms":)" +
                               std::to_string(after_ms) + R"(,"tone_hz":)" +
                               std::to_string(static_cast<int>(hz)) + R"(,"ms":2000}]})";
    scene.simulation.phones().phone(number).set_behaviour(behaviour(script));
  }
  std::string enter(const char* number, const std::string& attributes = "") {
    return scene.call(
        number,
        "<Dial><Conference beep='false' waitUrl='' " + attributes + ">room</Conference></Dial>"
    );
  }
  call::Conference& room() {
    auto& conferences = *scene.simulation.system().switchboard().services().conferences;
    return *conferences.find(conferences.live().front()->record().sid);
  }
  void end() {
    room().end(call::ConferenceEnding::by_api);
    ASSERT_TRUE(scene.simulation.settle(1min));
    scene.simulation.run_for(1s);  // the files of what was heard are closed
  }
  media::PcmClip heard(const std::string& sid) {
    auto clip = media::read_audio_file(scene.simulation.phones().heard_file(sid));
    EXPECT_TRUE(clip) << (clip ? "" : clip.error().message);
    return clip ? std::move(*clip) : media::PcmClip();
  }
  /// Those of the tones that somebody hears for half a second at least.
  static std::vector<double> tones_in(const media::PcmClip& clip) {
    std::vector<double> found;
    const std::size_t half = clip.rate.hz / 2;
    for (const double hz : {tones[0], tones[1], tones[2], hold_tone}) {
      double loudest = media::silence_dbov;
      for (std::size_t at = 0; at + half <= clip.samples.size(); at += half / 4)
        loudest = std::max(
            loudest,
            media::tone_level_dbov(std::span(clip.samples).subspan(at, half), clip.rate, hz)
        );
      if (loudest > -35) found.push_back(hz);
    }
    return found;
  }
  std::vector<double> tones_heard(const std::string& sid) { return tones_in(heard(sid)); }

  DataFolder folder;
  MeetingScene scene;
};

TEST_F(ConferenceAudio, EachHearsExactlyTheOthers) {
  sounds(ann, tones[0]);
  sounds(bob, tones[1]);
  sounds(cid, tones[2]);
  const std::string a = enter(ann);
  const std::string b = enter(bob);
  const std::string c = enter(cid);
  scene.simulation.run_for(7s);
  end();
  EXPECT_THAT(tones_heard(a), ElementsAre(tones[1], tones[2]));
  EXPECT_THAT(tones_heard(b), ElementsAre(tones[0], tones[2]));
  EXPECT_THAT(tones_heard(c), ElementsAre(tones[0], tones[1]));
}

TEST_F(ConferenceAudio, WhoeverWaitsForTheModeratorIsNotHeard) {
  sounds(ann, tones[0]);
  sounds(bob, tones[1]);
  const std::string a = enter(ann, "startConferenceOnEnter='false'");
  const std::string b = enter(bob, "startConferenceOnEnter='false'");
  scene.simulation.run_for(7s);
  end();
  EXPECT_THAT(tones_heard(a), IsEmpty());
  EXPECT_THAT(tones_heard(b), IsEmpty());
}

TEST_F(ConferenceAudio, ACoachIsHeardByTheAgentAlone) {
  sounds(ann, tones[0]);
  sounds(bob, tones[1]);
  sounds(cid, tones[2]);
  const std::string caller = enter(ann);
  const std::string agent = enter(bob);
  scene.simulation.run_for(1s);
  const std::string coach = enter(cid, "coach='" + agent + "'");
  scene.simulation.run_for(7s);
  end();
  EXPECT_THAT(tones_heard(caller), ElementsAre(tones[1]));
  EXPECT_THAT(tones_heard(agent), ElementsAre(tones[0], tones[2]));
  EXPECT_THAT(tones_heard(coach), ElementsAre(tones[0], tones[1]));
}

TEST_F(ConferenceAudio, ACoachWhoseAgentHasGoneIsHeardByNobody) {
  sounds(ann, tones[0]);
  sounds(cid, tones[2], 4000);
  const std::string caller = enter(ann);
  const std::string agent = enter(bob);
  scene.simulation.run_for(1s);
  enter(cid, "coach='" + agent + "'");
  scene.simulation.run_for(1s);
  scene.hang_up(bob);
  scene.simulation.run_for(7s);
  end();
  EXPECT_THAT(tones_heard(caller), IsEmpty());
}

TEST_F(ConferenceAudio, OnlyTheHeldOneHearsTheMusicAndNobodyHearsHim) {
  WebAnswer music;
  music.content_type = "audio/wav";
  std::vector<media::Sample> samples(16'000);
  media::ToneGenerator(media::sine(hold_tone), media::narrowband).fill(samples);
  const media::PcmClip tone{media::narrowband, std::move(samples)};
  music.body = base::as_text(media::to_wav(tone));
  scene.documents["/hold.wav"] = std::move(music);
  sounds(ann, tones[0], 4000);
  sounds(bob, tones[1], 4000);
  sounds(cid, tones[2], 4000);
  const std::string held = enter(ann);
  const std::string second = enter(bob);
  const std::string muted = enter(cid);
  scene.simulation.run_for(2s);
  call::ParticipantUpdate hold{.hold = true};
  hold.hold_document = call::SideDocument{.url = "http://app.test/hold.wav", .method = "GET"};
  hold.hold_document->audio = call::SideDocument::Audio::loops;
  ASSERT_TRUE(room().update(held, hold));
  ASSERT_TRUE(room().update(muted, {.muted = true}));
  scene.simulation.run_for(7s);
  end();
  EXPECT_THAT(tones_heard(held), ElementsAre(hold_tone));
  EXPECT_THAT(tones_heard(second), IsEmpty());
  EXPECT_THAT(tones_heard(muted), ElementsAre(tones[1]));
}

TEST_F(ConferenceAudio, AnnouncementsReachAllThatHearTheConference) {
  scene.serve("/news", "<Say>Five minutes left.</Say>");
  scene.simulation.phones().phone(ann).set_behaviour(behaviour("{}"));
  scene.simulation.phones().phone(bob).set_behaviour(behaviour("{}"));
  const std::string a = enter(ann);
  const std::string b = enter(bob);
  scene.simulation.run_for(3s);
  room().announce({.url = "http://app.test/news"});
  scene.simulation.run_for(5s);
  EXPECT_EQ(heard_by(scene.simulation, ann), "Five minutes left.");
  EXPECT_EQ(heard_by(scene.simulation, bob), "Five minutes left.");
  end();
  for (const std::string& sid : {a, b}) {
    const media::PcmClip clip = heard(sid);
    const double level = media::level_dbov(clip.samples);
    EXPECT_GT(level, -50) << "something was to be heard";
  }
}

TEST_F(ConferenceAudio, WaitingIsMusicUntilTheStart) {
  scene.simulation.phones().phone(ann).set_behaviour(behaviour(R"({"answer_after_ms":100})"));
  const std::string a = scene.call(ann, "<Dial><Conference beep='false'>room</Conference></Dial>");
  scene.simulation.run_for(4s);
  enter(bob);
  scene.simulation.run_for(5s);
  end();
  const media::PcmClip clip = heard(a);
  const std::size_t second = clip.rate.hz;
  ASSERT_GT(clip.samples.size(), 8 * second);
  EXPECT_GT(media::level_dbov(std::span(clip.samples).subspan(second, second)), -35);
  EXPECT_LT(media::level_dbov(std::span(clip.samples).subspan(7 * second, second)), -60)
      << "and then nobody says anything";
}

TEST_F(ConferenceAudio, ComingAndGoingIsHeard) {
  scene.simulation.phones().phone(ann).set_behaviour(behaviour(R"({"answer_after_ms":100})"));
  const std::string a = enter(ann);
  enter(bob);
  scene.simulation.run_for(4s);
  const std::string body = "<Dial><Conference waitUrl='' beep='true'>room</Conference></Dial>";
  scene.call_in(cid, body);
  scene.simulation.run_for(2s);
  scene.hang_up(cid);
  scene.simulation.run_for(2s);
  end();
  const media::PcmClip clip = heard(a);
  int sounds_heard = 0;
  bool sounding = false;
  const std::size_t frame = clip.rate.hz / 10;
  for (std::size_t at = 0; at + frame <= clip.samples.size(); at += frame) {
    const bool loud = media::level_dbov(std::span(clip.samples).subspan(at, frame)) > -40;
    if (loud && !sounding) ++sounds_heard;
    sounding = loud;
  }
  EXPECT_EQ(sounds_heard, 2);
}

TEST_F(ConferenceAudio, WhoTalksIsTold) {
  sounds(ann, tones[0]);
  const std::string a = scene.call(
      ann,
      "<Dial><Conference beep='false' waitUrl='' statusCallback='http://app.test/events' "
      "statusCallbackEvent='speaker'>room</Conference></Dial>"
  );
  enter(bob);
  scene.simulation.run_for(7s);
  end();
  EXPECT_THAT(
      scene.told_to("/events", "StatusCallbackEvent"),
      ElementsAre("participant-speech-start", "participant-speech-stop")
  );
  EXPECT_THAT(scene.told_to("/events", "CallSid"), ElementsAre(a, a));
}

TEST_F(ConferenceAudio, ARecordingFromTheStartHoldsWhatAllSay) {
  sounds(ann, tones[0]);
  sounds(bob, tones[1]);
  const std::string attributes =
      "record='record-from-start' trim='do-not-trim' "
      "recordingStatusCallback='http://app.test/recording' "
      "eventCallbackUrl='http://app.test/over'";
  enter(ann, attributes);
  enter(bob, attributes);
  scene.simulation.run_for(7s);
  const std::string conference = room().record().sid;
  end();
  const auto told = scene.told_to("/recording");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front()["ConferenceSid"], conference);
  EXPECT_EQ(told.front()["RecordingStatus"], "completed");
  EXPECT_EQ(told.front()["RecordingSource"], "Conference");
  const auto over = scene.told_to("/over");
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over.front()["Event"], "conference-record-end");
  EXPECT_EQ(over.front()["RecordingUrl"], told.front()["RecordingUrl"]);
  auto& recordings = *scene.simulation.system().switchboard().services().recordings;
  const auto record = scene.simulation.wait(recordings.find(told.front()["RecordingSid"]));
  ASSERT_TRUE(record);
  const std::filesystem::path copy =
      std::filesystem::path(testing::TempDir()) / (record->sid + ".wav");
  const auto copied = scene.simulation.wait(recordings.copy(*record, copy.string()));
  ASSERT_TRUE(copied) << copied.error().message;
  const auto clip = media::read_audio_file(copy);
  std::filesystem::remove(copy);
  ASSERT_TRUE(clip);
  EXPECT_THAT(tones_in(*clip), ElementsAre(tones[0], tones[1]));
}

TEST_F(ConferenceAudio, TheTwoOfAQueueHearEachOther) {
  sounds(ann, tones[0], 6000);
  sounds(bob, tones[1], 5000);
  const std::string caller = scene.call_in(ann, "<Enqueue>support</Enqueue>");
  const std::string agent = scene.call_in(bob, "<Dial><Queue>support</Queue></Dial>");
  scene.simulation.run_for(9s);
  scene.hang_up(ann);
  ASSERT_TRUE(scene.simulation.settle(1min));
  scene.simulation.run_for(1s);
  EXPECT_THAT(tones_heard(agent), ElementsAre(tones[0]));
  EXPECT_THAT(tones_heard(caller), testing::Contains(tones[1]));
}

}  // namespace
}  // namespace belfry::server::simulation
