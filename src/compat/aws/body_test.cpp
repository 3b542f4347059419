#include <gtest/gtest.h>

#include <cmath>

#include "compat/aws/cbor.hpp"
#include "compat/aws/input.hpp"
#include "compat/aws/output.hpp"
#include "compat/aws/query_body.hpp"
#include "compat/aws/xml.hpp"

namespace belfry::compat::aws {
namespace {

using base::json::serialize;

std::string query(std::string_view body) {
  const auto members = parse_query_body(body);
  return members ? serialize(*members) : members.error().message;
}

TEST(AwsQueryBody, HasListsAndMapsByTheirNumbers) {
  EXPECT_EQ(
      query("Action=Publish&PhoneNumber=%2B1555+x"),
      R"({"Action":"Publish","PhoneNumber":"+1555 x"})"
  );
  EXPECT_EQ(
      query("D.member.10.Name=c&D.member.2.Name=b&D.member.1.Name=a&S.member.1=Sum"),
      R"({"D":[{"Name":"a"},{"Name":"b"},{"Name":"c"}],"S":["Sum"]})"
  );
  EXPECT_EQ(
      query("M.entry.1.Name=A.B&M.entry.1.Value.DataType=String&M.entry.1.Value.StringValue=x"),
      R"({"M":{"A.B":{"DataType":"String","StringValue":"x"}}})"
  );
  EXPECT_EQ(
      query("attributes.entry.1.key=DefaultSMSType&attributes.entry.1.value=Promotional"),
      R"({"attributes":{"DefaultSMSType":"Promotional"}})"
  );
}

TEST(AwsQueryBody, RefusesWhatIsNoTextOrHasNoEnd) {
  EXPECT_FALSE(parse_query_body("a=%zz"));
  EXPECT_FALSE(parse_query_body("a=%ff"));
  EXPECT_FALSE(parse_query_body("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1"));
  std::string many;
  for (int i = 0; i < 20'001; ++i) many += "a=1&";
  EXPECT_EQ(parse_query_body(many).error().code, base::Errc::too_large);
}

std::string cbor(std::string_view bytes) {
  const auto value = parse_cbor(bytes);
  return value ? serialize(*value) : "refused";
}

using namespace std::string_literals;

// The examples of RFC 8949 appendix A.
TEST(AwsCbor, ReadsTheExamplesOfTheStandard) {
  EXPECT_EQ(cbor("\x18\x64"s), "100");
  EXPECT_EQ(cbor("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00"s), "1000000000000");
  EXPECT_EQ(cbor("\x39\x03\xe7"s), "-1000");
  EXPECT_EQ(cbor("\xf9\x3e\x00"s), "1.5E0");
  EXPECT_EQ(cbor("\xfa\x47\xc3\x50\x00"s), "1E5");
  EXPECT_EQ(cbor("\xfb\x40\x09\x21\xfb\x54\x44\x2e\xea"s), "3.14159265359E0");
  EXPECT_EQ(cbor("\xf5"s), "true");
  EXPECT_EQ(cbor("\xf6"s), "null");
  EXPECT_EQ(cbor("\xc1\x1a\x51\x4b\x67\xb0"s), "1363896240");
  EXPECT_EQ(cbor("\x44\x01\x02\x03\x04"s), R"("AQIDBA==")");
  EXPECT_EQ(cbor("\x83\x01\x82\x02\x03\x82\x04\x05"s), "[1,[2,3],[4,5]]");
  EXPECT_EQ(cbor("\xa2\x61\x61\x01\x61\x62\x82\x02\x03"s), R"({"a":1,"b":[2,3]})");
  EXPECT_EQ(cbor("\x7f\x65strea\x64ming\xff"s), R"("streaming")");
  EXPECT_EQ(
      cbor("\xbf\x63"
           "Fun\xf5\x63"
           "Amt\x21\xff"s),
      R"({"Fun":true,"Amt":-2})"
  );
  EXPECT_TRUE(std::isinf(parse_cbor("\xf9\x7c\x00"s)->as_double()));
}

TEST(AwsCbor, RefusesWhatIsCutNestedOrClaimsTooMuch) {
  for (const std::string& bad :
       {""s, "\x82\x01"s, "\x62\x61"s, "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"s, "\x1c"s, "\xff"s,
        "\x1f"s, "\x00\x00"s, "\xa1\x01\x02"s, "\xa2\x61\x61\x01\x61\x61\x02"s, "\x61\xff"s,
        "\x3b\xff\xff\xff\xff\xff\xff\xff\xff"s, std::string(40, '\x81') + "\x01"})
    EXPECT_EQ(cbor(bad), "refused") << testing::PrintToString(bad);
}

TEST(AwsCbor, WritesWhatItReads) {
  const base::json::object value{
      {"list", base::json::array{1, -7, 300, 70'000, 5'000'000'000, true, nullptr, 1.5, "text"}}
  };
  EXPECT_EQ(cbor(to_cbor(value)), serialize(value));
  const base::json::value time = timestamp(base::from_unix_micros(1'500'000));
  EXPECT_EQ(to_cbor(time), "\xc1\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00"s);
}

TEST(AwsXml, WritesListsMapsAndTimes) {
  const base::json::object output{
      {"Metrics", base::json::array{base::json::object{{"Name", "<a&b>"}}}},
      {"attributes", map_of({{"k", "v"}})},
      {"At", timestamp(base::from_unix_micros(0))},
      {"Sum", 3.0},
      {"None", nullptr},
  };
  EXPECT_EQ(
      to_xml(output),
      "<Metrics><member><Name>&lt;a&amp;b&gt;</Name></member></Metrics>"
      "<attributes><entry><key>k</key><value>v</value></entry></attributes>"
      "<At>1970-01-01T00:00:00.000Z</At><Sum>3</Sum>"
  );
}

TEST(AwsInput, TakesNumbersTimesAndTruthsAsTextsToo) {
  const base::json::object members{
      {"n", "60"},
      {"m", 60},
      {"f", "true"},
      {"x", "sixty"},
      {"t", "2026-11-20T18:00:00.5+01:00"},
      {"e", 1'500},
      {"l", base::json::array{"1", 2}}
  };
  const Input input(members);
  EXPECT_EQ(input.number("n"), 60);
  EXPECT_EQ(input.number("m"), 60);
  EXPECT_EQ(input.flag("f"), true);
  EXPECT_FALSE(input.number("x"));
  EXPECT_EQ(base::to_rfc3339(*input.time("t")), "2026-11-20T17:00:00.500Z");
  EXPECT_EQ(base::to_unix_micros(*input.time("e")), 1'500'000'000);
  EXPECT_EQ(input.numbers("l"), (std::vector<double>{1, 2}));
  EXPECT_EQ(input.text("absent"), "");
  for (const char* bad : {"2026-13-01", "2026-11-20T", "now", "2026-11-20T18:00:00+9"})
    EXPECT_FALSE(parse_iso_time(bad)) << bad;
}

}  // namespace
}  // namespace belfry::compat::aws
