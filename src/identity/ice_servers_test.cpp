#include "identity/ice_servers.hpp"

#include <gtest/gtest.h>

namespace belfry::identity {
namespace {

/// The password is what `openssl dgst -sha1 -hmac north -binary | base64` says of the username.
TEST(IceServers, TurnCredentialsAreThoseThatATurnServerComputes) {
  const base::WallTime until{std::chrono::seconds(1'700'000'000)};
  const TurnCredentials credentials = make_turn_credentials("north", "AC1", until);
  EXPECT_EQ(credentials.username, "1700000000:AC1");
  EXPECT_EQ(credentials.password, "xFJtU7mXMPHWVEBg1kuCYxbr+0g=");
}

}  // namespace
}  // namespace belfry::identity
