#include "base/encoding.hpp"

#include "base/ids.hpp"
#include "base/random.hpp"

namespace belfry::base {
namespace {

TEST(Encoding, GoesBothWays) {
  EXPECT_EQ(to_base64(as_bytes("any carnal pleas")), "YW55IGNhcm5hbCBwbGVhcw==");
  EXPECT_EQ(as_text(*from_base64("YW55IGNhcm5hbCBwbGVhcw==")), "any carnal pleas");
  EXPECT_FALSE(from_base64("abc"));
  EXPECT_FALSE(from_base64("a?=="));
  EXPECT_EQ(percent_encode("a b&ü#"), "a%20b%26%C3%BC%23");
  EXPECT_EQ(percent_decode("a%20b%26%C3%BC%23"), "a b&ü#");
  EXPECT_FALSE(percent_decode("%4"));
  EXPECT_FALSE(percent_decode("%zz"));
}

TEST(Encoding, MacsAreThoseOfTheRfcs) {
  // RFC 2202 and RFC 4231, test case 2.
  EXPECT_EQ(
      to_hex(hmac_sha1(as_bytes("Jefe"), "what do ya want for nothing?")),
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
  );
  EXPECT_EQ(
      to_hex(hmac_sha256(as_bytes("Jefe"), "what do ya want for nothing?")),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  );
}

TEST(Ids, AreShapedAsTwilioClientsExpect) {
  SeededRandom random(7);
  const std::string sid = make_sid("CA", random);
  EXPECT_TRUE(is_sid(sid, "CA"));
  EXPECT_FALSE(is_sid(sid, "RE"));
  EXPECT_FALSE(is_sid("CA1234", "CA"));
  SeededRandom again(7);
  EXPECT_EQ(make_sid("CA", again), sid) << "the same seed gives the same ids";
}

}  // namespace
}  // namespace belfry::base
