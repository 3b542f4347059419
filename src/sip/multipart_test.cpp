#include "sip/multipart.hpp"

#include <gtest/gtest.h>

namespace belfry::sip {
namespace {

TEST(SipMultipart, OnePartStandsAlone) {
  const Body body = make_body({{"application/sdp", "session", "v=0\r\n"}});
  EXPECT_EQ(body.content_type, "application/sdp");
  EXPECT_EQ(body.bytes, "v=0\r\n");
}

TEST(SipMultipart, PartsStandBetweenBoundaries) {
  const Body body = make_body({{"a/b", "", "one"}, {"c/d", "recording-session", "two\r\n"}});
  EXPECT_EQ(body.content_type, "multipart/mixed;boundary=part-boundary-1");
  EXPECT_EQ(
      body.bytes,
      "--part-boundary-1\r\nContent-Type: a/b\r\n\r\none\r\n"
      "--part-boundary-1\r\nContent-Type: c/d\r\nContent-Disposition: recording-session\r\n\r\n"
      "two\r\n\r\n"
      "--part-boundary-1--\r\n"
  );
}

TEST(SipMultipart, TheBoundaryOccursInNoPart) {
  const Body body = make_body({{"a/b", "", "--part-boundary-1--"}, {"c/d", "", "x"}});
  EXPECT_EQ(body.content_type, "multipart/mixed;boundary=part-boundary-2");
}

}  // namespace
}  // namespace belfry::sip
