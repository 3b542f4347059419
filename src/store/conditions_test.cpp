#include "store/store.hpp"
#include "store/testing.hpp"

/// Compare and set: what two claimers of one row meet.
namespace belfry::store {
namespace {

using testing::document;
using testing::Fixture;
using testing::leg;

std::string sids(Fixture& fixture) {
  std::string list;
  for (const call::LegRecord& each : fixture.get(fixture.store->find_legs({})))
    list += each.sid + " ";
  return list;
}

TEST(Conditions, AConditionThatDoesNotHoldFailsItsOwnChangesOnly) {
  Fixture fixture;
  call::Document job = document("job");
  job.value = {{"fence", 1}};
  ASSERT_TRUE(fixture.commit({.new_documents = {job}}));
  // Two claimers that have read the same row: the second finds that it has changed.
  const auto claim = [&](std::string sid) {
    call::Document claimed = job;
    claimed.value = {{"fence", 2}, {"owner", sid}};
    return fixture.store->commit(
        {.conditions = {{.document = {"notes", "job"}, .member = "fence", .expected = 1}},
         .legs = {leg(sid)},
         .documents = {claimed}}
    );
  };
  auto first = claim("CA1");
  auto second = claim("CA2");
  auto bystander = fixture.store->commit({.legs = {leg("CA3")}});
  EXPECT_TRUE(testing::wait_for(fixture.loop, std::move(first)));
  const auto refused = testing::wait_for(fixture.loop, std::move(second));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  EXPECT_TRUE(testing::wait_for(fixture.loop, std::move(bystander)));
  EXPECT_EQ(sids(fixture), "CA3 CA1 ");
  EXPECT_EQ(fixture.get(fixture.store->find_document("notes", "job"))->value.at("owner"), "CA1");
}

TEST(Conditions, AConditionAsksForAnAbsentMemberByNullAndNeedsItsDocument) {
  Fixture fixture;
  call::Document job = document("job");
  job.value = {{"done", nullptr}, {"state", "queued"}};
  ASSERT_TRUE(fixture.commit({.new_documents = {job}}));
  const auto holds = [&](std::string key, std::string member, base::json::value expected) {
    call::DocumentCondition condition{{"notes", key}, member, std::move(expected)};
    return fixture.commit({.conditions = {std::move(condition)}}).has_value();
  };
  EXPECT_TRUE(holds("job", "owner", nullptr));
  EXPECT_TRUE(holds("job", "done", nullptr));
  EXPECT_TRUE(holds("job", "state", "queued"));
  EXPECT_FALSE(holds("job", "state", "leased"));
  EXPECT_FALSE(holds("job", "state", nullptr));
  EXPECT_FALSE(holds("other", "state", nullptr)) << "there is no such document";
}

}  // namespace
}  // namespace belfry::store
