#include "identity/media_links.hpp"

#include <gtest/gtest.h>

namespace belfry::identity {
namespace {

using namespace std::chrono_literals;

TEST(MediaLinks, OpenTheirPathUntilTheirEndAndNothingElse) {  // rule P4
  const std::array<std::byte, 32> key{std::byte{7}}, other{std::byte{8}};
  const MediaLinks links(key);
  const base::WallTime now{1'800'000'000s};
  const std::string path = "/2010-04-01/Accounts/AC1/Recordings/RE1.wav";
  const std::string link = links.sign(path, now + 1h);
  ASSERT_TRUE(link.starts_with(path + "?"));
  const std::string query = link.substr(path.size() + 1);
  EXPECT_TRUE(links.allows(path, query, now));
  EXPECT_TRUE(links.allows(path, query + "&RequestedChannels=1", now + 59min));
  EXPECT_FALSE(links.allows(path, query, now + 1h));
  EXPECT_FALSE(links.allows("/2010-04-01/Accounts/AC1/Recordings/RE2.wav", query, now));
  EXPECT_FALSE(MediaLinks(other).allows(path, query, now));
  const std::string later = "Expires=1900000000" + query.substr(query.find('&'));
  EXPECT_FALSE(links.allows(path, later, now));
  EXPECT_FALSE(links.allows(path, "", now));
  EXPECT_FALSE(links.allows(path, "Expires=&Signature=", now));
}

}  // namespace
}  // namespace belfry::identity
