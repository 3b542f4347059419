#include "store/postgres/doorbell.hpp"

#include "store/store.hpp"
#include "store/testing.hpp"

namespace belfry::store::postgres {
namespace {

struct DoorbellTest : ::testing::Test {
  void turn_until(const std::function<bool()>& done) {
    while (!done())
      if (loop.run_ready() == 0) std::this_thread::yield();
  }
  store::testing::PostgresDatabaseOfTest database;
  base::SystemClock clock;
  base::Loop loop{clock};
};

TEST_F(DoorbellTest, TellsTheOthersOfACommitAndNotItself) {
  int heard_by_store = 0;
  int heard = 0;
  auto store = open(
                   {.folder = ":memory:",
                    .database_url = database.url(),
                    .on_doorbell = [&] { ++heard_by_store; }},
                   loop
  )
                   .value();
  Doorbell other(database.url(), loop, [&] { ++heard; });
  turn_until([&] { return heard_by_store == 1 && heard == 1; });  // both are connected
  ASSERT_TRUE(store::testing::wait_for(loop, store->commit({.legs = {store::testing::leg("CA1")}}))
  );
  turn_until([&] { return heard == 2; });
  other.ring();
  turn_until([&] { return heard_by_store == 2; });
  EXPECT_EQ(heard, 2);
}

TEST_F(DoorbellTest, RingsOnceForManyCommitsButAlwaysAfterTheLast) {
  int heard = 0;
  Doorbell other(database.url(), loop, [&] { ++heard; });
  turn_until([&] { return heard == 1; });
  int connected = 0;
  Doorbell bell(database.url(), loop, [&] { ++connected; });
  turn_until([&] { return connected == 1; });
  for (int i = 0; i < 10'000; ++i) bell.ring();
  turn_until([&] { return heard >= 2; });
  EXPECT_LT(heard, 1000);
  const int before = heard;
  bell.ring();
  turn_until([&] { return heard > before; });
}

TEST_F(DoorbellTest, RingsAfterItsConnectionWasLost) {
  int heard = 0;
  Doorbell bell(database.url(), loop, [&] { ++heard; });
  turn_until([&] { return heard == 1; });
  database.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE datname = current_database() AND application_name = 'belfry doorbell'"
  );
  turn_until([&] { return heard == 2; });
}

}  // namespace
}  // namespace belfry::store::postgres
