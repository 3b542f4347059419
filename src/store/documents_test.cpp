#include "store/store.hpp"
#include "store/testing.hpp"

namespace belfry::store {
namespace {

using testing::document;
using testing::Fixture;
using testing::leg;

std::string sids(const std::vector<call::LegRecord>& legs) {
  std::string list;
  for (const call::LegRecord& each : legs) list += each.sid + " ";
  return list;
}

struct Documents : testing::OnEveryDriver {};
INSTANTIATE_ON_EVERY_DRIVER(Documents);

TEST_P(Documents, KeepsDocumentsByKeyAndTag) {
  Fixture fixture(home.settings());
  call::Document first = document("a", 1);
  first.tag = "t";
  first.value = {{"title", "A & <B>"}, {"n", 1}};
  call::Document second = document("b", 2);
  second.tag = "t";
  ASSERT_TRUE(fixture.commit({.new_documents = {first}, .documents = {second, document("c", 3)}}));
  const auto found = fixture.get(fixture.store->find_document("notes", "a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->collection, "notes");
  EXPECT_EQ(found->key, "a");
  EXPECT_EQ(found->tag, "t");
  EXPECT_EQ(found->value, first.value);
  EXPECT_EQ(found->created, first.created);
  const auto keys = [&](std::string tag, std::size_t limit) {
    std::string list;
    for (const auto& each : fixture.get(
             fixture.store->find_documents({.collection = "notes", .tag = tag, .limit = limit})
         ))
      list += each.key;
    return list;
  };
  EXPECT_EQ(keys("", 10), "cba");
  EXPECT_EQ(keys("t", 10), "ba");
  EXPECT_EQ(keys("", 1), "c");
  second.tag = "other";
  ASSERT_TRUE(fixture.commit({.documents = {second}}));
  EXPECT_EQ(keys("t", 10), "a");
  EXPECT_FALSE(fixture.get(fixture.store->find_document("other", "a")));
}

TEST_P(Documents, FindsDocumentsByTheirMembersTimesAndPlaceAndRemovesThem) {
  Fixture fixture(home.settings());
  call::Document first = document("a");
  first.value = {{"status", "live"}, {"n", 7}, {"muted", true}};
  call::Document second = document("b", 2);
  second.value = {{"status", "live"}, {"n", 8}, {"muted", false}};
  ASSERT_TRUE(fixture.commit({.documents = {first, second, document("c", 3)}}));
  const auto keys = [&](call::DocumentQuery query) {
    query.collection = "notes";
    std::string list;
    for (const auto& each : fixture.get(fixture.store->find_documents(query))) list += each.key;
    return list;
  };
  EXPECT_EQ(keys({.members = {{"status", "live"}}}), "ba");
  EXPECT_EQ(keys({.members = {{"n", "7"}}}), "a");
  EXPECT_EQ(keys({.members = {{"status", "live"}, {"muted", "false"}}}), "b");
  EXPECT_EQ(keys({.members = {{"no\"such", "x"}}}), "");
  EXPECT_EQ(keys({.created_from = second.created}), "cb");
  EXPECT_EQ(keys({.created_before = second.created}), "a");
  EXPECT_EQ(keys({.after_key = "c"}), "ba");
  EXPECT_EQ(keys({.after_key = "c", .limit = 1}), "b");
  EXPECT_EQ(keys({.skip = 1, .limit = 1}), "b");
  EXPECT_EQ(fixture.get(fixture.store->count_documents({.collection = "notes", .limit = 1})), 3U);
  ASSERT_TRUE(fixture.commit({.removed_documents = {{"notes", "b"}, {"notes", "never"}}}));
  EXPECT_EQ(keys({}), "ca");
}

TEST_P(Documents, AConditionThatDoesNotHoldFailsItsOwnChangesOnly) {
  Fixture fixture(home.settings());
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
  EXPECT_EQ(sids(fixture.get(fixture.store->find_legs({}))), "CA3 CA1 ");
  EXPECT_EQ(fixture.get(fixture.store->find_document("notes", "job"))->value.at("owner"), "CA1");
}

TEST_P(Documents, AConditionAsksForAnAbsentMemberByNullAndNeedsItsDocument) {
  Fixture fixture(home.settings());
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
