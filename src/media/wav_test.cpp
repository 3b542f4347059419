#include <gtest/gtest.h>

#include "media/wav.hpp"

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/random.hpp"
#include "media/testing.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Recording : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "belfry-wav-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ / "RE1.wav";
    part_ = folder_ / "RE1.wav.part";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::vector<Sample> tone(base::Duration length) {
    return testing::render(sine(440), narrowband, length);
  }
  std::vector<char> bytes_of(const fs::path& path) const {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void record(base::Duration length, bool finish) {
    auto recorder = WavRecorder::create(path_);
    ASSERT_TRUE(recorder);
    const auto samples = tone(length);
    for (std::size_t at = 0; at < samples.size(); at += 160)
      ASSERT_TRUE(recorder->write(ConstSamples(samples).subspan(at, 160)));
    EXPECT_EQ(recorder->duration(), length);
    if (!finish) return;
    const auto done = recorder->finish();
    ASSERT_TRUE(done);
    EXPECT_EQ(*done, length);
  }

  fs::path folder_, path_, part_;
};

TEST_F(Recording, IsTheSameAudioWhenReadBack) {
  record(3500ms, true);
  EXPECT_FALSE(fs::exists(part_));
  const auto clip = read_audio_file(path_);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->rate, narrowband);
  EXPECT_EQ(clip->samples, tone(3500ms));
}

TEST_F(Recording, IsAValidFileAtEverySecondWhileItIsWritten) {  // rule R8
  auto recorder = WavRecorder::create(path_);
  ASSERT_TRUE(recorder);
  const auto second = tone(1s);
  for (int seconds = 1; seconds <= 7; ++seconds) {
    ASSERT_TRUE(recorder->write(second));
    const auto clip = read_audio_file(part_);
    ASSERT_TRUE(clip);
    EXPECT_EQ(clip->duration(), seconds * 1s);
    EXPECT_FALSE(fs::exists(path_));
  }
}

TEST_F(Recording, IsRepairedWhereverACrashCutIt) {  // rule R8
  base::SeededRandom random(42);
  record(4s, false);
  const std::vector<char> whole = bytes_of(part_);
  ASSERT_GT(whole.size(), 44u + 3 * 16000);
  const auto original = tone(4s);
  for (int attempt = 0; attempt < 60; ++attempt) {
    const std::size_t length = attempt < 50 ? random.below(whole.size() + 1)
                                            : static_cast<std::size_t>(attempt - 10);  // 40 to 49
    std::ofstream(part_, std::ios::binary | std::ios::trunc)
        .write(whole.data(), static_cast<std::streamsize>(length));
    const auto repaired = repair_part(part_);
    ASSERT_TRUE(repaired) << length;
    EXPECT_FALSE(fs::exists(part_));
    if (length < 46) {
      EXPECT_FALSE(repaired->has_value()) << length;
      EXPECT_FALSE(fs::exists(path_));
      continue;
    }
    const std::size_t samples = (length - 44) / 2;
    ASSERT_TRUE(repaired->has_value()) << length;
    EXPECT_EQ(**repaired, duration_of(samples, narrowband));
    const auto clip = read_audio_file(path_);
    ASSERT_TRUE(clip) << length;
    ASSERT_EQ(clip->samples.size(), samples);
    EXPECT_TRUE(std::equal(clip->samples.begin(), clip->samples.end(), original.begin()));
    fs::remove(path_);
  }
}

TEST_F(Recording, IsRepairedWhenThePowerCutLeftZerosInItsHeader) {
  record(2s, false);
  std::vector<char> bytes = bytes_of(part_);
  std::fill_n(bytes.begin(), 44, '\0');
  std::ofstream(part_, std::ios::binary).write(bytes.data(), std::ssize(bytes));
  const auto repaired = repair_part(part_);
  ASSERT_TRUE(repaired);
  EXPECT_EQ(*repaired, 2s);
  EXPECT_TRUE(read_audio_file(path_));
}

/// The kernel's limit on file sizes stands for a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(Recording, OnAFullDiskFailsWithAValueAndKeepsWhatIsThere) {  // rule R2
  auto recorder = WavRecorder::create(path_);
  ASSERT_TRUE(recorder);
  const auto second = tone(1s);
  {
    const FileSizeLimit limit(44 + 40001);
    ASSERT_TRUE(recorder->write(second));
    ASSERT_TRUE(recorder->write(second));
    const auto third = recorder->write(second);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, base::Errc::io);
    EXPECT_EQ(third.error().detail, EFBIG);
    EXPECT_FALSE(recorder->write(second));
    const auto finished = recorder->finish();
    ASSERT_TRUE(finished);
    EXPECT_EQ(*finished, duration_of(20000, narrowband));
  }
  EXPECT_EQ(read_audio_file(path_)->samples.size(), 20000u);
}

TEST_F(Recording, InAFolderThatIsNotThereIsAnError) {
  const auto recorder = WavRecorder::create(folder_ / "none" / "RE1.wav");
  ASSERT_FALSE(recorder);
  EXPECT_EQ(recorder.error().detail, ENOENT);
  EXPECT_FALSE(repair_part(folder_ / "none.wav.part"));
  EXPECT_FALSE(repair_part(path_));
}

TEST(Wav, MonoFileInMemoryRoundTrips) {
  const PcmClip clip{wideband, testing::render(sine(440), wideband, 100ms)};
  const auto read = read_audio(to_wav(clip));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rate, wideband);
  EXPECT_EQ(read->samples, clip.samples);
}

TEST(Wav, GarbageAndCutFilesAreErrorsOrShorter) {
  EXPECT_FALSE(read_audio({}));
  const std::vector<std::byte> noise(1000, std::byte{0x42});
  EXPECT_EQ(read_audio(noise).error().code, base::Errc::malformed);
  const auto file = to_wav({narrowband, std::vector<Sample>(8000, 100)});
  for (std::size_t length = 0; length < file.size(); length += 97) {
    const auto read = read_audio(std::span(file).first(length));
    if (read) {
      EXPECT_LE(read->samples.size(), length / 2);
    }
  }
}

TEST(Wav, TooLargeAndTooLongAreRefused) {
  EXPECT_EQ(
      read_audio(std::vector<std::byte>(audio_file_limit + 1)).error().code, base::Errc::too_large
  );
  auto slow = to_wav({{4000}, std::vector<Sample>(4000 * 60 * 15 + 10)});
  EXPECT_EQ(read_audio(slow).error().code, base::Errc::too_large);
}

}  // namespace
}  // namespace belfry::media
