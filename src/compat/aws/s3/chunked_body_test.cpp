#include "compat/aws/s3/chunked_body.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::aws::s3 {
namespace {

TEST(S3ChunkedBody, IsReadWithItsSignaturesAndTrailers) {
  const auto read = read_chunks(
      "4;chunk-signature=aa\r\n\r\n\r\n\r\n5\r\nhello\r\n0;chunk-signature=bb\r\n"
      "x-amz-checksum-crc32: abcd==\r\nx-amz-trailer-signature:cc\r\n\r\n"
  );
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->chunks.size(), 3u);
  EXPECT_EQ(read->chunks[0].bytes, "\r\n\r\n") << "bytes are bytes";
  EXPECT_EQ(read->chunks[0].signature, "aa");
  EXPECT_EQ(read->chunks[1].bytes, "hello");
  EXPECT_EQ(read->chunks[1].signature, "");
  EXPECT_EQ(read->chunks[2].bytes, "");
  ASSERT_EQ(read->trailers.size(), 2u);
  EXPECT_EQ(read->trailers[0].first, "x-amz-checksum-crc32");
  EXPECT_EQ(read->trailers[0].second, "abcd==");
}

TEST(S3ChunkedBody, MayEndWithoutTheEmptyLine) {
  EXPECT_TRUE(read_chunks("1\r\nx\r\n0\r\n"));
  EXPECT_TRUE(read_chunks("0\r\n\r\n"));
}

TEST(S3ChunkedBody, RefusesWhatIsNotOne) {
  for (const char* wrong :
       {"", "5\r\nhello", "5\r\nhello\r\n", "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n",
        "-1\r\n\r\n", "x\r\n\r\n", "\r\n", "1 \r\nx\r\n0\r\n\r\n", "1;what=x\r\nx\r\n0\r\n\r\n",
        "0\r\nno colon\r\n\r\n", "0\r\n\r\nmore", "ffffffffffffffffff\r\nx\r\n0\r\n\r\n"})
    EXPECT_FALSE(read_chunks(wrong)) << wrong;
}

TEST(S3ChunkedBody, IsBounded) {
  std::string many;
  for (std::size_t i = 0; i <= max_chunks; ++i) many += "1\r\nx\r\n";
  EXPECT_FALSE(read_chunks(many + "0\r\n\r\n"));
  std::string trailers = "0\r\n";
  for (std::size_t i = 0; i <= max_trailers; ++i) trailers += "a:b\r\n";
  EXPECT_FALSE(read_chunks(trailers + "\r\n"));
}

}  // namespace
}  // namespace belfry::compat::aws::s3
