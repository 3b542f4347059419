#include "base/random.hpp"
#include "store/store.hpp"
#include "store/testing.hpp"

/// Text as networks send it: the same rows on every driver.
namespace belfry::store {
namespace {

using namespace std::string_literals;
using testing::document;
using testing::Fixture;
using testing::leg;

struct Text : testing::OnEveryDriver {
  Fixture fixture{home.settings()};
};
INSTANTIATE_ON_EVERY_DRIVER(Text);

TEST_P(Text, ThatIsNotUtf8IsReadBackWithReplacementCharacters) {
  call::LegRecord record = leg("CA1");
  record.end_reason = "486 Occup\xe9";
  record.from = "sip:caf\xe9@example.com";
  record.to = "a\0b"s;
  ASSERT_TRUE(fixture.commit({.legs = {record}}));
  const auto found = fixture.get(fixture.store->find_leg("CA1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->end_reason, "486 Occup\uFFFD");
  EXPECT_EQ(found->from, "sip:caf\uFFFD@example.com");
  EXPECT_EQ(found->to, "a\uFFFDb");
}

TEST_P(Text, IsFoundByTheSameBrokenTextThatItWasStoredWith) {
  ASSERT_TRUE(fixture.commit({.new_documents = {document("k\xff"), document("n\0l"s)}}));
  EXPECT_TRUE(fixture.get(fixture.store->find_document("notes", "k\xff")));
  EXPECT_TRUE(fixture.get(fixture.store->find_document("notes", "n\0l"s)));
  EXPECT_EQ(fixture.get(fixture.store->find_document("notes", "k\xff"))->key, "k\uFFFD");
  EXPECT_FALSE(fixture.get(fixture.store->find_document("notes", "k")));
}

TEST_P(Text, OfDocumentsMayHoldNulAndBackslashes) {
  call::Document odd = document("odd");
  odd.value = {{"a", "x\0y"s}, {"b", "\\u0000"}, {"c", "\\\0"s}, {"state", "live"}};
  ASSERT_TRUE(fixture.commit({.documents = {odd}}));
  const auto found = fixture.get(
      fixture.store->find_documents({.collection = "notes", .members = {{"state", "live"}}})
  );
  ASSERT_EQ(found.size(), 1U) << "members can still be looked into";
  EXPECT_EQ(found[0].value.at("a"), "x\uFFFDy");
  EXPECT_EQ(found[0].value.at("b"), "\\u0000") << "a backslash, not NUL";
  EXPECT_EQ(found[0].value.at("c"), "\\\uFFFD");
}

TEST_P(Text, OfAMemberIsNotMistakenForATruthOrANumber) {
  call::Document truth = document("truth", 1);
  truth.value = {{"m", true}};
  call::Document word = document("word", 2);
  word.value = {{"m", "true"}};
  call::Document number = document("number", 3);
  number.value = {{"m", 1}};
  call::Document half = document("half", 4);
  half.value = {{"m", 2.5}};
  call::Document nothing = document("nothing", 5);
  nothing.value = {{"m", nullptr}};
  ASSERT_TRUE(fixture.commit({.documents = {truth, word, number, half, nothing}}));
  const auto keys = [&](std::string value) {
    std::string list;
    for (const auto& each : fixture.get(
             fixture.store->find_documents({.collection = "notes", .members = {{"m", value}}})
         ))
      list += each.key + " ";
    return list;
  };
  EXPECT_EQ(keys("true"), "word truth ");
  EXPECT_EQ(keys("1"), "number ");
  EXPECT_EQ(keys("2.5"), "half ");
  EXPECT_EQ(keys("null"), "");
}

TEST_P(Text, OfAKeyHasAnEnd) {
  ASSERT_TRUE(fixture.commit({.documents = {document(std::string(2000, 'k'))}}));
  std::string noise;
  base::SeededRandom random(1);
  while (noise.size() < 2001) noise += static_cast<char>('a' + random.below(26));
  const auto refused = fixture.commit({.legs = {leg("CA1")}, .documents = {document(noise)}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::invalid_argument);
  EXPECT_EQ(fixture.get(fixture.store->count_legs()), 0U);
}

TEST_P(Text, IsOrderedByItsBytes) {
  const auto binding = [](std::string user) {
    return Binding{
        .user = user,
        .contact_uri = "sip:x",
        .source_ip = {},
        .transport = {},
        .local_socket = {},
        .call_id = {},
        .path = {}
    };
  };
  for (const char* user : {"b", "A", "a", "B", "\u00e9"})
    fixture.get(fixture.store->replace_bindings(user, {binding(user)}));
  std::string order;
  for (const Binding& each : fixture.get(fixture.store->all_bindings())) order += each.user;
  EXPECT_EQ(order, "ABab\u00e9");
}

}  // namespace
}  // namespace belfry::store
