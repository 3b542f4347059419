#include "server/housekeeping.hpp"

#include <fstream>

#include "media/wav.hpp"
#include "media/wav_recorder.hpp"

namespace belfry::server {
namespace {

using namespace std::chrono_literals;

struct HousekeepingTest : testing::Test {
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "housekeeping";

  void SetUp() override {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
};

TEST_F(HousekeepingTest, RuleR8FinishesARecordingThatACrashCutOff) {
  {
    auto recorder = media::WavRecorder::create(folder / "CA1.wav");
    ASSERT_TRUE(recorder);
    const std::vector<media::Sample> second(8000, 100);
    ASSERT_TRUE(recorder->write(second));
    ASSERT_TRUE(recorder->write(second));
  }  // without finish, as a crash leaves it
  EXPECT_FALSE(std::filesystem::exists(folder / "CA1.wav"));
  EXPECT_EQ(repair_recordings(folder), 1U);
  const auto clip = media::read_audio_file(folder / "CA1.wav");
  ASSERT_TRUE(clip) << clip.error().message;
  EXPECT_GE(clip->duration(), 1s);
  EXPECT_EQ(repair_recordings(folder), 0U);
}

TEST_F(HousekeepingTest, RuleP5RemovesWhatIsOlderThanItsRetention) {
  std::ofstream(folder / "old.wav") << "x";
  std::ofstream(folder / "new.wav") << "x";
  const auto now = std::filesystem::last_write_time(folder / "new.wav");
  std::filesystem::last_write_time(folder / "old.wav", now - std::chrono::days(8));
  const auto limit =
      std::chrono::floor<std::chrono::microseconds>(std::chrono::file_clock::to_sys(now)) -
      std::chrono::days(7);
  EXPECT_EQ(remove_recordings(folder, limit), 1U);
  EXPECT_FALSE(std::filesystem::exists(folder / "old.wav"));
  EXPECT_TRUE(std::filesystem::exists(folder / "new.wav"));
}

TEST_F(HousekeepingTest, RuleP5RemovesRowsEachHour) {
  base::VirtualClock clock;
  base::Loop loop(clock);
  auto store =
      store::open({.folder = ":memory:", .mode = store::Settings::Mode::same_thread}, loop);
  ASSERT_TRUE(store);
  call::LegRecord leg;
  leg.sid = "CA1";
  leg.status = call::LegStatus::completed;
  leg.created = clock.wall_now();
  leg.ended = leg.created;
  (*store)->commit_later({.legs = {leg}});
  base::WorkerPool pool(loop, 0);
  Housekeeping housekeeping(loop, **store, pool, {});
  housekeeping.start();
  const auto count = [&] {
    std::optional<std::uint64_t> legs;
    base::TaskGroup tasks(loop);
    const auto ask = [](store::Store& of, std::optional<std::uint64_t>& into) -> base::Task<void> {
      const auto counted = co_await of.count_legs();
      if (counted) into = *counted;
    };
    tasks.spawn(ask(**store, legs));
    loop.run_ready();
    return legs.value_or(99);
  };
  EXPECT_EQ(count(), 1U);
  clock.advance(std::chrono::days(366));
  loop.run_ready();
  EXPECT_EQ(count(), 0U);
}

TEST_F(HousekeepingTest, RuleP5RemovesTheDocumentsThatItIsToldOf) {
  base::VirtualClock clock;
  base::Loop loop(clock);
  auto store =
      store::open({.folder = ":memory:", .mode = store::Settings::Mode::same_thread}, loop);
  ASSERT_TRUE(store);
  call::Changes changes;
  for (const char* collection : {"notification", "usage", "number"})
    changes.documents.push_back({collection, "1", "AC1", {}, clock.wall_now()});
  changes.documents.push_back({"job", "1", "", {}, clock.wall_now()});
  changes.documents.push_back({"job", "2", "live", {}, clock.wall_now()});
  (*store)->commit_later(std::move(changes));
  base::WorkerPool pool(loop, 0);
  Housekeeping::Settings settings;
  settings.documents = {
      {"notification", std::chrono::days(7)},
      {"usage", std::chrono::days(30)},
      {"job", std::chrono::days(7), "live"}
  };
  Housekeeping housekeeping(loop, **store, pool, std::move(settings));
  housekeeping.start();
  const auto left = [&] {
    std::string text;
    base::TaskGroup tasks(loop);
    const auto ask = [](store::Store& of, std::string& into) -> base::Task<void> {
      for (const char* collection : {"notification", "usage", "number", "job"}) {
        call::DocumentQuery query{.collection = collection};
        const auto count = co_await of.count_documents(std::move(query));
        into += count ? std::to_string(*count) : "?";
      }
    };
    tasks.spawn(ask(**store, text));
    loop.run_ready();
    return text;
  };
  EXPECT_EQ(left(), "1112");
  clock.advance(std::chrono::days(8));
  loop.run_ready();
  EXPECT_EQ(left(), "0111") << "work that is still to be done stays";
  clock.advance(std::chrono::days(30));
  loop.run_ready();
  EXPECT_EQ(left(), "0011");
}

}  // namespace
}  // namespace belfry::server
