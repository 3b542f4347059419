#include "store/postgres/placeholders.hpp"

#include <gtest/gtest.h>

namespace belfry::store::postgres {
namespace {

TEST(Placeholders, AreNumberedInOrder) {
  EXPECT_EQ(number_placeholders("a = ? AND b < ? LIMIT ?"), "a = $1 AND b < $2 LIMIT $3");
  EXPECT_EQ(number_placeholders("SELECT 1"), "SELECT 1");
}

TEST(Placeholders, AreNotLookedForInQuotes) {
  EXPECT_EQ(number_placeholders(R"(a = '?' OR "b?" = ?)"), R"(a = '?' OR "b?" = $1)");
  EXPECT_EQ(number_placeholders("a = 'it''s ?' OR b = ?"), "a = 'it''s ?' OR b = $1");
  EXPECT_EQ(number_placeholders(R"("'" = ? OR '"' = ?)"), R"("'" = $1 OR '"' = $2)");
}

}  // namespace
}  // namespace belfry::store::postgres
