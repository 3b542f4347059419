#include "compat/twilio/recording_media.hpp"

#include <gtest/gtest.h>

namespace belfry::compat::twilio {
namespace {

std::string range(std::string_view header, std::uint64_t size) {
  const auto parsed = parse_range(header, size);
  if (!parsed) return "all";
  return std::to_string(parsed->from) + "+" + std::to_string(parsed->length);
}

TEST(RecordingRange, IsReadAsHttpHasItAndIgnoredWhenItIsNot) {
  EXPECT_EQ(range("bytes=0-99", 1000), "0+100");
  EXPECT_EQ(range("bytes=990-2000", 1000), "990+10");
  EXPECT_EQ(range("bytes=44-", 1000), "44+956");
  EXPECT_EQ(range("bytes=-10", 1000), "990+10");
  EXPECT_EQ(range("bytes=-5000", 1000), "0+1000");
  EXPECT_EQ(range("bytes=1000-", 1000), "1000+0") << "416";
  EXPECT_EQ(range("bytes=-0", 1000), "1000+0") << "416";
  for (const char* other :
       {"", "items=0-1", "bytes=5", "bytes=0-1,4-5", "bytes=9-3", "bytes=a-b", "bytes=-",
        "bytes=0-x", "bytes=18446744073709551616-"})
    EXPECT_EQ(range(other, 1000), "all") << other;
  EXPECT_EQ(range("bytes=0-18446744073709551615", 1000), "0+1000");
}

}  // namespace
}  // namespace belfry::compat::twilio
