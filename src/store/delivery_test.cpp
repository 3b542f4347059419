#include "store/store.hpp"
#include "store/testing.hpp"

namespace belfry::store {
namespace {

using namespace std::chrono_literals;
using base::from_unix_micros;
using call::Delivery;
using testing::Fixture;

struct Deliveries : testing::OnEveryDriver {};
INSTANTIATE_ON_EVERY_DRIVER(Deliveries);

Delivery delivery(std::string id, std::string key, std::int64_t due) {
  Delivery made;
  made.id = std::move(id);
  made.order_key = std::move(key);
  made.next_attempt = from_unix_micros(due);
  return made;
}

std::string due(Fixture& fixture, std::int64_t now, std::size_t limit = 100) {
  std::string ids;
  for (const Delivery& each :
       fixture.get(fixture.store->due_deliveries(from_unix_micros(now), limit)))
    ids += each.id + " ";
  return ids;
}

TEST_P(Deliveries, KeepEveryField) {
  Fixture fixture(home.settings());
  Delivery full = delivery("id-1", "CA1", 30);
  full.kind = "status-callback";
  full.url = "http://127.0.0.1:9/x?y#rc=2";
  full.method = "GET";
  full.content_type = "application/json";
  full.body = std::string("{\"a\":\"\xff\0b\"}", 12);
  full.signature = Delivery::Signature::standard;
  full.created = from_unix_micros(7);
  full.attempts = 3;
  full.last_error = "HTTP 500";
  full.own_application = true;
  ASSERT_TRUE(fixture.commit({.deliveries = {full, delivery("id-2", "CA2", 30)}}));
  const auto found = fixture.get(fixture.store->due_deliveries(from_unix_micros(30), 10));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[0].id, "id-1");
  EXPECT_EQ(found[0].order_key, "CA1");
  EXPECT_EQ(found[0].kind, full.kind);
  EXPECT_EQ(found[0].url, full.url);
  EXPECT_EQ(found[0].method, "GET");
  EXPECT_EQ(found[0].content_type, full.content_type);
  EXPECT_EQ(found[0].body, full.body);
  EXPECT_EQ(found[0].signature, Delivery::Signature::standard);
  EXPECT_EQ(found[0].created, full.created);
  EXPECT_EQ(found[0].attempts, 3);
  EXPECT_EQ(found[0].next_attempt, full.next_attempt);
  EXPECT_EQ(found[0].state, Delivery::State::waiting);
  EXPECT_EQ(found[0].last_error, "HTTP 500");
  EXPECT_TRUE(found[0].own_application);
  EXPECT_FALSE(found[1].own_application);
  EXPECT_LT(found[0].number, found[1].number);
  EXPECT_EQ(found[1].signature, Delivery::Signature::twilio);
}

TEST_P(Deliveries, OfOneKeyComeOneAfterTheOther) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit(
      {.deliveries =
           {delivery("a1", "A", 10), delivery("b1", "B", 50), delivery("a2", "A", 0),
            delivery("b2", "B", 0), delivery("c1", "C", 20)}}
  ));
  // The first of B is not due, and holds back the second.
  EXPECT_EQ(due(fixture, 40), "a1 c1 ");
  EXPECT_EQ(due(fixture, 40, 1), "a1 ");
  EXPECT_EQ(due(fixture, 5), "");
  EXPECT_EQ(due(fixture, 50), "a1 c1 b1 ");
  EXPECT_EQ(fixture.get(fixture.store->next_delivery()), from_unix_micros(0));

  Delivery sent = delivery("a1", "A", 10);
  sent.state = Delivery::State::delivered;
  Delivery given_up = delivery("b1", "B", 50);
  given_up.state = Delivery::State::given_up;
  ASSERT_TRUE(fixture.commit({.deliveries = {sent, given_up}}));
  EXPECT_EQ(due(fixture, 40), "a2 b2 c1 ");
}

TEST_P(Deliveries, RuleR7AFailedOneHoldsBackItsKeyForFifteenSecondsAtMost) {
  Fixture fixture(home.settings());
  constexpr std::int64_t second = 1'000'000;
  ASSERT_TRUE(fixture.commit({.deliveries = {delivery("a1", "A", 0), delivery("a2", "A", 0)}}));
  EXPECT_EQ(due(fixture, 20 * second), "a1 ") << "a first attempt holds back without limit";
  Delivery retried = delivery("a1", "A", 60 * second);
  retried.attempts = 1;
  retried.last_error = "refused";
  ASSERT_TRUE(fixture.commit({.deliveries = {retried}}));
  EXPECT_EQ(due(fixture, 14 * second), "");
  EXPECT_EQ(due(fixture, 15 * second), "a2 ");
  const auto found = fixture.get(fixture.store->due_deliveries(from_unix_micros(60 * second), 9));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[1].attempts, 1);
  EXPECT_EQ(found[1].last_error, "refused");
}

TEST_P(Deliveries, NoneWaitingMeansNoneDue) {
  Fixture fixture(home.settings());
  EXPECT_FALSE(fixture.get(fixture.store->next_delivery()));
}

TEST_P(Deliveries, ArePurgedAWeekAfterTheyWentOutButNotWhileTheyWait) {
  Fixture fixture(home.settings());
  const auto now = fixture.clock.wall_now();
  std::vector<Delivery> deliveries = {
      delivery("old", "A", 0), delivery("waiting", "B", 0), delivery("new", "C", 0)
  };
  for (Delivery& each : deliveries) each.created = now - std::chrono::days(8);
  deliveries[0].state = Delivery::State::delivered;
  deliveries[2].state = Delivery::State::delivered;
  deliveries[2].created = now - std::chrono::days(6);
  ASSERT_TRUE(fixture.commit({.deliveries = deliveries}));
  EXPECT_EQ(fixture.get(fixture.store->purge({}, now, 100)), 1);
  EXPECT_EQ(fixture.get(fixture.store->purge({}, now, 100)), 0);
  EXPECT_EQ(due(fixture, base::to_unix_micros(now)), "waiting ");
}

}  // namespace
}  // namespace belfry::store
