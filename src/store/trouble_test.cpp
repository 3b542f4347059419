#include <sqlite3.h>

#include <fstream>

#include "store/sql/migrations.hpp"
#include "store/sqlite/database.hpp"
#include "store/store.hpp"
#include "store/testing.hpp"

/// Full disks, broken disks, foreign files (rule R2).
namespace belfry::store {
namespace {

using namespace std::chrono_literals;
using testing::Fixture;
using testing::leg;
using testing::TemporaryFolder;

/// SQLite's own file layer, but for an fsync of the WAL that fails on command.
class FailingSync {
 public:
  FailingSync() {
    below_ = sqlite3_vfs_find(nullptr);
    layer_ = *below_;
    layer_.zName = "failing-sync";
    layer_.xOpen = &FailingSync::open;
    sqlite3_vfs_register(&layer_, 1);
  }
  FailingSync(const FailingSync&) = delete;
  FailingSync& operator=(const FailingSync&) = delete;
  ~FailingSync() {
    fail_ = false;
    sqlite3_vfs_register(below_, 1);
    sqlite3_vfs_unregister(&layer_);
  }
  void fail_from_now_on() { fail_ = true; }

 private:
  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    const int result = below_->xOpen(below_, name, file, flags, out);
    if (result != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return result;
    // All files of one kind have the same functions, so one copy serves them.
    if (true_sync_ == nullptr) {
      methods_ = *file->pMethods;
      true_sync_ = methods_.xSync;
      methods_.xSync = &FailingSync::sync;
    }
    file->pMethods = &methods_;
    return SQLITE_OK;
  }
  static int sync(sqlite3_file* file, int flags) {
    return fail_ ? SQLITE_IOERR_FSYNC : true_sync_(file, flags);
  }

  sqlite3_vfs layer_{};
  static inline sqlite3_vfs* below_ = nullptr;
  static inline sqlite3_io_methods methods_{};
  static inline int (*true_sync_)(sqlite3_file*, int) = nullptr;
  static inline std::atomic<bool> fail_ = false;
};

TEST(BrokenDisk, AFailedFsyncIsTheEndAndNothingIsAcknowledgedAfterIt) {
  const TemporaryFolder folder;
  FailingSync disk;
  std::vector<std::string> fatal;
  {
    Fixture fixture(
        {.folder = folder.path(),
         .mode = Settings::Mode::same_thread,
         .on_fatal = [&](const std::string& message) { fatal.push_back(message); }}
    );
    ASSERT_TRUE(fixture.commit({.legs = {leg("CA1")}}));
    disk.fail_from_now_on();
    EXPECT_EQ(fixture.commit({.legs = {leg("CA2")}}).error().code, base::Errc::io);
    ASSERT_EQ(fatal.size(), 1);
    EXPECT_THAT(fatal[0], ::testing::HasSubstr("I/O"));
    EXPECT_FALSE(fixture.store->accepts_writes());
    EXPECT_FALSE(fixture.commit({.legs = {leg("CA3")}}));
    EXPECT_FALSE(testing::wait_for(fixture.loop, fixture.store->count_legs()));
    EXPECT_EQ(fatal.size(), 1);
  }
}

call::Changes heavy(int number) {
  call::LegRecord record = leg("CA" + std::to_string(number), 1);
  record.status = call::LegStatus::completed;
  record.end_reason = std::string(20'000, 'x');
  return {.legs = {record}};
}

/// Commits until the store has no room. @return how many were taken.
int fill(Fixture& fixture) {
  for (int number = 0; number < 10'000; ++number) {
    const auto result = fixture.commit(heavy(number));
    if (result) continue;
    EXPECT_EQ(result.error().code, base::Errc::unavailable);
    return number;
  }
  return -1;
}

TEST(FullDisk, RefusesWritesUntilThereIsRoomAgain) {
  Fixture fixture({.folder = ":memory:", .mode = Settings::Mode::same_thread, .max_bytes = 2 << 20}
  );
  const int taken = fill(fixture);
  ASSERT_GT(taken, 10);
  EXPECT_FALSE(fixture.store->accepts_writes());
  // Live calls go on: what they note waits, in order.
  fixture.store->commit_later({.legs = {leg("CAlater", 2)}});
  fixture.loop.run_ready();
  EXPECT_FALSE(fixture.get(fixture.store->find_leg("CAlater")));
  EXPECT_EQ(fixture.store->queue_length(), 1);
  // Reads go on as well.
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), static_cast<std::uint64_t>(taken));

  fixture.clock.advance(10s);
  fixture.loop.run_ready();
  EXPECT_FALSE(fixture.store->accepts_writes());

  EXPECT_GT(fixture.get(fixture.store->purge({}, fixture.clock.wall_now(), 1000)), 0);
  EXPECT_TRUE(fixture.store->accepts_writes());
  EXPECT_TRUE(fixture.get(fixture.store->find_leg("CAlater")));
  EXPECT_EQ(fixture.store->queue_length(), 0);
  EXPECT_TRUE(fixture.commit({.legs = {leg("CAafter")}}));
}

TEST(FullDisk, IsTriedAgainEveryFewSeconds) {
  const TemporaryFolder folder;
  Fixture fixture(
      {.folder = folder.path(), .mode = Settings::Mode::same_thread, .max_bytes = 2 << 20}
  );
  ASSERT_GT(fill(fixture), 10);
  {
    // Somebody else makes room.
    sqlite::SqliteDatabase other(
        folder.path() + "/belfry.db", sqlite::SqliteDatabase::Access::read_write
    );
    other.run("DELETE FROM legs");
  }
  EXPECT_FALSE(fixture.store->accepts_writes());
  fixture.clock.advance(5s);
  fixture.loop.run_ready();
  EXPECT_TRUE(fixture.store->accepts_writes());
  EXPECT_TRUE(fixture.commit(heavy(1)));
}

TEST(Open, RefusesTheSchemaOfANewerBelfryAndLeavesItAlone) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/belfry.db";
  const int newer = sql::schema_version() + 1;
  {
    sqlite::SqliteDatabase database(file, sqlite::SqliteDatabase::Access::read_write);
    database.execute_script("PRAGMA user_version=" + std::to_string(newer));
  }
  base::VirtualClock clock;
  base::Loop loop(clock);
  const auto refused = open({.folder = folder.path()}, loop);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("schema " + std::to_string(newer)));
}

TEST(Open, RefusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() + "/belfry.db") << std::string(8192, 'x');
  base::VirtualClock clock;
  base::Loop loop(clock);
  EXPECT_EQ(open({.folder = folder.path()}, loop).error().code, base::Errc::io);
}

TEST(Integrity, FindsADamagedPage) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/belfry.db";
  base::VirtualClock clock;
  base::Loop loop(clock);
  {
    auto store = open({.folder = folder.path()}, loop).value();
    call::Changes changes;
    for (int i = 0; i < 500; ++i) changes.legs.push_back(leg("CA" + std::to_string(i)));
    ASSERT_TRUE(testing::wait_for(loop, store->commit(std::move(changes))));
    EXPECT_TRUE(testing::wait_for(loop, store->check_integrity()));
  }
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(4096 * 60);  // among the rows: the first pages hold the schema
    bytes << std::string(4096 * 10, '\x7f');
  }
  auto store = open({.folder = folder.path()}, loop).value();
  const auto result = testing::wait_for(loop, store->check_integrity());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Errc::io);
}

}  // namespace
}  // namespace belfry::store
