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

TEST(BlobFolder, AFolderThatCannotBeWrittenIsAnError) {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  BlobFolder blobs("/proc/belfry-test", pool);
  EXPECT_FALSE(store::testing::wait_for(loop, blobs.write("ME1", "x")));
}

}  // namespace
}  // namespace belfry::store
