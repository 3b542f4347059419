#include "compat/aws/s3/listing.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::aws::s3 {
namespace {

using Objects = std::map<std::string, Object, std::less<>>;

Objects objects_of(const std::vector<std::string>& keys) {
  Objects objects;
  for (const std::string& key : keys) {
    Object& object = objects[key];
    object.key = key;
  }
  return objects;
}

/// Keys, and common prefixes in brackets.
std::vector<std::string> words(const Listed& listed) {
  std::vector<std::string> all;
  for (const auto& entry : listed.entries) {
    if (const auto* prefix = std::get_if<Listed::Prefix>(&entry))
      all.push_back("[" + prefix->text + "]");
    else
      all.push_back(std::get<const Object*>(entry)->key);
  }
  return all;
}

using Words = std::vector<std::string>;
const Objects objects = objects_of({"a", "b/1", "b/2/x", "b/3", "b\xff", "b\xff\xff", "c/1", "d"});

TEST(S3Listing, IsInTheOrderOfTheBytes) {
  EXPECT_EQ(
      words(list_objects(objects, {})),
      (Words{"a", "b/1", "b/2/x", "b/3", "b\xff", "b\xff\xff", "c/1", "d"})
  );
}

TEST(S3Listing, KnowsPrefixesAndWhatIsCommon) {
  EXPECT_EQ(words(list_objects(objects, {.prefix = "b/"})), (Words{"b/1", "b/2/x", "b/3"}));
  EXPECT_EQ(
      words(list_objects(objects, {.prefix = "b/", .delimiter = "/"})),
      (Words{"b/1", "[b/2/]", "b/3"})
  );
  EXPECT_EQ(
      words(list_objects(objects, {.delimiter = "/"})),
      (Words{"a", "[b/]", "b\xff", "b\xff\xff", "[c/]", "d"})
  );
  EXPECT_EQ(
      words(list_objects(objects, {.delimiter = "\xff"})),
      (Words{"a", "b/1", "b/2/x", "b/3", "[b\xff]", "c/1", "d"})
  );
  EXPECT_TRUE(list_objects(objects, {.prefix = "x"}).entries.empty());
}

TEST(S3Listing, PagesOfAnySizeAreTheWhole) {
  for (const std::string delimiter : {"", "/"}) {
    const Words whole = words(list_objects(objects, {.delimiter = delimiter}));
    for (std::size_t limit = 1; limit <= whole.size() + 1; ++limit) {
      Words collected;
      ListQuery query{.delimiter = delimiter, .limit = limit};
      Listed listed = list_objects(objects, query);
      while (true) {
        for (const std::string& word : words(listed)) collected.push_back(word);
        if (!listed.is_truncated) break;
        ASSERT_EQ(listed.entries.size(), limit);
        ASSERT_TRUE(read_token(to_token(listed), query));
        listed = list_objects(objects, query);
      }
      EXPECT_EQ(collected, whole) << limit;
    }
  }
}

TEST(S3Listing, BeginsBehindAKeyThatNeedNotBeThere) {
  EXPECT_EQ(
      words(list_objects(objects, {.after = "b/zz"})), (Words{"b\xff", "b\xff\xff", "c/1", "d"})
  );
  EXPECT_EQ(words(list_objects(objects, {.prefix = "c", .after = "a"})), Words{"c/1"});
  EXPECT_TRUE(list_objects(objects, {.after = "d"}).entries.empty());
  EXPECT_TRUE(list_objects(objects, {.limit = 0}).entries.empty());
}

TEST(S3Listing, RefusesTokensOfOthers) {
  ListQuery query;
  for (const char* wrong : {"", "x", "eA=="}) EXPECT_FALSE(read_token(wrong, query)) << wrong;
}

}  // namespace
}  // namespace belfry::compat::aws::s3
