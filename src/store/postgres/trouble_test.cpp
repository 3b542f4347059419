#include <fstream>

#include "store/postgres/connection.hpp"
#include "store/sql/migrations.hpp"
#include "store/store.hpp"
#include "store/testing.hpp"

/// Full disks, broken and foreign databases (rule R2), and who may use one (rule R6).
namespace belfry::store {
namespace {

using namespace std::chrono_literals;
using testing::Fixture;
using ::testing::HasSubstr;
using testing::leg;
using ::testing::Not;
using testing::PostgresDatabaseOfTest;
using testing::PostgresServer;

Settings settings_for(const std::string& url) {
  return {.folder = ":memory:", .database_url = url, .mode = Settings::Mode::same_thread};
}

base::Result<std::unique_ptr<Store>> try_to_open(Settings settings) {
  static const base::VirtualClock clock;
  static base::Loop loop(clock);
  return open(std::move(settings), loop);
}

/// Writes to the table fail with what PostgreSQL says when its disk is full.
void fill_disk(const PostgresDatabaseOfTest& database) {
  database.ask(
      "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$"
  );
  for (const char* table : {"legs", "room_probe"})
    database.ask(
        std::string("CREATE TRIGGER full_disk BEFORE INSERT ON ") + table +
        " EXECUTE FUNCTION fail()"
    );
}

TEST(FullDatabase, RefusesWritesUntilThereIsRoomAgain) {
  PostgresDatabaseOfTest database;
  Fixture fixture(settings_for(database.url()));
  ASSERT_TRUE(fixture.commit({.legs = {leg("CA1")}}));
  fill_disk(database);
  EXPECT_EQ(fixture.commit({.legs = {leg("CA2")}}).error().code, base::Errc::unavailable);
  EXPECT_FALSE(fixture.store->accepts_writes());
  fixture.store->commit_later({.legs = {leg("CA3")}});
  fixture.clock.advance(10s);
  fixture.loop.run_ready();
  EXPECT_FALSE(fixture.store->accepts_writes());
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), 1U) << "reads go on";

  database.ask("DROP FUNCTION fail CASCADE");
  fixture.clock.advance(3s);
  fixture.loop.run_ready();
  EXPECT_TRUE(fixture.store->accepts_writes());
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), 2U) << "what waited is written";
}

TEST(BrokenDatabase, IsTheEndAndNothingIsAcknowledgedAfterIt) {
  PostgresDatabaseOfTest database;
  std::vector<std::string> fatal;
  Settings settings = settings_for(database.url());
  settings.on_fatal = [&](const std::string& message) { fatal.push_back(message); };
  Fixture fixture(std::move(settings));
  ASSERT_TRUE(fixture.commit({.legs = {leg("CA1")}}));
  database.ask("DROP TABLE legs");
  EXPECT_EQ(fixture.commit({.legs = {leg("CA2")}}).error().code, base::Errc::io);
  ASSERT_EQ(fatal.size(), 1U);
  EXPECT_THAT(fatal[0], HasSubstr("legs"));
  EXPECT_FALSE(fixture.store->accepts_writes());
  EXPECT_FALSE(fixture.commit({.legs = {leg("CA3")}}));
}

TEST(Database, IsReadWholeForDamage) {
  PostgresServer server;
  PostgresDatabaseOfTest database(server);
  std::string file;
  {
    Fixture fixture(settings_for(database.url()));
    call::Changes changes;
    for (int i = 0; i < 500; ++i) changes.legs.push_back(leg("CA" + std::to_string(i)));
    ASSERT_TRUE(fixture.commit(std::move(changes)));
    EXPECT_TRUE(testing::wait_for(fixture.loop, fixture.store->check_integrity()));
    file = server.data_folder() + "/" + database.ask("SELECT pg_relation_filepath('legs')");
  }
  server.stop();
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(8192 * 5 + 4000);
    bytes << std::string(500, '\x7f');
    ASSERT_TRUE(bytes.good());
  }
  server.start();
  Fixture fixture(settings_for(database.url()));
  const auto result = testing::wait_for(fixture.loop, fixture.store->check_integrity());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Errc::io);
}

TEST(DatabaseLock, TheSecondProcessNamesTheFirstR6) {
  PostgresDatabaseOfTest database;
  auto first = try_to_open(settings_for(database.url()));
  ASSERT_TRUE(first);
  const auto second = try_to_open(settings_for(database.url()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Errc::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("belfry " + std::to_string(::getpid()) + " on "));
  first->reset();
  EXPECT_TRUE(try_to_open(settings_for(database.url())));
}

TEST(DatabaseLock, IsLostForGoodToWhoeverTookItMeanwhile) {
  PostgresDatabaseOfTest database;
  std::vector<std::string> fatal;
  Settings settings = settings_for(database.url());
  settings.on_fatal = [&](const std::string& message) { fatal.push_back(message); };
  Fixture fixture(std::move(settings));
  // Waits for the lock; gets it when the store's session ends.
  postgres::Connection other(database.url(), "the other one");
  database.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE datname = current_database() AND application_name LIKE 'belfry %'"
  );
  other.ask("SELECT pg_advisory_lock(1650814054, 1937010546)");
  EXPECT_FALSE(fixture.commit({.legs = {leg("CA1")}}));
  ASSERT_EQ(fatal.size(), 1U);
  EXPECT_THAT(fatal[0], HasSubstr("the other one"));
}

TEST(DatabaseUrl, IsCheckedWithoutShowingThePassword) {
  for (const char* url :
       {"postgresql://u:geheim@[::1/db", "postgresql://u:geheim%zz@localhost/db",
        "mysql://u:geheim@localhost/db"}) {
    const auto refused = try_to_open(settings_for(url));
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, base::Errc::invalid_argument) << url;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("geheim"))) << url;
  }
}

TEST(DatabaseUrl, OfNoServerIsAnErrorWithoutThePassword) {
  for (const char* url :
       {"postgresql://u:geheim@%2Fnonexistent/db", "postgresql://u:geheim@localhost:99999x/db"}) {
    const auto refused = try_to_open(settings_for(url));
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, base::Errc::io) << url;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("geheim"))) << url;
  }
}

TEST(OpenDatabase, RefusesTheSchemaOfANewerBelfryAndLeavesItAlone) {
  PostgresDatabaseOfTest database;
  ASSERT_TRUE(try_to_open(settings_for(database.url())));
  const int newer = sql::schema_version() + 1;
  database.ask("UPDATE belfry SET schema_version = " + std::to_string(newer));
  const auto refused = try_to_open(settings_for(database.url()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("schema " + std::to_string(newer)));
  EXPECT_EQ(database.ask("SELECT schema_version FROM belfry"), std::to_string(newer));
}

TEST(OpenDatabase, RefusesAnotherEncoding) {
  PostgresDatabaseOfTest database(" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  const auto refused = try_to_open(settings_for(database.url()));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("UTF8"));
}

}  // namespace
}  // namespace belfry::store
