#include "net/address.hpp"

namespace belfry::net {
namespace {

TEST(Address, IsReadAndWrittenTheSameWay) {
  for (const std::string text : {"192.0.2.1:5060", "[2001:db8::1]:0", "[::1]:65535"})
    EXPECT_EQ(Address::parse(text)->to_string(), text);
}

TEST(Address, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const std::string_view text :
       {"127.1:80", "0x7f.0.0.1:80", "010.0.0.1:80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536",
        "::1:80", "[::1", "[1.2.3.4]:80", "1.2.3.4:+80", "fe80::1%eth0", "", ":80"})
    EXPECT_FALSE(Address::parse(text)) << text;
}

TEST(Address, KnowsLoopbackInAllItsForms) {
  for (const std::string_view text : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(IpAddress::parse(text)->is_loopback()) << text;
  for (const std::string_view text : {"128.0.0.1", "::2", "::ffff:10.0.0.1", "0.0.0.0"})
    EXPECT_FALSE(IpAddress::parse(text)->is_loopback()) << text;
}

TEST(Network, ContainsItsRangeAndNothingElse) {
  const auto network = *Network::parse("10.20.0.0/14");
  EXPECT_TRUE(network.contains(*IpAddress::parse("10.23.255.255")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("10.24.0.0")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("::ffff:10.20.0.1")));
  EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains(*IpAddress::parse("9.9.9.9")));
  EXPECT_FALSE(Network::parse("10.20.0.1/14"));
  EXPECT_FALSE(Network::parse("10.0.0.0/33"));
}

}  // namespace
}  // namespace belfry::net
