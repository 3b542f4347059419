#include <gtest/gtest.h>

#include "sip/uri.hpp"

namespace belfry::sip {
namespace {

bool same(std::string_view a, std::string_view b) {
  const auto first = Uri::parse(a);
  const auto second = Uri::parse(b);
  EXPECT_TRUE(first && second) << a << ' ' << b;
  EXPECT_EQ(equivalent(*first, *second), equivalent(*second, *first)) << a << ' ' << b;
  return equivalent(*first, *second);
}

TEST(SipUri, IsReadIntoItsParts) {
  const auto uri = Uri::parse("SIPS:Alice:secret@Example.COM:5061;Transport=TCP;lr?subject=a%20b");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, Uri::Scheme::sips);
  EXPECT_EQ(uri->user, "Alice");
  EXPECT_EQ(uri->password, "secret");
  EXPECT_EQ(uri->host, "example.com");
  EXPECT_EQ(uri->port, 5061);
  EXPECT_EQ(uri->param("transport"), "TCP");
  EXPECT_EQ(uri->param("lr"), "");
  EXPECT_EQ(uri->headers.at(0).value, "a b");
  EXPECT_EQ(uri->to_string(), "sips:Alice:secret@example.com:5061;transport=TCP;lr?subject=a%20b");
}

TEST(SipUri, ReadsAddressesOfBothFamilies) {
  EXPECT_EQ(Uri::parse("sip:[2001:DB8::9:1]")->host, "2001:db8::9:1");
  EXPECT_EQ(Uri::parse("sip:a@[2001:db8::10]:5070")->port, 5070);
  EXPECT_EQ(Uri::parse("sip:a@[2001:db8::10]:5070")->to_string(), "sip:a@[2001:db8::10]:5070");
  EXPECT_EQ(Uri::parse("sip:192.0.2.4")->host, "192.0.2.4");
}

TEST(SipUri, KeepsTelephoneNumbersAndUnknownSchemes) {
  const auto number = Uri::parse("tel:+1-201-555-0123;phone-context=example.com");
  EXPECT_EQ(number->scheme, Uri::Scheme::tel);
  EXPECT_EQ(number->user, "+1-201-555-0123");
  EXPECT_EQ(number->param("phone-context"), "example.com");
  const auto other = Uri::parse("isbn:2983792873");
  EXPECT_EQ(other->scheme, Uri::Scheme::other);
  EXPECT_EQ(other->to_string(), "isbn:2983792873");
  EXPECT_EQ(Uri::parse("im:a@b#c|d?e=%41")->to_string(), "im:a@b#c|d?e=%41");
}

TEST(SipUri, BrokenOnesAreRefused) {
  for (const std::string_view text :
       {"",
        "sip",
        "sip:",
        ":x",
        "1sip:x",
        "sip:@host",
        "sip:a@",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@host:0",
        "sip:a@host:65536",
        "sip:a@host:x",
        "sip:a@[::1",
        "sip:a@[xyz]",
        "sip:a@host;",
        "sip:a@host;;lr",
        "sip:a@host;lr;lr",
        "sip:a%4@host",
        "sip:a%zz@host",
        "sip:a\"b@host",
        "sip:a<b@host",
        "sip:a@host\r\nX: y",
        "sip:2001:db8::10",
        "sip:a@ho st",
        "tel:abc-xyz",
        "tel:",
        "tel:+",
        "sip:.host",
        "sip:a..b",
        "sip:a@host?=x"})
    EXPECT_FALSE(Uri::parse(text)) << text;
  EXPECT_FALSE(Uri::parse("sip:" + std::string(5000, 'a') + "@host"));
}

TEST(SipUri, WhatIsPutInCannotBreakOut) {
  const Uri uri = Uri::sip("eve>\r\nX-Evil: 1@\"", "host\r\n>;x", 5060);
  const std::string text = uri.to_string();
  EXPECT_EQ(text.find_first_of("\r\n<>\" "), std::string::npos) << text;
  EXPECT_EQ(Uri::parse(text)->user, "eve>\r\nX-Evil: 1@\"");
}

TEST(SipUri, ComparesAsRfc3261Says) {
  EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same(
      "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
  ));
  EXPECT_TRUE(same(
      "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
      "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
  ));
  EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
  EXPECT_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
  EXPECT_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  EXPECT_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
  EXPECT_FALSE(same("sip:a@b.c", "sips:a@b.c"));
  EXPECT_TRUE(same("tel:+1-201-555-0123", "tel:+12015550123"));
  EXPECT_FALSE(same("tel:+12015550123", "tel:+12015550124"));
}

}  // namespace
}  // namespace belfry::sip
