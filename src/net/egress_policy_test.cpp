#include "net/egress_policy.hpp"

namespace belfry::net {
namespace {

TEST(SpecialPurpose, CoversTheIanaTablesAndWhatHidesInThem) {
  for (const std::string_view text :
       {"0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:c0a8:101::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1"})
    EXPECT_TRUE(is_special_purpose(*IpAddress::parse(text))) << text;
  for (const std::string_view text :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.0.0",
        "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
        "2001:4860:4860::8888", "2606:4700::1111"})
    EXPECT_FALSE(is_special_purpose(*IpAddress::parse(text))) << text;
}

base::Result<void> check(const EgressPolicy& policy, std::string_view url) {
  const auto parsed = Url::parse(url);
  return parsed ? policy.check_url(*parsed) : base::Result<void>(base::fail(parsed.error()));
}

TEST(EgressPolicy, DeniesPrivateAddressesAndMailAndShellPorts) {
  const EgressPolicy policy;
  EXPECT_TRUE(check(policy, "https://example.com/"));
  EXPECT_TRUE(check(policy, "http://8.8.8.8:8080/"));
  for (const std::string_view url :
       {"http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://example.com:22/",
        "http://example.com:25/", "http://example.com:0/"})
    EXPECT_FALSE(check(policy, url)) << url;
  // The name was fine; the address it resolves to is what counts.
  EXPECT_FALSE(policy.check_address(*Address::parse("192.168.0.7:80"), "example.com"));
}

TEST(EgressPolicy, ExceptionsNameHostsAndRangesWithPorts) {
  EgressPolicy::Settings settings;
  settings.allow = {"pbx.local:8080", "10.1.0.0/16:443", "[fd00::]/8:*", "192.168.5.5:*"};
  const auto policy = *EgressPolicy::create(settings);
  EXPECT_TRUE(policy.check_address(*Address::parse("192.168.0.7:8080"), "PBX.local"));
  EXPECT_FALSE(policy.check_address(*Address::parse("192.168.0.7:8081"), "pbx.local"));
  EXPECT_FALSE(policy.check_address(*Address::parse("192.168.0.7:8080"), "other.local"));
  EXPECT_TRUE(check(policy, "https://10.1.255.1/"));
  EXPECT_TRUE(check(policy, "https://[::ffff:10.1.2.3]/"));
  EXPECT_FALSE(check(policy, "http://10.1.255.1/"));
  EXPECT_TRUE(check(policy, "http://[fd99::1]:9/"));
  EXPECT_TRUE(check(policy, "http://192.168.5.5:1234/"));
  EXPECT_FALSE(check(policy, "http://192.168.5.5:22/"));
  for (const std::string bad : {"host", "host:x", ":80", "10.0.0.1/8:80", "a/b:80", "h:65536"})
    EXPECT_FALSE(EgressPolicy::create({false, {bad}, {}})) << bad;
}

TEST(EgressPolicy, LoopbackIsOpenByFlagButNeverOurOwnListeners) {
  EgressPolicy::Settings settings;
  settings.allow_loopback = true;
  settings.allow = {"127.0.0.1:8080"};
  settings.listeners = {*Address::parse("127.0.0.1:8080"), *Address::parse("0.0.0.0:5061")};
  const auto policy = *EgressPolicy::create(settings);
  EXPECT_TRUE(check(policy, "http://127.0.0.1:9000/"));
  EXPECT_TRUE(check(policy, "http://[::1]:9000/"));
  EXPECT_FALSE(check(policy, "http://0.0.0.0:9000/"));
  EXPECT_FALSE(check(policy, "http://10.0.0.1:9000/"));
  EXPECT_FALSE(check(policy, "http://127.0.0.1:8080/"));
  EXPECT_FALSE(check(policy, "http://[::ffff:127.0.0.1]:8080/"));
  EXPECT_FALSE(check(policy, "http://127.0.0.2:5061/"));
}

}  // namespace
}  // namespace belfry::net
