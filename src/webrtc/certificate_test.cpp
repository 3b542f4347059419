#include "webrtc/certificate.hpp"

#include <gtest/gtest.h>

namespace belfry::webrtc {
namespace {

Certificate make() {
  return std::move(*Certificate::create(base::VirtualClock().wall_now()));
}

TEST(Certificate, EachHasAFingerprintOfItsOwnThatReadsBack) {
  const Certificate one = make(), other = make();
  const std::string text = one.fingerprint().to_string();
  EXPECT_EQ(text.size(), std::string("sha-256 ").size() + 32 * 3 - 1);
  const auto read = Fingerprint::parse(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, one.fingerprint());
  EXPECT_NE(*read, other.fingerprint());
}

TEST(Fingerprint, IsReadInAnyCaseAndWithTheLongerHashes) {
  const Certificate certificate = make();
  using Hash = Fingerprint::Hash;
  for (const Hash hash : {Hash::sha_256, Hash::sha_384, Hash::sha_512}) {
    const Fingerprint made = Fingerprint::of(*certificate.certificate(), hash);
    std::string text = made.to_string();
    for (char& character : text) character = static_cast<char>(std::tolower(character));
    EXPECT_EQ(Fingerprint::parse(text), made) << text;
    text.replace(0, 3, "SHA");
    EXPECT_EQ(Fingerprint::parse(text), made) << text;
  }
}

TEST(Fingerprint, OfAWeakHashIsRefused) {
  const auto sha1 =
      Fingerprint::parse("sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB");
  ASSERT_FALSE(sha1);
  EXPECT_EQ(sha1.error().code, base::Errc::unsupported);
  EXPECT_FALSE(Fingerprint::parse("md5 00:11"));
}

TEST(Fingerprint, OfAWrongShapeIsRefused) {
  const std::string good = make().fingerprint().to_string();
  for (const std::string& bad :
       {std::string(), std::string("sha-256"), std::string("sha-256 "), good + ":00", good + " ",
        good.substr(0, good.size() - 1), good.substr(0, good.size() - 3)})
    EXPECT_FALSE(Fingerprint::parse(bad)) << bad;
  for (std::size_t at = 7; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = 'g';
    EXPECT_FALSE(Fingerprint::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace belfry::webrtc
