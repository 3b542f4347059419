#include "store/postgres/connection.hpp"
#include "store/postgres/cutting_proxy.hpp"
#include "store/store.hpp"
#include "store/testing.hpp"

/// Rule R1 with a database that goes away: what was acknowledged is there, and nothing twice.
namespace belfry::store {
namespace {

using namespace std::chrono_literals;
using testing::CuttingProxy;
using testing::Fixture;
using testing::leg;
using testing::PostgresDatabaseOfTest;
using testing::PostgresServer;

/// That these tests stop and start; not the one that others use.
PostgresServer& server() {
  static PostgresServer running;
  return running;
}

Settings settings_for(const std::string& url) {
  return {.folder = ":memory:", .database_url = url, .mode = Settings::Mode::same_thread};
}

/// A leg with an event, whose place an event can take only once.
call::Changes step(const std::string& sid) {
  call::Changes changes;
  changes.legs.push_back(leg(sid));
  changes.events.push_back({.leg_sid = sid, .type = "call.queued"});
  return changes;
}

/// Moves the clock while the store tries to come back.
void pass_time(Fixture& fixture, base::Duration time) {
  for (base::Duration passed{}; passed < time; passed += 250ms) {
    fixture.loop.run_ready();
    fixture.clock.advance(250ms);
  }
  fixture.loop.run_ready();
}

/// What became of a commit that nobody has awaited yet.
class Answer {
 public:
  Answer(Fixture& fixture, call::Changes changes) : group_(fixture.loop) {
    base::Task<void> keeper = testing::keep(fixture.store->commit(std::move(changes)), result_);
    group_.spawn(std::move(keeper));
  }
  const std::optional<base::Result<>>& result() const { return result_; }

 private:
  std::optional<base::Result<>> result_;
  base::TaskGroup group_;
};

std::uint64_t legs_of(Fixture& fixture) {
  return fixture.get(fixture.store->count_legs());
}

TEST(DatabaseOutage, OfAMinuteLosesNothingAndWritesNothingTwice) {
  PostgresDatabaseOfTest database(server());
  Fixture fixture(settings_for(database.url()));
  ASSERT_TRUE(fixture.commit(step("CA1")));

  server().stop();
  Answer waiting(fixture, step("CA2"));
  pass_time(fixture, 2s);
  fixture.store->commit_later(step("CA3"));
  Answer asked_later(fixture, step("CA4"));
  pass_time(fixture, 2s);
  EXPECT_TRUE(fixture.store->accepts_writes())
      << "a restart of the database is no reason to refuse";
  EXPECT_FALSE(asked_later.result());
  EXPECT_EQ(fixture.store->queue_length(), 3U);

  pass_time(fixture, 4s);
  EXPECT_FALSE(fixture.store->accepts_writes());
  ASSERT_TRUE(asked_later.result()) << "it was never sent: it can be refused";
  EXPECT_EQ(asked_later.result()->error().code, base::Errc::unavailable);
  EXPECT_FALSE(waiting.result()) << "whether it arrived is not known yet";
  const auto refused = fixture.commit(step("CA5"));
  EXPECT_EQ(refused.error().code, base::Errc::unavailable);
  EXPECT_EQ(
      testing::wait_for(fixture.loop, fixture.store->count_legs()).error().code,
      base::Errc::unavailable
  );
  // Live calls go on: what they note waits, in order.
  fixture.store->commit_later(step("CA6"));
  pass_time(fixture, 52s);

  server().start();
  pass_time(fixture, 2s);
  EXPECT_TRUE(fixture.store->accepts_writes());
  ASSERT_TRUE(waiting.result());
  EXPECT_TRUE(*waiting.result());
  EXPECT_EQ(legs_of(fixture), 4U) << "CA1, CA2, CA3, CA6";
  EXPECT_EQ(fixture.store->queue_length(), 0U);
  EXPECT_TRUE(fixture.commit(step("CA7")));
}

TEST(DatabaseOutage, ReadsWaitForAShortOne) {
  PostgresDatabaseOfTest database(server());
  Fixture fixture(settings_for(database.url()));
  ASSERT_TRUE(fixture.commit(step("CA1")));
  server().stop();
  auto count = fixture.store->count_legs();
  fixture.loop.run_ready();
  server().start();
  pass_time(fixture, 2s);
  EXPECT_EQ(testing::wait_for(fixture.loop, std::move(count)).value(), 1U);
}

TEST(DatabaseOutage, ACrashOfTheServerLosesNothingThatWasAcknowledged) {
  PostgresDatabaseOfTest database(server());
  Fixture fixture(settings_for(database.url()));
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i)
      ASSERT_TRUE(fixture.commit(step("CA" + std::to_string(round * 20 + i))));
    server().crash();
    server().start();
    pass_time(fixture, 2s);
    EXPECT_EQ(legs_of(fixture), static_cast<std::uint64_t>(round + 1) * 20);
  }
}

struct CutConnection : ::testing::Test {
  testing::TemporaryFolder folder;
  PostgresDatabaseOfTest database{server()};
  CuttingProxy proxy{server().socket_folder(), folder.path()};
  Fixture fixture{settings_for(database.url_by(folder.path()))};
};

TEST_F(CutConnection, ACommitWhoseAnswerIsLostIsNotWrittenTwice) {
  proxy.cut(CuttingProxy::Cut::before_the_answer_to_a_commit);
  EXPECT_TRUE(fixture.commit(step("CA1"))) << "a second time it would conflict with itself";
  EXPECT_EQ(proxy.cuts(), 1);
  EXPECT_EQ(fixture.get(fixture.store->events_of("CA1")).size(), 1U);
  EXPECT_TRUE(fixture.commit(step("CA2")));
}

TEST_F(CutConnection, ACommitThatDidNotArriveIsWritten) {
  ASSERT_TRUE(fixture.commit(step("CA1")));
  proxy.cut(CuttingProxy::Cut::before_the_next_request);
  EXPECT_TRUE(fixture.commit(step("CA2")));
  EXPECT_EQ(proxy.cuts(), 1);
  EXPECT_EQ(legs_of(fixture), 2U);
}

TEST_F(CutConnection, EachOfAGroupGetsItsOwnAnswerAfterwards) {
  ASSERT_TRUE(fixture.commit(step("CA1")));
  Answer conflicting(fixture, step("CA1"));
  Answer fine(fixture, step("CA2"));
  proxy.cut(CuttingProxy::Cut::before_the_answer_to_a_commit);
  pass_time(fixture, 2s);
  EXPECT_EQ(proxy.cuts(), 1);
  ASSERT_TRUE(conflicting.result());
  ASSERT_FALSE(*conflicting.result());
  EXPECT_EQ(conflicting.result()->error().code, base::Errc::conflict);
  ASSERT_TRUE(fine.result());
  EXPECT_TRUE(*fine.result());
  EXPECT_EQ(legs_of(fixture), 2U);
}

TEST(DatabaseOutage, SessionsThatAreEndedAgainAndAgainLoseNothing) {
  constexpr int rounds = 25;
  constexpr int each_round = 16;
  PostgresDatabaseOfTest database;
  base::SystemClock clock;
  base::Loop loop(clock);
  auto store = open({.folder = ":memory:", .database_url = database.url()}, loop).value();
  postgres::Connection administrator(database.url(), "test");
  std::vector<base::Task<base::Result<>>> commits;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < each_round; ++i)
      commits.push_back(store->commit(step("CA" + std::to_string(round * each_round + i))));
    loop.run_ready();
    administrator.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE 'belfry %'"
    );
  }
  for (auto& each : commits) EXPECT_TRUE(testing::wait_for(loop, std::move(each)));
  EXPECT_EQ(testing::wait_for(loop, store->count_legs()).value(), commits.size());
}

}  // namespace
}  // namespace belfry::store
