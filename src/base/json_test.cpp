#include "base/json.hpp"

namespace belfry::base::json {
namespace {

TEST(Json, KeepsTheBoundsOfRuleH3) {
  EXPECT_TRUE(parse(R"({"a":[1,2,{"b":"x:\"y\":"}]})"));
  EXPECT_FALSE(parse(R"({"a":1,"a":2})")) << "duplicate keys";
  EXPECT_FALSE(parse(R"({"a":{"b":1,"b":1}})"));
  EXPECT_FALSE(parse("{\"a\":\"\xC0\xAF\"}")) << "bad UTF-8";
  EXPECT_FALSE(parse("{} x")) << "something after the document";
  EXPECT_FALSE(parse(R"({"price":1e400})")) << "a number that no double holds";
  EXPECT_TRUE(parse("1e300"));
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse(std::string(40, '[') + std::string(40, ']'))) << "depth";
  std::string many = "[0";
  for (int i = 0; i < 100'001; ++i) many += ",0";
  const auto refused = parse(many + "]");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

}  // namespace
}  // namespace belfry::base::json
