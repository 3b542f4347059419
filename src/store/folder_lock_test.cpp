#include "store/folder_lock.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/testing.hpp"

namespace belfry::store {
namespace {

TEST(FolderLock, TheSecondProcessNamesThePidOfTheFirst) {
  const testing::TemporaryFolder folder;
  int told[2];
  int release[2];
  ASSERT_EQ(::pipe(told), 0);
  ASSERT_EQ(::pipe(release), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FolderLock::take(folder.path());
    char byte = lock ? 'y' : 'n';
    if (::write(told[1], &byte, 1) != 1 || ::read(release[0], &byte, 1) != 1) ::_exit(2);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(told[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');

  const auto refused = FolderLock::take(folder.path());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("pid " + std::to_string(child)));
  base::VirtualClock clock;
  base::Loop loop(clock);
  EXPECT_FALSE(open({.folder = folder.path()}, loop));

  ASSERT_EQ(::write(release[1], &byte, 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST(FolderLock, NeedsAFolder) {
  EXPECT_EQ(FolderLock::take("/nonexistent/folder").error().code, base::Errc::io);
}

TEST(Open, MakesAPrivateFolderAndFiles) {
  const testing::TemporaryFolder parent;
  base::VirtualClock clock;
  base::Loop loop(clock);
  const std::string folder = parent.path() + "/data";
  const auto store = open({.folder = folder}, loop).value();
  ASSERT_TRUE(testing::wait_for(loop, store->commit({.legs = {testing::leg("CA1")}})));
  struct stat status{};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  for (const char* file : {"/lock", "/belfry.db", "/belfry.db-wal", "/belfry.db-shm"}) {
    ASSERT_EQ(::stat((folder + file).c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << file;
  }
}

}  // namespace
}  // namespace belfry::store
