#include "speech/synthesizer.hpp"

#include <fstream>

#include "speech/clip_shaping.hpp"

namespace belfry::speech {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Synthesis = base::Result<media::PcmClipPtr>;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    char name[] = "/tmp/belfry-speech-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Bench {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  Synthesizer::Settings settings{.cache_directory = {}, .plain_voice = true};
  base::TaskGroup tasks{loop};
  std::vector<Synthesis> results;

  static base::Task<void> ask(Synthesizer& speech, call::Utterance utterance, Bench& bench) {
    Synthesis clip = co_await speech.synthesize(std::move(utterance));
    bench.results.push_back(std::move(clip));
  }
  Synthesis say(
      Synthesizer& speech, std::string text, std::string language = "en-US", double rate = 1
  ) {
    tasks.spawn(ask(speech, {std::move(text), "alice", std::move(language), rate}, *this));
    loop.run_ready();
    EXPECT_FALSE(results.empty());
    Synthesis last = std::move(results.back());
    results.clear();
    return last;
  }
};

std::size_t loud_samples(const media::PcmClip& clip) {
  return static_cast<std::size_t>(std::count_if(
      clip.samples.begin(), clip.samples.end(), [](media::Sample s) { return s > 500 || s < -500; }
  ));
}

TEST(Synthesizer, SpeaksTitlesOfEveryKind) {
  Bench bench;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  const std::string table[] = {
      "Fish & chips < 5 > \"now\" 'then' #1",
      "🚀",
      "🦕",
      "تقرير عاجل",
      "提交季度报告",
      "Отправить отчёт",
      "Ship 🚀 отчёт 报告 & تقرير",
      std::string("bell\x07 null\0 escape\x1B[2J", 22),
      "$(rm -rf /) `id` ; -v en --help",
      "\xFF\xFE broken",
      "!!!",
  };
  for (const std::string& text : table) {
    const auto clip = bench.say(speech, text);
    ASSERT_TRUE(clip.has_value()) << text << ": " << clip.error().message;
    EXPECT_GT(loud_samples(**clip), 500u) << text;
    EXPECT_LE((*clip)->rate.hz, 16000u);
  }
}

TEST(Synthesizer, HasNothingToSayForBlanks) {
  Bench bench;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  for (const char* text : {"", "   ", "\n\t", "\x01\x02"}) {
    const auto clip = bench.say(speech, text);
    ASSERT_FALSE(clip.has_value());
    EXPECT_EQ(clip.error().code, base::Errc::invalid_argument);
  }
}

TEST(Synthesizer, SpeaksLongTexts) {
  Bench bench;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  std::string words;
  while (words.size() < 4090) words += "word ";
  EXPECT_GT((*bench.say(speech, words))->duration(), 100s);
  EXPECT_TRUE(bench.say(speech, std::string(4096, 'a')).has_value());
  EXPECT_TRUE(bench.say(speech, std::string(500, '7')).has_value());
  EXPECT_FALSE(bench.say(speech, std::string(20'000, 'a')).has_value());
}

TEST(Synthesizer, GivesTheSameSamplesEachTimeWithThePlainVoice) {
  Bench bench;
  bench.settings.memory_bytes = 0;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  const auto one = bench.say(speech, "Press 1 to acknowledge.");
  const auto two = bench.say(speech, "Press 1 to acknowledge.");
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->get(), two->get());
  EXPECT_EQ((*one)->samples, (*two)->samples);
}

TEST(Synthesizer, TheBuiltInVoicesDifferAndObeyTheRate) {
  Bench bench;
  bench.settings.plain_voice = false;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  const auto normal = bench.say(speech, "Good morning everybody.");
  const auto slow = bench.say(speech, "Good morning everybody.", "en-US", 0.5);
  ASSERT_TRUE(normal && slow);
  EXPECT_EQ((*normal)->rate, media::wideband);
  EXPECT_GT((*slow)->duration(), (*normal)->duration() * 3 / 2);
  bench.tasks.spawn(Bench::ask(speech, {"Good morning everybody.", "man", "en-US", 1}, bench));
  bench.loop.run_ready();
  ASSERT_TRUE(bench.results.back());
  EXPECT_NE((*bench.results.back())->samples.size(), (*normal)->samples.size());
}

TEST(Synthesizer, EqualRequestsAtTheSameTimeAreOneSynthesis) {
  Bench bench;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  for (int i = 0; i < 3; ++i)
    bench.tasks.spawn(Bench::ask(speech, {"Together.", "alice", "en-US", 1}, bench));
  bench.loop.run_ready();
  ASSERT_EQ(bench.results.size(), 3u);
  EXPECT_EQ(bench.results[0]->get(), bench.results[2]->get());
  EXPECT_EQ(bench.say(speech, "Together.")->get()->rate, media::narrowband);
}

TEST(Synthesizer, RefusesMoreThanItCanTake) {
  Bench bench;
  bench.settings.waiting_limit = 1;
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  bench.tasks.spawn(Bench::ask(speech, {"One.", "alice", "en-US", 1}, bench));
  bench.tasks.spawn(Bench::ask(speech, {"Two.", "alice", "en-US", 1}, bench));
  bench.loop.run_ready();
  ASSERT_EQ(bench.results.size(), 2u);
  EXPECT_EQ(bench.results[0].error().code, base::Errc::unavailable);
  EXPECT_TRUE(bench.results[1].has_value());
}

TEST(Synthesizer, KeepsClipsOnDiskAndTreatsACorruptFileAsAbsent) {
  const TemporaryDirectory directory;
  Bench bench;
  bench.settings.cache_directory = directory.path() / "speech";
  std::vector<media::Sample> first;
  {
    Synthesizer speech(bench.loop, bench.pool, bench.settings);
    first = (*bench.say(speech, "Kept."))->samples;
  }
  std::vector<fs::path> files(fs::directory_iterator(bench.settings.cache_directory), {});
  ASSERT_EQ(files.size(), 1u);
  const auto size = fs::file_size(files[0]);
  {
    std::fstream file(files[0], std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200);
    file.put('\x55').put('\x55').put('\x55');
  }
  Synthesizer speech(bench.loop, bench.pool, bench.settings);
  EXPECT_EQ((*bench.say(speech, "Kept."))->samples, first);
  EXPECT_EQ(fs::file_size(files[0]), size);
}

TEST(DiskCache, ForgetsTheLeastRecentlyUsedAndLeftoversOfACrash) {
  const TemporaryDirectory directory;
  const media::PcmClip clip{media::narrowband, std::vector<media::Sample>(1000, 5)};
  {
    DiskCache cache(directory.path(), 5000);
    cache.insert("a", clip);
    cache.insert("b", clip);
    EXPECT_TRUE(cache.find("a"));
    cache.insert("c", clip);
    EXPECT_FALSE(cache.find("b"));
    EXPECT_TRUE(cache.find("a") && cache.find("c"));
    EXPECT_LE(cache.bytes(), 5000u);
  }
  std::ofstream(directory.path() / "7-1.part") << "half";
  std::ofstream(directory.path() / "d.pcm") << "short";
  DiskCache again(directory.path(), 50'000);
  EXPECT_EQ(again.find("a")->samples, clip.samples);
  EXPECT_FALSE(again.find("d"));
  EXPECT_FALSE(fs::exists(directory.path() / "7-1.part"));
  EXPECT_FALSE(fs::exists(directory.path() / "d.pcm"));
}

TEST(DiskCache, WithoutAUsableDirectoryItIsEmpty) {
  const media::PcmClip clip{media::narrowband, std::vector<media::Sample>(10)};
  DiskCache none({}, 5000);
  none.insert("a", clip);
  EXPECT_FALSE(none.find("a"));
  DiskCache impossible("/proc/none/speech", 5000);
  impossible.insert("a", clip);
  EXPECT_FALSE(impossible.find("a"));
}

TEST(MemoryCache, StaysWithinItsLimit) {
  MemoryCache cache(5000);
  const auto clip = std::make_shared<const media::PcmClip>(
      media::PcmClip{media::narrowband, std::vector<media::Sample>(1000)}
  );
  for (const char* key : {"a", "b"}) cache.insert(key, clip);
  EXPECT_TRUE(cache.find("a"));
  cache.insert("c", clip);
  EXPECT_FALSE(cache.find("b"));
  EXPECT_EQ(cache.bytes(), 4000u);
}

TEST(Espeak, ReportsWhatItCannotDo) {
  EXPECT_FALSE(Espeak("").available());
  EXPECT_FALSE(Espeak("/usr/bin/no-such-program").available());
  EXPECT_FALSE(Espeak("/bin/false").speak("en", "hello", 1).has_value());
  EXPECT_FALSE(Espeak("/bin/true").speak("en", std::string(200'000, 'a'), 1).has_value());
  EXPECT_FALSE(Espeak("/bin/cat").speak("en", "hello", 1).has_value());
  const auto flood = Espeak("/usr/bin/yes").speak("en", "hello", 1);
  ASSERT_FALSE(flood.has_value());
}

TEST(ClipShaping, TrimsSilenceAndJoinsRates) {
  media::PcmClip clip{media::narrowband, std::vector<media::Sample>(16000)};
  std::fill(clip.samples.begin() + 8000, clip.samples.begin() + 8800, media::Sample{5000});
  trim_silence(clip);
  EXPECT_EQ(clip.samples.size(), 320u + 800u + 1200u);
  media::PcmClip silent{media::narrowband, std::vector<media::Sample>(8000)};
  trim_silence(silent);
  EXPECT_TRUE(silent.samples.empty());
  EXPECT_EQ(join({clip, clip}).rate, media::narrowband);
  const media::PcmClip high{{22050}, std::vector<media::Sample>(22050, 100)};
  const media::PcmClip joined = join({clip, high});
  EXPECT_EQ(joined.rate, media::wideband);
  EXPECT_NEAR(static_cast<double>(joined.samples.size()), 16000.0 + 2 * 2320, 4);
}

TEST(Synthesizer, WorksOnThreadsWithoutHoldingTheLoopUp) {
  base::SystemClock clock;
  base::Loop loop(clock);
  std::mutex mutex;
  std::condition_variable roused;
  bool wake = false;
  loop.on_wake([&] {
    const std::lock_guard lock(mutex);
    wake = true;
    roused.notify_one();
  });
  base::WorkerPool pool(loop, 2);
  Synthesizer speech(loop, pool, {.cache_directory = {}});
  base::TaskGroup tasks(loop);
  Bench bench;
  for (const char* text : {"One by one.", "Two at a time.", "Три.", "四"})
    tasks.spawn(Bench::ask(speech, {text, "man", "en-US", 1}, bench));
  loop.run_ready();
  while (bench.results.size() < 4) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(roused.wait_for(lock, 60s, [&] { return wake; }));
    wake = false;
    lock.unlock();
    loop.run_ready();
  }
  for (const auto& result : bench.results) EXPECT_TRUE(result.has_value());
}

}  // namespace
}  // namespace belfry::speech
