#include "media/resampler.hpp"
#include "speech/flite_voices.hpp"
#include "speech/pocketsphinx_recognizer.hpp"

namespace belfry::speech {
namespace {

using namespace std::chrono_literals;
using List = std::vector<std::string>;

struct Notes final : call::RecognitionListener {
  List partial, final;
  std::vector<double> confidence;
  bool finished = false;
  base::Duration left_out{0};
  std::string failure;

  void on_recognized(const call::Recognized& result) override {
    (result.final ? final : partial).push_back(result.transcript);
    if (result.final) confidence.push_back(result.confidence);
  }
  void on_recognition_finished() override { finished = true; }
  void on_recognition_behind(base::Duration duration) override { left_out += duration; }
  void on_recognition_failed(const base::Error& why) override { failure = why.message; }
};

/// A recogniser whose work is done when the test lets the loop run.
struct Bench {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  PocketsphinxRecognizer::Settings settings;
  std::unique_ptr<PocketsphinxRecognizer> recognizer;
  Notes notes;

  PocketsphinxRecognizer& engine() {
    if (!recognizer) recognizer = PocketsphinxRecognizer::create(loop, pool, settings);
    return *recognizer;
  }
  std::unique_ptr<call::RecognitionStream> open(call::RecognitionTerms terms) {
    auto stream = engine().open(std::move(terms), notes);
    return stream ? std::move(*stream) : nullptr;
  }
  /// As it comes from a telephone: `pause` around it. The plain voice is the same each time; the
  /// others have some chance in them.
  static std::vector<media::Sample> sound(
      const std::string& text, BuiltInVoice voice = BuiltInVoice::plain,
      base::Duration pause = 800ms
  ) {
    const auto clip = media::resample(speak_built_in(voice, text, 1).value(), media::narrowband);
    std::vector<media::Sample> all(media::samples_in(pause, media::narrowband));
    all.insert(all.end(), clip.samples.begin(), clip.samples.end());
    all.resize((all.size() + media::samples_in(pause, media::narrowband)) / 160 * 160);
    return all;
  }
  void say(call::RecognitionStream& stream, const std::vector<media::Sample>& samples) {
    for (std::size_t at = 0; at < samples.size(); at += 160) {
      stream.hear(std::span(samples).subspan(at, 160));
      loop.run_ready();
    }
  }
  List hear(const std::string& text, List hints, BuiltInVoice voice = BuiltInVoice::plain) {
    notes = {};
    auto stream = open({.hints = std::move(hints)});
    say(*stream, sound(text, voice));
    stream->finish();
    loop.run_ready();
    EXPECT_TRUE(notes.finished);
    return notes.final;
  }
};

TEST(Recognizer, HearsWhichOfTheHintsWasSaid) {
  Bench bench;
  for (const BuiltInVoice voice : {BuiltInVoice::male, BuiltInVoice::plain}) {
    for (const std::string word : {"yes", "no"})
      EXPECT_EQ(bench.hear(word, {"yes", "no"}, voice), List{word});
    for (const std::string word : {"sales", "support", "billing"})
      EXPECT_EQ(bench.hear(word, {"sales", "support", "billing"}, voice), List{word});
    EXPECT_GT(bench.notes.confidence.at(0), 0.4);
  }
}

TEST(Recognizer, HearsPhrasesAndDigits) {
  Bench bench;
  EXPECT_EQ(bench.hear("front desk", {"agent", "Front Desk"}), List{"Front Desk"});
  EXPECT_EQ(bench.hear("five five five one two", {"$OPERAND"}), List{"55512"});
}

TEST(Recognizer, HearsOtherWordsThanTheHintsToo) {
  Bench bench;
  EXPECT_EQ(bench.hear("I want to pay my bill", {"yes", "no"}), List{"i want to pay my bill"});
}

TEST(Recognizer, HearsEnglishWithoutHints) {
  Bench bench;
  EXPECT_EQ(bench.hear("hello how are you", {}), List{"hello how are you"});
}

TEST(Recognizer, UnknownHintsAreNoObstacle) {
  Bench bench;
  EXPECT_EQ(bench.hear("yes", {"kwyjibo", "yes"}), List{"yes"});
}

TEST(Recognizer, TellsUtterancesOneByOneAndPartsOfThemBefore) {
  Bench bench;
  auto stream = bench.open({.partial_results = true});
  bench.say(*stream, Bench::sound("hello how are you"));
  EXPECT_EQ(bench.notes.final, List{"hello how are you"}) << "the pause ended it";
  ASSERT_FALSE(bench.notes.partial.empty());
  EXPECT_TRUE(bench.notes.partial.back().starts_with("hello"));
  bench.say(*stream, Bench::sound("my name is john"));
  EXPECT_EQ(bench.notes.final, (List{"hello how are you", "my name is john"}));
  EXPECT_FALSE(bench.notes.finished);
  stream->finish();
  bench.loop.run_ready();
  EXPECT_TRUE(bench.notes.finished);
}

TEST(Recognizer, GivesTheSameForEachParty) {
  Bench bench;
  const List first = bench.hear("my flight leaves tomorrow morning", {});
  bench.hear("yes", {"yes", "no"});
  EXPECT_EQ(bench.hear("my flight leaves tomorrow morning", {}), first)
      << "what the decoder learned of others is forgotten";
}

TEST(Recognizer, SilenceAndTonesAreNoWords) {
  Bench bench;
  auto stream = bench.open({.hints = {"yes", "no"}});
  bench.say(*stream, std::vector<media::Sample>(16'000));
  EXPECT_EQ(bench.notes.final, List{});
  std::vector<media::Sample> tone(16'000);
  for (std::size_t i = 0; i < tone.size(); ++i)
    tone[i] = static_cast<media::Sample>(8000 * std::sin(0.3456 * static_cast<double>(i)));
  bench.say(*stream, tone);
  bench.say(*stream, std::vector<media::Sample>(16'000));
  EXPECT_EQ(bench.notes.final, List{""});
}

TEST(Recognizer, ListensToSoManyAtOnce) {
  Bench bench;
  bench.settings.streams = 2;
  auto one = bench.open({});
  auto other = bench.open({});
  const auto refused = bench.engine().open({}, bench.notes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::unavailable);
  other.reset();
  bench.loop.run_ready();
  EXPECT_TRUE(bench.engine().open({}, bench.notes));
}

TEST(Recognizer, LeavesOutWhatItCannotFollowAndSaysSo) {
  Bench bench;
  bench.settings.longest_queue = 2s;
  auto stream = bench.open({});
  const auto sentence = Bench::sound("the quick brown fox jumps over the lazy dog");
  for (std::size_t at = 0; at < sentence.size(); at += 160)
    stream->hear(std::span(sentence).subspan(at, 160));  // the machine does nothing meanwhile
  stream->finish();
  bench.loop.run_ready();
  EXPECT_GE(bench.notes.left_out, 2s);
  EXPECT_TRUE(bench.notes.finished);
}

TEST(Recognizer, UnderstandsEnglishOnly) {
  Bench bench;
  EXPECT_TRUE(bench.engine().understands("en-GB"));
  EXPECT_TRUE(bench.engine().understands("EN"));
  EXPECT_FALSE(bench.engine().understands("eng"));
  const auto refused = bench.engine().open({.language = "de-DE"}, bench.notes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::unsupported);
}

TEST(Recognizer, IsNotThereWithoutItsModels) {
  Bench bench;
  bench.settings.models = "/nonexistent";
  EXPECT_EQ(PocketsphinxRecognizer::create(bench.loop, bench.pool, bench.settings), nullptr);
}

TEST(Recognizer, WritesARecordingDown) {
  Bench bench;
  auto samples = Bench::sound("hello how are you");
  const auto more = Bench::sound("my name is john");
  samples.insert(samples.end(), more.begin(), more.end());
  auto clip =
      std::make_shared<const media::PcmClip>(media::PcmClip{media::narrowband, std::move(samples)});
  std::optional<base::Result<call::Recognized>> result;
  base::TaskGroup tasks(bench.loop);
  const auto write = [](PocketsphinxRecognizer& engine, media::PcmClipPtr sound,
                        std::optional<base::Result<call::Recognized>>& into) -> base::Task<void> {
    call::RecognitionTerms terms;
    auto writing = engine.transcribe(std::move(sound), std::move(terms));
    into = co_await std::move(writing);
  };
  tasks.spawn(write(bench.engine(), std::move(clip), result));
  bench.loop.run_ready();
  ASSERT_TRUE(result && *result);
  EXPECT_EQ((*result)->transcript, "hello how are you my name is john");
  EXPECT_GT((*result)->confidence, 0.4);
}

}  // namespace
}  // namespace belfry::speech
