#include "apps/kin/history_query.hpp"

#include <gtest/gtest.h>

namespace belfry::apps::kin {
namespace {

base::Result<HistoryQuery> read(std::string_view query) {
  return read_history_query(*http::Form::parse(query));
}

TEST(KinHistoryQuery, NothingAskedForIsTheFirstPageNewestFirst) {
  const auto query = read("");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->page, 1U);
  EXPECT_EQ(query->limit, 20U);
  EXPECT_FALSE(query->ascending);
  EXPECT_EQ(query->sort_by, HistoryQuery::SortBy::created);
}

TEST(KinHistoryQuery, ReadsEveryFilter) {
  const auto query = read(
      "search=415&direction=INBOUND&status=MISSED&contactId=%2B14155550001&dateFrom=2026-01-02&"
      "dateTo=2026-01-03&page=2&limit=100&sortBy=duration&sortOrder=asc"
  );
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->search, "415");
  EXPECT_EQ(query->direction, "inbound");
  EXPECT_EQ(query->status, "MISSED");
  EXPECT_EQ(query->contact, "+14155550001");
  EXPECT_EQ(base::to_rfc3339_seconds(*query->from), "2026-01-02T00:00:00Z");
  EXPECT_EQ(base::to_rfc3339_seconds(*query->before), "2026-01-04T00:00:00Z") << "the whole day";
  EXPECT_EQ(query->page, 2U);
  EXPECT_EQ(query->limit, 100U);
  EXPECT_EQ(query->sort_by, HistoryQuery::SortBy::duration);
  EXPECT_TRUE(query->ascending);
}

TEST(KinHistoryQuery, MomentsMayHaveATime) {
  EXPECT_EQ(
      base::to_rfc3339_seconds(*read("dateFrom=2026-01-02T03:04:05.678Z")->from),
      "2026-01-02T03:04:05Z"
  );
}

TEST(KinHistoryQuery, WhatIsOutOfRangeIsNamed) {
  for (const char* query :
       {"limit=0", "limit=101", "limit=x", "page=0", "page=-1", "direction=up", "sortBy=color",
        "sortOrder=up", "dateFrom=yesterday", "dateFrom=2026-02-30", "dateTo=2026-01-02T25:00:00Z",
        "dateTo=2026-1-2"}) {
    const auto outcome = read(query);
    ASSERT_FALSE(outcome) << query;
    const std::string text = query;
    EXPECT_EQ(outcome.error().message, text.substr(0, text.find('=')) + " is not valid");
  }
}

}  // namespace
}  // namespace belfry::apps::kin
