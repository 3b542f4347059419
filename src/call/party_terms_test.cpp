#include "call/party_terms.hpp"

#include <gtest/gtest.h>

namespace belfry::call {
namespace {

TEST(SipHeaders, AreReadFromAnAddress) {
  const auto headers = read_sip_headers("X-Account=42&User-to-User=a%3Bencoding%3Dhex&x-empty=");
  ASSERT_TRUE(headers);
  EXPECT_EQ(
      *headers,
      (NamedValues{{"X-Account", "42"}, {"User-to-User", "a;encoding=hex"}, {"x-empty", ""}})
  );
  EXPECT_TRUE(read_sip_headers("")->empty());
}

TEST(SipHeaders, OfTheProtocolItselfAndBrokenOnesAreRefused) {
  for (const char* query :
       {"Via=x", "To=%3Csip:a@b%3E", "Contact=x", "X-=1", "X-A=1%0d%0aVia:%20x", "X-A=%00",
        "X-A%0a=1", "X A=1", "X-A=%zz", "X-A=1&"}) {
    const auto headers = read_sip_headers(query);
    ASSERT_FALSE(headers) << query;
    EXPECT_EQ(headers.error().detail, 13252) << query;
  }
}

TEST(SipHeaders, AreLimited) {
  std::string many;
  for (int i = 0; i < 31; ++i) many += (i == 0 ? "X-A=1" : "&X-A=1");
  EXPECT_EQ(read_sip_headers(many).error().detail, 13251);
  EXPECT_EQ(read_sip_headers("X-A=" + std::string(1020, 'a')).error().detail, 13253);
}

}  // namespace
}  // namespace belfry::call
