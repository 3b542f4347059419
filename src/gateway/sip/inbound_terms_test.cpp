#include "gateway/sip/inbound_terms.hpp"

#include <gtest/gtest.h>

namespace belfry::gateway::sip {
namespace {

using belfry::sip::Message;
using call::NamedValues;

const belfry::sip::Flow flow{belfry::sip::Transport::udp, {}, {"192.0.2.20", 5060}, 0};

Message invite(std::string_view lines, std::string_view from = "<sip:+15557@192.0.2.20>;tag=f") {
  std::string text =
      "INVITE sip:+4989111@belfry.example SIP/2.0\r\nVia: SIP/2.0/UDP "
      "192.0.2.20;branch=z9hG4bKi\r\n"
      "From: ";
  text.append(from).append("\r\nTo: <sip:x@y>\r\nCall-ID: in\r\nCSeq: 1 INVITE\r\n").append(lines);
  auto parsed =
      belfry::sip::parse(text + "Content-Length: 0\r\n\r\n", belfry::sip::Framing::datagram);
  EXPECT_EQ(parsed.kind, belfry::sip::Parsed::Kind::message);
  return parsed.message;
}

std::string verdict(std::string_view lines, std::string_view from = "<sip:+15557@x>;tag=f") {
  const auto terms = terms_of(invite(lines, from), flow, Believed::carrier);
  return terms.parameters.empty() ? std::string() : terms.parameters.front().second;
}

TEST(InboundTerms, ACarriersVerdictAndSignedIdentityAreKept) {
  EXPECT_EQ(
      verdict("P-Asserted-Identity: <sip:+15557;verstat=TN-Validation-Passed@x>\r\n"
              "P-Attestation-Indicator: A\r\n"),
      "TN-Validation-Passed-A"
  );
  EXPECT_EQ(
      verdict("P-Asserted-Identity: <tel:+15557;verstat=TN-Validation-Failed-C>\r\n"),
      "TN-Validation-Failed-C"
  );
  EXPECT_EQ(verdict("", "<sip:+15557@x;verstat=No-TN-Validation>;tag=f"), "No-TN-Validation");
  EXPECT_EQ(verdict(""), "");
  const auto terms = terms_of(
      invite("Identity: eyJh.e30.sig;info=<https://c.example/a.pem>;alg=ES256\r\nX-A: 1\r\n"), flow,
      Believed::carrier
  );
  EXPECT_EQ(
      terms.headers,
      (NamedValues{
          {"X-A", "1"}, {"Identity", "eyJh.e30.sig;info=<https://c.example/a.pem>;alg=ES256"}
      })
  );
}

TEST(InboundTerms, S7_APhoneIsBelievedNothingAboutWhoItIs) {
  const auto terms = terms_of(
      invite("P-Asserted-Identity: <sip:+1;verstat=TN-Validation-Passed@x>\r\nIdentity: x\r\n"
             "X-Account: 42\r\nUser-to-User: ab\r\n"),
      flow, Believed::phone
  );
  EXPECT_EQ(terms.headers, (NamedValues{{"X-Account", "42"}, {"User-to-User", "ab"}}));
  EXPECT_EQ(
      terms.parameters,
      (NamedValues{
          {"SipCallId", "in"}, {"SipDomain", "belfry.example"}, {"SipSourceIp", "192.0.2.20"}
      })
  );
}

TEST(InboundTerms, TooManyHeadersAreCut) {
  std::string lines;
  for (int number = 0; number < 60; ++number) lines += "X-" + std::to_string(number) + ": a\r\n";
  EXPECT_EQ(terms_of(invite(lines), flow, Believed::carrier).headers.size(), 30u);
  const std::string big = "X-Big: " + std::string(1100, 'a') + "\r\n";
  EXPECT_TRUE(terms_of(invite(big), flow, Believed::carrier).headers.empty());
}

TEST(InboundTerms, NumbersLoseTheirOrnamentsAndNationalOnesGetTheirCountry) {
  EXPECT_EQ(number_in("+1-555-010-0100", ""), "+15550100100");
  EXPECT_EQ(number_in("+15550100100;verstat=TN-Validation-Passed", ""), "+15550100100");
  EXPECT_EQ(number_in("089 1234567", "DE"), "+49891234567");
  EXPECT_EQ(number_in("0891234567", ""), "0891234567");
  EXPECT_EQ(number_in("+4989123456", "US"), "+4989123456");
  EXPECT_EQ(number_in("alice", "DE"), "");
}

}  // namespace
}  // namespace belfry::gateway::sip
