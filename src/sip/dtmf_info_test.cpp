#include "sip/dtmf_info.hpp"

#include <gtest/gtest.h>

namespace belfry::sip {
namespace {

TEST(SipDtmfInfo, ReadsBothForms) {
  const auto relay = parse_dtmf_info("application/dtmf-relay", "Signal=5\r\nDuration=250\r\n");
  ASSERT_TRUE(relay);
  EXPECT_EQ(relay->digit, '5');
  EXPECT_EQ(relay->duration.count(), 250);
  EXPECT_EQ(parse_dtmf_info("application/dtmf-relay", "signal= 11\nduration=9")->digit, '#');
  EXPECT_EQ(parse_dtmf_info("application/dtmf-relay", "Signal=*")->duration.count(), 160);
  EXPECT_EQ(parse_dtmf_info("application/dtmf", " d\r\n")->digit, 'D');
  EXPECT_EQ(
      parse_dtmf_info("application/dtmf-relay", "Signal=1\nDuration=9999999")->duration.count(),
      5000
  );
}

TEST(SipDtmfInfo, EverythingElseIsNoDigit) {
  for (const char* body : {"", "Duration=160", "Signal=", "Signal=12", "Signal=x", "5"})
    EXPECT_FALSE(parse_dtmf_info("application/dtmf-relay", body)) << body;
  EXPECT_FALSE(parse_dtmf_info("application/dtmf", "55"));
  EXPECT_FALSE(parse_dtmf_info("text/plain", "5"));
}

}  // namespace
}  // namespace belfry::sip
