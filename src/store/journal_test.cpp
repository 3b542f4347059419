#include "store/store.hpp"
#include "store/testing.hpp"

namespace belfry::store {
namespace {

using namespace std::chrono_literals;
using base::from_unix_micros;
using base::json::object;
using call::Changes;
using call::LegRecord;
using call::LegStatus;
using testing::document;
using testing::Fixture;
using testing::leg;

struct Journal : testing::OnEveryDriver {};
INSTANTIATE_ON_EVERY_DRIVER(Journal);

LegRecord leg_with_everything() {
  LegRecord record = leg("CA1");
  record.parent_sid = "CA0";
  record.direction = LegRecord::Direction::outbound_dial;
  record.status = LegStatus::in_progress;
  record.answered = from_unix_micros(1'700'000'000'000'001);
  record.ended = from_unix_micros(1'700'000'100'000'002);
  record.end_reason = "486 \"Busy\" Here ☎";
  record.error_code = 12100;
  record.endpoint = "sip";
  record.program = {
      .kind = "twiml",
      .parameters = {{"url", "http://127.0.0.1/a?b=1"}, {"deep", {{"list", {1, 2.5, nullptr}}}}}
  };
  record.status_callback = {
      .url = "http://127.0.0.1/cb",
      .method = "GET",
      .events = {"initiated", "completed"},
      .own_application = true
  };
  record.ring_timeout = 31s;
  record.max_duration = 86'400s;
  record.attempt = call::Attempt{
      .id = "a1",
      .leg_sid = record.sid,
      .carrier = "panama",
      .caller = "+5073009999",
      .started = from_unix_micros(1'700'000'000'500'000),
      .state = {{"tag", "x"}, {"cseq", 4'294'967'295U}}
  };
  record.application = "flux";
  record.next_event = 7;
  record.next_callback = 3;
  record.last_seen = from_unix_micros(1'700'000'050'000'000);
  return record;
}

void expect_same(const LegRecord& a, const LegRecord& b) {
  EXPECT_EQ(a.sid, b.sid);
  EXPECT_EQ(a.account_sid, b.account_sid);
  EXPECT_EQ(a.parent_sid, b.parent_sid);
  EXPECT_EQ(a.direction, b.direction);
  EXPECT_EQ(a.from, b.from);
  EXPECT_EQ(a.to, b.to);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.answered, b.answered);
  EXPECT_EQ(a.ended, b.ended);
  EXPECT_EQ(a.end_reason, b.end_reason);
  EXPECT_EQ(a.error_code, b.error_code);
  EXPECT_EQ(a.endpoint, b.endpoint);
  EXPECT_EQ(a.program.kind, b.program.kind);
  EXPECT_EQ(a.program.parameters, b.program.parameters);
  EXPECT_EQ(a.status_callback.url, b.status_callback.url);
  EXPECT_EQ(a.status_callback.method, b.status_callback.method);
  EXPECT_EQ(a.status_callback.own_application, b.status_callback.own_application);
  EXPECT_EQ(a.status_callback.events, b.status_callback.events);
  EXPECT_EQ(a.status_callback.own_application, b.status_callback.own_application);
  EXPECT_EQ(a.ring_timeout, b.ring_timeout);
  EXPECT_EQ(a.max_duration, b.max_duration);
  ASSERT_EQ(a.attempt.has_value(), b.attempt.has_value());
  if (a.attempt) {
    EXPECT_EQ(a.attempt->id, b.attempt->id);
    EXPECT_EQ(a.attempt->leg_sid, b.attempt->leg_sid);
    EXPECT_EQ(a.attempt->carrier, b.attempt->carrier);
    EXPECT_EQ(a.attempt->caller, b.attempt->caller);
    EXPECT_EQ(a.attempt->started, b.attempt->started);
    EXPECT_EQ(a.attempt->state, b.attempt->state);
  }
  EXPECT_EQ(a.application, b.application);
  EXPECT_EQ(a.next_event, b.next_event);
  EXPECT_EQ(a.next_callback, b.next_callback);
  EXPECT_EQ(a.last_seen, b.last_seen);
}

std::string sids(const std::vector<LegRecord>& legs) {
  std::string list;
  for (const LegRecord& each : legs) list += each.sid + " ";
  return list;
}

TEST_P(Journal, KeepsEveryFieldOfALeg) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit({.legs = {leg_with_everything(), leg("CA2")}}));
  const auto full = fixture.get(fixture.store->find_leg("CA1"));
  ASSERT_TRUE(full);
  expect_same(*full, leg_with_everything());
  const auto bare = fixture.get(fixture.store->find_leg("CA2"));
  ASSERT_TRUE(bare);
  expect_same(*bare, leg("CA2"));
  EXPECT_FALSE(fixture.get(fixture.store->find_leg("CA3")));
}

TEST_P(Journal, ReplacesALegBySid) {
  Fixture fixture(home.settings());
  LegRecord changed = leg_with_everything();
  LegRecord first = leg("CA1");
  first.parent_sid = changed.parent_sid;
  first.application = changed.application;
  ASSERT_TRUE(fixture.commit({.legs = {first}}));
  ASSERT_TRUE(fixture.commit({.legs = {changed}}));
  const auto found = fixture.get(fixture.store->find_leg("CA1"));
  expect_same(*found, changed);
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), 1);
}

TEST_P(Journal, OfSeveralStepsOfALegInOneGroupTheLastOneStays) {
  Fixture journal(home.settings());
  LegRecord first = leg("CA1");
  const LegRecord other = leg("CA2");
  const auto put = [&](const LegRecord& record) {
    Changes changes;
    changes.legs.push_back(record);
    journal.store->commit_later(std::move(changes));
  };
  put(first);
  put(other);
  for (const LegStatus status : {LegStatus::ringing, LegStatus::in_progress}) {
    first.status = status;
    put(first);
  }
  const auto legs = journal.get(journal.store->find_legs({}));
  ASSERT_EQ(legs.size(), 2U);
  EXPECT_EQ(legs[0].sid, "CA2") << "they keep their order";
  EXPECT_EQ(legs[1].status, LegStatus::in_progress);
}

TEST_P(Journal, RefusesARowThatItCouldNotReadBackAndKeepsTheRestOfItsGroup) {
  Fixture fixture(home.settings());
  call::Document huge = document("huge");
  huge.value["text"] = std::string(2 << 20, 'x');
  fixture.store->commit_later({.legs = {leg("CA1")}});
  auto refused = fixture.store->commit({.legs = {leg("CA2")}, .documents = {huge}});
  fixture.store->commit_later({.legs = {leg("CA3")}});
  const auto result = testing::wait_for(fixture.loop, std::move(refused));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Errc::invalid_argument);
  EXPECT_EQ(sids(fixture.get(fixture.store->find_legs({}))), "CA3 CA1 ");
}

TEST_P(Journal, GivesPagesOfLegsNewestFirst) {
  Fixture fixture(home.settings());
  // Two of the same moment: the later inserted is the newer.
  ASSERT_TRUE(
      fixture.commit({.legs = {leg("CA1", 10), leg("CA2", 20), leg("CA3", 20), leg("CA4", 30)}})
  );
  const auto page = [&](std::size_t limit, std::string before) {
    return sids(fixture.get(fixture.store->find_legs({.limit = limit, .before_sid = before})));
  };
  EXPECT_EQ(page(2, ""), "CA4 CA3 ");
  EXPECT_EQ(page(2, "CA3"), "CA2 CA1 ");
  EXPECT_EQ(page(2, "CA1"), "");
  EXPECT_EQ(page(2, "unknown"), "");
}

TEST_P(Journal, FindsLegsByStatusNumberAndApplication) {
  Fixture fixture(home.settings());
  LegRecord busy = leg("CA1", 1);
  busy.status = LegStatus::busy;
  LegRecord flux = leg("CA2", 2);
  flux.application = "flux";
  LegRecord other = leg("CA3", 3);
  other.from = "+33100000000";
  other.to = "sip:alice%_@example.com";
  ASSERT_TRUE(fixture.commit({.legs = {busy, flux, other}}));
  const auto find = [&](call::LegQuery query) {
    return sids(fixture.get(fixture.store->find_legs(std::move(query))));
  };
  EXPECT_EQ(find({.status = LegStatus::busy}), "CA1 ");
  EXPECT_EQ(find({.application = "flux"}), "CA2 ");
  EXPECT_EQ(find({.number = "4155551"}), "CA2 CA1 ");
  EXPECT_EQ(find({.number = "5550001111"}), "CA2 CA1 ");
  EXPECT_EQ(find({.number = "%_"}), "CA3 ");
  EXPECT_EQ(find({.status = LegStatus::queued, .number = "+3310", .application = ""}), "CA3 ");
  EXPECT_EQ(
      find(
          {.before_sid = "CA3",
           .status = LegStatus::queued,
           .number = "+1415",
           .application = "flux"}
      ),
      "CA2 "
  );
}

TEST_P(Journal, KnowsTheLegsThatARestartHasToDealWith) {
  Fixture fixture(home.settings());
  std::vector<LegRecord> legs;
  const std::vector<LegStatus> statuses = {LegStatus::queued,    LegStatus::initiated,
                                           LegStatus::ringing,   LegStatus::in_progress,
                                           LegStatus::completed, LegStatus::busy,
                                           LegStatus::failed,    LegStatus::no_answer,
                                           LegStatus::canceled};
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    legs.push_back(leg("CA" + std::to_string(i), 100 - static_cast<std::int64_t>(i)));
    legs.back().status = statuses[i];
  }
  ASSERT_TRUE(fixture.commit({.legs = legs}));
  EXPECT_EQ(sids(fixture.get(fixture.store->unfinished_legs())), "CA3 CA2 CA1 CA0 ");
  legs[3].status = LegStatus::completed;
  ASSERT_TRUE(fixture.commit({.legs = {legs[3]}}));
  EXPECT_EQ(sids(fixture.get(fixture.store->unfinished_legs())), "CA2 CA1 CA0 ");
}

TEST_P(Journal, KeepsEventsInOrderOfTheirLeg) {
  Fixture fixture(home.settings());
  const auto event = [](std::string sid, std::uint64_t seq) {
    return call::EventRecord{
        .leg_sid = sid,
        .seq = seq,
        .at = from_unix_micros(5),
        .type = "digit.received",
        .data = {{"n", seq}}
    };
  };
  ASSERT_TRUE(fixture.commit(
      {.legs = {leg("CA1")}, .events = {event("CA1", 0), event("CA2", 0), event("CA1", 1)}}
  ));
  const auto events = fixture.get(fixture.store->events_of("CA1"));
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[1].leg_sid, "CA1");
  EXPECT_EQ(events[1].seq, 1);
  EXPECT_EQ(events[1].at, from_unix_micros(5));
  EXPECT_EQ(events[1].type, "digit.received");
  EXPECT_EQ(events[1].data, (object{{"n", 1}}));
  EXPECT_TRUE(fixture.get(fixture.store->events_of("CA9")).empty());
  // Append-only: the same place a second time is a defect of the caller and changes nothing.
  EXPECT_EQ(fixture.commit({.events = {event("CA1", 1)}}).error().code, base::Errc::conflict);
}

TEST_P(Journal, AConflictFailsItsOwnChangesOnly) {
  Fixture fixture(home.settings());
  ASSERT_TRUE(fixture.commit({.new_documents = {document("taken")}}));
  auto before = fixture.store->commit({.legs = {leg("CA1")}});
  auto conflicting =
      fixture.store->commit({.legs = {leg("CA2")}, .new_documents = {document("taken")}});
  auto after = fixture.store->commit({.legs = {leg("CA3")}, .new_documents = {document("free")}});
  EXPECT_TRUE(testing::wait_for(fixture.loop, std::move(before)));
  const auto refused = testing::wait_for(fixture.loop, std::move(conflicting));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  EXPECT_TRUE(testing::wait_for(fixture.loop, std::move(after)));
  EXPECT_EQ(sids(fixture.get(fixture.store->find_legs({}))), "CA3 CA1 ");
}

TEST_P(Journal, ReadsSeeWritesThatNobodyHasAwaited) {
  Fixture fixture(home.settings());
  fixture.store->commit_later({.legs = {leg("CA1")}});
  {
    const auto unawaited = fixture.store->commit({.legs = {leg("CA2")}});
  }
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), 2);
}

TEST_P(Journal, RefusesMoreWritesThanItsQueueHolds) {
  Settings settings = home.settings();
  settings.max_queue = 2;
  Fixture fixture(std::move(settings));
  fixture.store->commit_later({.legs = {leg("CA1")}});
  fixture.clock.advance(3s);
  fixture.store->commit_later({.legs = {leg("CA2")}});
  EXPECT_EQ(fixture.store->queue_age(), 3s);
  EXPECT_EQ(fixture.store->queue_length(), 2);
  const auto refused = fixture.commit({.legs = {leg("CA3")}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::unavailable);
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.store->queue_age(), 0s);
  EXPECT_TRUE(fixture.commit({.legs = {leg("CA3")}}));
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), 3);
}

TEST_P(Journal, WritesWhatWaitsWhenItIsClosed) {
  base::VirtualClock clock;
  base::Loop loop(clock);
  for (const auto mode : {Settings::Mode::thread, Settings::Mode::same_thread}) {
    Settings settings = home.settings();
    settings.mode = mode;
    auto store = open(std::move(settings), loop).value();
    for (int i = 0; i < 100; ++i)
      store->commit_later(
          {.legs = {leg("CA" + std::to_string(i) + (mode == Settings::Mode::thread ? "t" : "s"))}}
      );
  }
  loop.run_ready();
  auto store = open(home.settings(), loop).value();
  EXPECT_EQ(testing::wait_for(loop, store->count_legs()).value(), 200);
}

TEST_P(Journal, PurgesOldEndedLegsWithTheirEventsAndNothingElse) {
  Fixture fixture(home.settings());
  const auto now = fixture.clock.wall_now();
  const auto old = base::to_unix_micros(now - std::chrono::days(366)) / 1'000'000;
  std::vector<LegRecord> legs = {leg("CA1", old), leg("CA2", old), leg("CA3", old), leg("CA4")};
  for (auto& each : legs) each.status = LegStatus::completed;
  legs[2].status = LegStatus::in_progress;
  ASSERT_TRUE(fixture.commit(
      {.legs = legs,
       .events = {{.leg_sid = "CA1"}, {.leg_sid = "CA2"}, {.leg_sid = "CA4"}},
       .new_documents = {{.collection = "a", .key = "CA1"}, {.collection = "a", .key = "CA4"}}}
  ));
  EXPECT_EQ(fixture.get(fixture.store->purge({}, now, 1)), 1);
  EXPECT_EQ(fixture.get(fixture.store->purge({}, now, 10)), 1);
  EXPECT_EQ(fixture.get(fixture.store->purge({}, now, 10)), 0);
  EXPECT_EQ(sids(fixture.get(fixture.store->find_legs({}))), "CA4 CA3 ");
  EXPECT_TRUE(fixture.get(fixture.store->events_of("CA1")).empty());
  EXPECT_EQ(fixture.get(fixture.store->events_of("CA4")).size(), 1);
  EXPECT_FALSE(fixture.get(fixture.store->find_document("a", "CA1")));
  EXPECT_TRUE(fixture.get(fixture.store->find_document("a", "CA4")));
}

}  // namespace
}  // namespace belfry::store
