#include "sip/extension_headers.hpp"

#include <gtest/gtest.h>

#include "sip/message.hpp"

namespace belfry::sip {
namespace {

Message with(const std::string& headers) {
  const Parsed parsed = parse(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\n"
      "To: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n" +
          headers + "Content-Length: 0\r\n\r\n",
      Framing::datagram
  );
  EXPECT_EQ(parsed.kind, Parsed::Kind::message);
  return parsed.message;
}

TEST(SipExtensionHeaders, AreThoseThatMeanNothingToSip) {
  const auto found = extension_headers(
      with("X-Ticket: 42\r\nSubject: no\r\nx-mood: quite good\r\nUser-to-User: 56a3\r\n")
  );
  EXPECT_EQ(
      found,
      (ExtensionHeaders{{"X-Ticket", "42"}, {"x-mood", "quite good"}, {"User-to-User", "56a3"}})
  );
}

TEST(SipExtensionHeaders, OfManyTheFirstAreKept) {
  std::string many;
  for (int number = 0; number < 40; ++number) many += "X-" + std::to_string(number) + ": 1\r\n";
  EXPECT_EQ(extension_headers(with(many)).size(), 30U);
  const std::string large(600, 'a');
  EXPECT_EQ(extension_headers(with("X-A: " + large + "\r\nX-B: " + large + "\r\n")).size(), 1U);
}

}  // namespace
}  // namespace belfry::sip
