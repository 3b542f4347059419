#include <gtest/gtest.h>

#include "media/mixer.hpp"

#include "media/level.hpp"
#include "media/testing.hpp"
#include "media/tone_meter.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

/// A party with a codec: says a tone, and hears what the mixer gives it through its own decoder.
class Party final : public Mixer::Member {
 public:
  Party(std::uint64_t number, Codec codec, double hz = 0, double level = -20)
      : Member(number),
        codec_(codec),
        rate_(describe(codec).rate),
        encoder_(make_encoder(codec)),
        decoder_(make_decoder(codec)) {
    if (hz > 0) voice_.emplace(sine(hz, level), rate_);
  }

  void say(double hz, double level = -20) { voice_.emplace(sine(hz, level), rate_); }
  void be_silent() { voice_.reset(); }
  void take(const Mixer::Output& output) {
    std::array<std::byte, max_payload> own;
    std::span<const std::byte> packet = output.payload;
    if (packet.empty()) {
      ++own_packets;
      packet = std::span(own).first(encoder_->encode(output.samples, own));
    }
    std::vector<Sample> pcm(samples_per_frame(rate_));
    EXPECT_EQ(decoder_->decode(packet, pcm), pcm.size());
    heard.insert(heard.end(), pcm.begin(), pcm.end());
    mixed.insert(mixed.end(), output.samples.begin(), output.samples.end());
  }
  void next_frame() {
    frame_.assign(samples_per_frame(rate_), 0);
    if (voice_) voice_->fill(frame_);
  }
  double level(double hz, base::Duration of = 400ms) const {
    const std::size_t count = std::min(samples_in(of, rate_), heard.size());
    return tone_level_dbov(ConstSamples(heard).last(count), rate_, hz);
  }
  double share(double hz) const {
    return tone_share(ConstSamples(heard).last(samples_in(400ms, rate_)), rate_, hz);
  }

  bool occupied = false;
  int decodes = 0;
  int own_packets = 0;
  std::vector<Sample> heard;  // through the codec
  std::vector<Sample> mixed;  // before it

 private:
  float power() noexcept override {
    return static_cast<float>(std::pow(10.0, level_dbov(frame_) / 10));
  }
  ConstSamples samples() noexcept override {
    ++decodes;
    return voice_ ? ConstSamples(frame_) : ConstSamples{};
  }
  Encoder& encoder() noexcept override { return *encoder_; }
  bool is_occupied() const noexcept override { return occupied; }
  std::optional<Codec> codec() const noexcept override { return codec_; }

  Codec codec_;
  SampleRate rate_;
  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<Decoder> decoder_;
  std::optional<ToneGenerator> voice_;
  std::vector<Sample> frame_;
};

struct MixerTest : ::testing::Test {
  Mixer mixer;
  std::unique_ptr<MixerWorkspace> workspace = std::make_unique<MixerWorkspace>();
  std::vector<Party*> parties;
  std::optional<ToneGenerator> played;

  void enter(Party& party, const MixerPlace& place = {}) {
    mixer.enter(party, place);
    parties.push_back(&party);
  }
  void leave(Party& party) {
    mixer.leave(party);
    std::erase(parties, &party);
  }
  void pass(base::Duration time) {
    for (base::Duration at{0}; at < time; at += 20ms) {
      for (Party* party : parties) party->next_frame();
      std::array<Sample, 320> music;
      if (played) played->fill(music);
      mixer.begin(played ? ConstSamples(music) : ConstSamples{}, *workspace);
      for (Party* party : parties) party->take(mixer.output_for(*party, *workspace));
    }
  }
};

TEST_F(MixerTest, EachOfThreeCodecsHearsExactlyTheOtherTwo) {
  const std::array<double, 3> tones{440, 700, 1100};
  Party pcmu(1, Codec::pcmu, tones[0]), g722(2, Codec::g722, tones[1]),
      opus(3, Codec::opus, tones[2]);
  const std::array<Party*, 3> all{&pcmu, &g722, &opus};
  for (Party* party : all) enter(*party);
  pass(1s);
  for (std::size_t listener = 0; listener < 3; ++listener) {
    for (std::size_t talker = 0; talker < 3; ++talker) {
      const double level = all[listener]->level(tones[talker]);
      if (listener == talker) {
        EXPECT_LT(level, -55) << listener;
      } else {
        EXPECT_NEAR(level, -20, 1.5) << listener << " hears " << talker;
      }
    }
  }
}

TEST_F(MixerTest, OnlyTheLoudestAreDecodedAndHeard) {
  std::vector<std::unique_ptr<Party>> talkers;
  for (std::uint64_t i = 0; i < 6; ++i) {
    talkers.push_back(std::make_unique<Party>(
        i + 1, Codec::pcmu, 400.0 + 150.0 * static_cast<double>(i), -14.0 - 4.0 * double(i)
    ));
    enter(*talkers.back());
  }
  Party listener(9, Codec::pcmu);
  enter(listener);
  pass(1s);
  for (std::size_t i = 0; i < 6; ++i) {
    const double level = listener.level(400.0 + 150.0 * static_cast<double>(i));
    if (i < 3) {
      EXPECT_GT(level, -30) << i;
    } else {
      EXPECT_LT(level, -45) << i;
      EXPECT_EQ(talkers[i]->decodes, 0) << i;
    }
  }
}

TEST_F(MixerTest, ALittleLouderDoesNotTakeATalkersPlace) {
  Mixer one(1);
  Party first(1, Codec::pcmu, 440, -20), second(2, Codec::pcmu), listener(3, Codec::pcmu);
  for (Party* party : {&first, &second, &listener}) {
    one.enter(*party, {});
    parties.push_back(party);
  }
  const auto run = [&](int ticks) {
    for (int i = 0; i < ticks; ++i) {
      for (Party* party : parties) party->next_frame();
      one.begin({}, *workspace);
      for (Party* party : parties) party->take(one.output_for(*party, *workspace));
    }
  };
  run(25);
  second.say(900, -18);
  run(50);
  EXPECT_TRUE(first.talks());
  EXPECT_FALSE(second.talks());
  second.say(900, -12);
  run(50);
  EXPECT_FALSE(first.talks());
  EXPECT_TRUE(second.talks());
  EXPECT_GT(listener.level(900), -20);
  EXPECT_LT(listener.level(440), -60);
}

TEST_F(MixerTest, ACoachIsHeardByTheCoachedOnly) {
  Party agent(1, Codec::pcmu, 440), customer(2, Codec::opus, 700), coach(3, Codec::g722, 1100);
  enter(agent);
  enter(customer);
  enter(coach, {.coached = 1});
  pass(1s);
  EXPECT_GT(agent.level(1100), -26);
  EXPECT_GT(agent.level(700), -26);
  EXPECT_LT(customer.level(1100), -60);
  EXPECT_GT(customer.level(440), -26);
  EXPECT_GT(coach.level(440), -26);
  EXPECT_GT(coach.level(700), -26);
  mixer.set_place(coach, {});
  pass(1s);
  EXPECT_GT(customer.level(1100), -26) << "who coaches no more is heard by all";
}

TEST_F(MixerTest, MutedIsNotHeardAndDeafHearsNothing) {
  Party muted(1, Codec::pcmu, 440), deaf(2, Codec::opus, 700), other(3, Codec::pcmu);
  enter(muted, {.muted = true});
  enter(deaf, {.deaf = true});
  enter(other);
  pass(1s);
  EXPECT_LT(other.level(440), -60);
  EXPECT_GT(other.level(700), -26);
  EXPECT_GT(muted.level(700), -26);
  mixer.set_place(muted, {});
  pass(1s);
  EXPECT_GT(other.level(440), -26);
  EXPECT_LT(level_dbov(ConstSamples(deaf.heard).last(9600)), -80);
  EXPECT_LT(deaf.own_packets, 40) << "an encoder ran to make silence";
  mixer.set_place(deaf, {});
  pass(1s);
  EXPECT_GT(deaf.level(440), -26);
}

TEST_F(MixerTest, GainIsThatOfThePlace) {
  Party quiet(1, Codec::pcmu, 440), listener(2, Codec::pcmu);
  enter(quiet, {.gain = 0.5F});
  enter(listener);
  pass(1s);
  EXPECT_NEAR(listener.level(440), -26, 0.7);
}

TEST_F(MixerTest, WhatIsPlayedToTheRoomIsMixedForAllButTheDeaf) {
  Party pcmu(1, Codec::pcmu, 440), opus(2, Codec::opus), deaf(3, Codec::pcmu);
  enter(pcmu);
  enter(opus);
  enter(deaf, {.deaf = true});
  played.emplace(sine(900, -20), wideband);
  pass(1s);
  EXPECT_GT(pcmu.level(900), -25);
  EXPECT_GT(opus.level(900), -25);
  EXPECT_GT(opus.level(440), -25);
  EXPECT_LT(deaf.level(900), -80);
  played.reset();
  pass(600ms);
  EXPECT_LT(pcmu.level(900), -60);
}

TEST_F(MixerTest, SilentListenersShareOnePacketPerCodec) {
  Party talker(1, Codec::opus, 440);
  enter(talker);
  std::vector<std::unique_ptr<Party>> listeners;
  for (std::uint64_t i = 2; i < 12; ++i) {
    listeners.push_back(std::make_unique<Party>(i, i % 2 == 0 ? Codec::opus : Codec::g722));
    enter(*listeners.back());
  }
  pass(2s);
  for (const auto& listener : listeners) EXPECT_LE(listener->own_packets, 30);
  EXPECT_EQ(talker.own_packets, 100);
  mixer.begin({}, *workspace);
  const auto one = mixer.output_for(*listeners[0], *workspace);
  const auto other = mixer.output_for(*listeners[2], *workspace);
  EXPECT_FALSE(one.payload.empty());
  EXPECT_EQ(one.payload.data(), other.payload.data());
}

TEST_F(MixerTest, AHundredWhoComeAtOnceDoNotRunAHundredEncoders) {
  Party talker(1, Codec::opus, 440);
  enter(talker);
  std::vector<std::unique_ptr<Party>> crowd;
  for (std::uint64_t i = 2; i < 102; ++i) {
    crowd.push_back(std::make_unique<Party>(i, Codec::opus));
    enter(*crowd.back(), {.deaf = i % 10 == 0});
  }
  pass(200ms);
  int own_packets = 0;
  for (const auto& party : crowd) own_packets += party->own_packets;
  EXPECT_LE(own_packets, 10 * 20);
  for (const auto& party : crowd) mixer.set_place(*party, {});
  pass(1s);
  for (const auto& party : crowd) EXPECT_GT(party->level(440), -23) << party->id();
}

/// The largest step in what a listener hears while `act` happens, against that of a tone alone.
template <class Act>
void expect_no_click(MixerTest& test, Party& listener, int steady, Act act) {
  const std::size_t from = listener.mixed.size();
  act();
  test.pass(300ms);
  EXPECT_LE(testing::largest_step(ConstSamples(listener.mixed).subspan(from - 1)), steady);
  const std::size_t coded = listener.heard.size() - (listener.mixed.size() - from);
  EXPECT_LE(testing::largest_step(ConstSamples(listener.heard).subspan(coded - 1)), steady * 5 / 4);
}

TEST_F(MixerTest, NothingClicks) {
  for (const Codec codec : {Codec::pcmu, Codec::g722, Codec::opus}) {
    SCOPED_TRACE(describe(codec).name);
    Party base(1, codec, 330, -18), second(2, codec, 410, -18), listener(3, codec);
    enter(base);
    enter(listener);
    pass(1s);
    const SampleRate rate = describe(codec).rate;
    const int tone = testing::largest_step(testing::render(sine(410, -18), rate, 1s));
    const int two = 2 * tone + tone / 2;  // of both at once, and a codec's noise
    expect_no_click(*this, listener, two, [&] { enter(second); });
    expect_no_click(*this, listener, two, [&] { mixer.set_place(second, {.muted = true}); });
    expect_no_click(*this, listener, two, [&] { mixer.set_place(second, {}); });
    expect_no_click(*this, listener, two, [&] { mixer.set_place(listener, {.deaf = true}); });
    expect_no_click(*this, listener, two, [&] { mixer.set_place(listener, {}); });
    expect_no_click(*this, listener, two, [&] { listener.occupied = true; });
    expect_no_click(*this, listener, two, [&] { listener.occupied = false; });
    expect_no_click(*this, listener, two, [&] { listener.say(500, -40); });
    expect_no_click(*this, listener, two, [&] { listener.be_silent(); });
    pass(2s);
    expect_no_click(*this, listener, two, [&] { second.be_silent(); });
    expect_no_click(*this, listener, two, [&] { second.say(410, -18); });
    expect_no_click(*this, listener, two, [&] { leave(second); });
    leave(base);
    leave(listener);
  }
}

TEST_F(MixerTest, ThreeWhoShoutAreBentNotCutOff) {
  Party a(1, Codec::opus, 440, -3), b(2, Codec::opus, 441, -3), c(3, Codec::opus, 442, -3);
  Party listener(4, Codec::opus);
  for (Party* party : {&a, &b, &c, &listener}) enter(*party);
  pass(2s);
  int at_the_top = 0;
  for (const Sample sample : listener.mixed) at_the_top += std::abs(sample) >= 32767 ? 1 : 0;
  EXPECT_EQ(at_the_top, 0);
  EXPECT_GT(level_dbov(listener.mixed), -10);
}

TEST_F(MixerTest, ACodecThatChangesIsHeardAndHearsInTheNewOne) {
  auto before = std::make_unique<Party>(1, Codec::pcmu, 440);
  Party other(2, Codec::pcmu, 700);
  enter(*before);
  enter(other);
  pass(500ms);
  leave(*before);
  Party after(1, Codec::opus, 440);
  enter(after);
  pass(1s);
  EXPECT_GT(after.level(700), -26);
  EXPECT_GT(other.level(440), -26);
  EXPECT_LT(other.level(700), -50);
}

TEST_F(MixerTest, TwoHundredAndFiftyHearThreeAndEverybodyMayTalk) {
  std::vector<std::unique_ptr<Party>> all;
  for (std::uint64_t i = 0; i < 250; ++i) {
    all.push_back(std::make_unique<Party>(i + 1, Codec::pcmu));
    enter(*all.back());
  }
  for (const std::size_t i : {0U, 100U, 249U}) all[i]->say(400.0 + double(i), -20);
  pass(500ms);
  for (const std::size_t i : {1U, 99U, 248U}) {
    EXPECT_GT(all[i]->level(400), -26);
    EXPECT_GT(all[i]->level(649), -26);
  }
  EXPECT_LT(all[0]->level(400), -50);
  for (std::size_t i = 0; i < 250; ++i) all[i]->say(300.0 + 10.0 * double(i), -20);
  pass(500ms);
  int talking = 0;
  for (const auto& party : all) talking += party->talks() ? 1 : 0;
  EXPECT_EQ(talking, 3);
  for (const auto& party : all) mixer.leave(*party);
  parties.clear();
  pass(100ms);
}

}  // namespace
}  // namespace belfry::media
