#include "store/blob_folder.hpp"

#include <gtest/gtest.h>

#include "store/testing.hpp"

namespace belfry::store {
namespace {

struct Blobs : ::testing::TestWithParam<bool> {
  template <class T>
  T get(base::Task<T> task) {
    return store::testing::wait_for(loop, std::move(task));
  }
  store::testing::TemporaryFolder folder;
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  BlobFolder blobs{GetParam() ? std::filesystem::path(folder.path()) / "media" : "", pool};
  const std::string name = "ME" + std::string(32, 'a');
};

INSTANTIATE_TEST_SUITE_P(InAFolderAndInMemory, Blobs, ::testing::Bool());

TEST_P(Blobs, AreReadAsWritten) {
  const std::string bytes("\0\xff picture", 10);
  ASSERT_TRUE(get(blobs.write(name, bytes)));
  EXPECT_EQ(get(blobs.read(name)).value(), bytes);
}

TEST_P(Blobs, AreReplaced) {
  ASSERT_TRUE(get(blobs.write(name, "first, and longer")));
  ASSERT_TRUE(get(blobs.write(name, "second")));
  EXPECT_EQ(get(blobs.read(name)).value(), "second");
}

TEST_P(Blobs, AreGoneAfterTheirRemoval) {
  ASSERT_TRUE(get(blobs.write(name, "x")));
  ASSERT_TRUE(get(blobs.remove(name)));
  EXPECT_EQ(get(blobs.read(name)).error().code, base::Errc::not_found);
  EXPECT_TRUE(get(blobs.remove(name))) << "a second time too";
}

TEST_P(Blobs, NamesDoNotLeaveTheFolderH6) {
  for (const char* wrong : {"../belfry.db", "a/b", "..", "", ".part", "ME%2e"}) {
    EXPECT_FALSE(get(blobs.write(wrong, "x"))) << wrong;
    EXPECT_FALSE(get(blobs.read(wrong))) << wrong;
  }
}

TEST_P(Blobs, AreReadInPartsAlsoAfterTheirRemoval) {
  ASSERT_TRUE(get(blobs.write(name, "0123456789")));
  const auto opened = get(blobs.open(name, ""));
  ASSERT_TRUE(opened);
  ASSERT_TRUE(get(blobs.remove(name)));
  std::string part(8, '-');
  EXPECT_EQ((*opened)->size(), 10u);
  EXPECT_EQ((*opened)->read(7, std::as_writable_bytes(std::span(part))), 3u);
  EXPECT_EQ(part, "789-----");
  EXPECT_EQ((*opened)->read(10, std::as_writable_bytes(std::span(part))), 0u);
  EXPECT_EQ(get(blobs.open(name, "")).error().code, base::Errc::not_found);
  EXPECT_EQ(get(blobs.open("../" + name, "")).error().code, base::Errc::not_found);
}

TEST(BlobFolder, RemovesWhatIsForgottenAndOldAndNothingElse) {
  store::testing::TemporaryFolder folder;
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  BlobFolder blobs(folder.path(), pool);
  const std::filesystem::path in = folder.path();
  for (const char* each : {"BFkept", "BFforgotten", "BFnew"})
    ASSERT_TRUE(store::testing::wait_for(loop, blobs.write(each, "x")));
  std::filesystem::copy_file(in / "BFkept", in / "BFhalf.part");
  const auto now = std::filesystem::last_write_time(in / "BFnew");
  for (const char* each : {"BFkept", "BFforgotten", "BFhalf.part"})
    std::filesystem::last_write_time(in / each, now - std::chrono::hours(2));
  const auto hour_ago = std::chrono::floor<std::chrono::microseconds>(
      std::chrono::file_clock::to_sys(now) - std::chrono::hours(1)
  );
  EXPECT_EQ(store::testing::wait_for(loop, blobs.remove_others({"BFkept"}, hour_ago)), 2u);
  EXPECT_TRUE(std::filesystem::exists(in / "BFkept"));
  EXPECT_TRUE(std::filesystem::exists(in / "BFnew"));
  EXPECT_FALSE(std::filesystem::exists(in / "BFforgotten"));
  EXPECT_FALSE(std::filesystem::exists(in / "BFhalf.part"));
}

TEST(BlobFolder, AFolderThatCannotBeWrittenIsAnError) {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  BlobFolder blobs("/proc/belfry-test", pool);
  EXPECT_FALSE(store::testing::wait_for(loop, blobs.write("ME1", "x")));
}

}  // namespace
}  // namespace belfry::store
