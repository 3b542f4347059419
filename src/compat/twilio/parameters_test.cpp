#include "compat/twilio/parameters.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::twilio {
namespace {

Parameters read(std::string_view form, std::string_view query = "") {
  return Parameters(http::Form::parse(form).value(), http::Form::parse(query).value());
}

TEST(TwilioParameters, KeepTheFirstErrorAndGoOnReading) {
  Parameters parameters = read("Timeout=abc&Method=PUT&To=%2B15550001111");
  EXPECT_EQ(parameters.required("To", 21201), "+15550001111");
  EXPECT_EQ(parameters.integer("Timeout", 60, 5, 600, 21208), 60);
  EXPECT_EQ(parameters.method("Method"), "POST");
  ASSERT_TRUE(parameters.error());
  EXPECT_EQ(parameters.error()->code, 21208);
}

TEST(TwilioParameters, MissingOnesHaveTheirOwnCode) {
  Parameters parameters = read("To=");
  EXPECT_EQ(parameters.required("To", 21201), "");
  ASSERT_TRUE(parameters.error());
  EXPECT_EQ(parameters.error()->code, 21201);
  EXPECT_EQ(parameters.error()->status, 400);
}

TEST(TwilioParameters, ListsAreRepeatedOrSeparatedBySpaces) {
  const std::vector<std::string> both = {"initiated", "answered"};
  EXPECT_EQ(read("E=initiated&E=answered").list("E"), both);
  EXPECT_EQ(read("E=initiated+answered").list("E"), both);
  EXPECT_TRUE(read("").list("E").empty());
}

TEST(TwilioParameters, NamedValuesAreNumberedPairs) {
  Parameters parameters = read("Parameter1.Name=a&Parameter1.Value=1&Parameter3.Name=b");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parameters.named_values(), (Pairs{{"a", "1"}, {"b", ""}}));
  EXPECT_FALSE(parameters.error());
  Parameters long_one = read("Parameter2.Name=a&Parameter2.Value=" + std::string(500, 'x'));
  EXPECT_EQ(long_one.named_values().size(), 1U);
  ASSERT_TRUE(long_one.error());
  EXPECT_EQ(long_one.error()->code, 20001);
}

TEST(TwilioParameters, UrlsAreAbsolute) {
  for (const auto* good : {"http://127.0.0.1:3000/voice", "https://a.example/x?y=1#rc=2"}) {
    Parameters parameters = read("Url=" + base::percent_encode(good));
    EXPECT_EQ(parameters.url("Url"), good);
    EXPECT_FALSE(parameters.error());
  }
  for (const auto* bad : {"voice.xml", "/voice", "ftp://a.example/", "http://"}) {
    Parameters parameters = read("Url=" + base::percent_encode(bad));
    parameters.url("Url");
    ASSERT_TRUE(parameters.error()) << bad;
    EXPECT_EQ(parameters.error()->code, 21205);
  }
}

TEST(TwilioParameters, TimesIncludeTheirEnds) {
  using namespace std::chrono;
  const base::WallTime day{sys_days(2026y / 1 / 2)};
  Parameters whole = read("", "StartTime=2026-01-02");
  EXPECT_EQ(whole.times("StartTime").from, day);
  EXPECT_EQ(whole.times("StartTime").before, day + 24h);

  Parameters from = read("", "StartTime%3E=2026-01-02T03%3A04%3A05Z");
  EXPECT_EQ(from.times("StartTime").from, day + 3h + 4min + 5s);
  EXPECT_FALSE(from.times("StartTime").before);

  Parameters until = read("", "StartTime%3C=2026-01-02");
  EXPECT_EQ(until.times("StartTime").before, day + 24h);

  Parameters wrong = read("", "StartTime=yesterday");
  wrong.times("StartTime");
  EXPECT_TRUE(wrong.error());
  for (const auto* bad : {"2026-13-01", "2026-02-30", "2026-01-02T25:00:00Z", "20260102"})
    EXPECT_FALSE(parse_moment(bad)) << bad;
}

}  // namespace
}  // namespace belfry::compat::twilio
