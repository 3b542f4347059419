#include "compat/aws/s3/payload.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "compat/aws/s3/checksums.hpp"
#include "identity/sigv4_chunks.hpp"

namespace belfry::compat::aws::s3 {
namespace {

namespace sigv4 = identity::sigv4;

/// The request of AWS's published example of a body in signed chunks ("Transferring payload in
/// multiple chunks"): 66560 times 'a', in chunks of 64 KiB.
sigv4::Claim example_claim() {
  sigv4::Claim claim;
  claim.scope = {"20130524", "us-east-1", "s3"};
  claim.time = "20130524T000000Z";
  claim.signature = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  return claim;
}
const std::string example_secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

std::string example_body() {
  return "10000;chunk-signature="
         "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
         std::string(65536, 'a') +
         "\r\n400;chunk-signature="
         "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
         std::string(1024, 'a') +
         "\r\n0;chunk-signature="
         "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
}

Vouchers vouchers_of(std::string payload, bool may_be_unsigned = false) {
  Vouchers vouchers;
  vouchers.payload = std::move(payload);
  vouchers.claim = example_claim();
  vouchers.secret = example_secret;
  vouchers.may_be_unsigned = may_be_unsigned;
  return vouchers;
}

std::string code_of(std::string body, const Vouchers& vouchers) {
  const auto checked = check_payload(std::move(body), vouchers);
  return checked ? "fine" : checked.error().code;
}

TEST(S3Payload, OfAwssExampleIsTakenAndNoOtherT2) {
  Vouchers vouchers = vouchers_of(std::string(sigv4::streaming_payload));
  vouchers.length = 66560;
  const auto checked = check_payload(example_body(), vouchers);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->bytes, std::string(66560, 'a'));
  EXPECT_EQ(checked->md5, md5_hex(std::string(66560, 'a')));

  std::string changed = example_body();
  changed[1000] = 'b';
  EXPECT_EQ(code_of(changed, vouchers), "SignatureDoesNotMatch");
  std::string cut = example_body();
  cut.erase(cut.find("400;"), cut.find("0;chunk-signature=b6") - cut.find("400;"));
  EXPECT_EQ(code_of(cut, vouchers), "SignatureDoesNotMatch") << "a chunk is missing";
  vouchers.length = 66559;
  EXPECT_EQ(code_of(example_body(), vouchers), "IncompleteBody");
}

TEST(S3Payload, SignedTrailersAreCheckedT2) {
  sigv4::ChunkSignatures signatures(example_claim(), example_secret);
  std::string body = "5;chunk-signature=" + signatures.next("hello") + "\r\nhello\r\n";
  body += "0;chunk-signature=" + signatures.next("") + "\r\n";
  const std::string checksum = *checksum_base64("crc32c", "hello");
  body += "x-amz-checksum-crc32c:" + checksum + "\r\nx-amz-trailer-signature:" +
          signatures.trailer("x-amz-checksum-crc32c:" + checksum + "\n") + "\r\n\r\n";
  const Vouchers vouchers = vouchers_of(std::string(sigv4::streaming_payload_trailer));
  const auto checked = check_payload(body, vouchers);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->bytes, "hello");
  EXPECT_EQ(checked->checksums.size(), 1u);
  std::string other = body;
  other.replace(other.find("crc32c:") + 7, 4, "AAAA");
  EXPECT_EQ(code_of(other, vouchers), "SignatureDoesNotMatch");
  const std::string bare = body.substr(0, body.find("x-amz-checksum")) + "\r\n";
  EXPECT_EQ(code_of(bare, vouchers), "SignatureDoesNotMatch") << "without its trailers";
}

TEST(S3Payload, UnsignedOnesAreTakenWhereNobodyCanHaveChangedThem) {
  const std::string chunked = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
  const std::string trailer(sigv4::streaming_unsigned_trailer);
  EXPECT_EQ(code_of(chunked, vouchers_of(trailer)), "AccessDenied");
  EXPECT_EQ(code_of(chunked, vouchers_of(trailer, true)), "fine");
  EXPECT_EQ(code_of("5\r\nhallo" + chunked.substr(8), vouchers_of(trailer, true)), "BadDigest");
  const std::string whole(sigv4::unsigned_payload);
  EXPECT_EQ(code_of("hello", vouchers_of(whole)), "AccessDenied");
  EXPECT_EQ(code_of("hello", vouchers_of(whole, true)), "fine");
  EXPECT_EQ(code_of("", vouchers_of(whole)), "fine") << "there is nothing to vouch for";
  EXPECT_EQ(
      code_of("x", vouchers_of("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", true)), "NotImplemented"
  );
}

TEST(S3Payload, IsWhatItsHashesSay) {
  Vouchers vouchers = vouchers_of(base::sha256_hex("hello"));
  vouchers.content_md5 = "XUFAKrxLKna5cZ2REBfFkg==";
  for (const auto& [algorithm, value] : std::vector<std::pair<std::string, std::string>>{
           {"crc32", "NhCmhg=="},
           {"crc32c", "mnG7TA=="},
           {"sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="},
           {"sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}
       }) {
    vouchers.checksums = {{algorithm, value}};
    EXPECT_EQ(code_of("hello", vouchers), "fine") << algorithm;
    vouchers.checksums = {{algorithm, "AAAAAA=="}};
    EXPECT_EQ(code_of("hello", vouchers), "BadDigest") << algorithm;
  }
  // The check value that the polynomial's definition gives.
  EXPECT_EQ(checksum_base64("crc64nvme", "123456789"), "rosUhgp5mIg=");
  EXPECT_EQ(code_of("hallo", vouchers), "XAmzContentSHA256Mismatch");
  vouchers.checksums.clear();
  vouchers.content_md5 = "AAAAAAAAAAAAAAAAAAAAAA==";
  EXPECT_EQ(code_of("hello", vouchers), "BadDigest");
}

}  // namespace
}  // namespace belfry::compat::aws::s3
