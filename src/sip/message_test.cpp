#include <gtest/gtest.h>

#include "sip/message.hpp"

namespace belfry::sip {
namespace {

constexpr std::string_view head =
    "INVITE sip:bob@example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.example.com:5066;branch=z9hG4bK776asdhds;rport\r\n"
    "From: \"Alice\" <sip:alice@example.com>;tag=1928301774\r\n"
    "To: Bob <sip:bob@example.com>\r\n"
    "Call-ID: a84b4c76e66710\r\n"
    "CSeq: 314159 INVITE\r\n";

Parsed with(
    std::string_view lines, std::string_view body = "", Framing framing = Framing::datagram
) {
  return parse(std::string(head) + std::string(lines) + "\r\n" + std::string(body), framing);
}

Message whole(std::string_view lines, std::string_view body = "") {
  Parsed parsed = with(lines, body);
  EXPECT_EQ(parsed.kind, Parsed::Kind::message) << parsed.why;
  return std::move(parsed.message);
}

TEST(SipMessage, ReadsCompactFormsAsTheLongOnes) {
  const Message message = whole(
      "m: <sip:a@b>\r\nl: 4\r\nc: text/plain\r\nk: timer, 100rel\r\no: presence\r\nr: <sip:x@y>\r\n"
      "x: 1800;refresher=uas\r\ns: hi\r\ne: identity\r\n",
      "body"
  );
  for (const HeaderId id :
       {HeaderId::contact, HeaderId::content_length, HeaderId::content_type, HeaderId::supported,
        HeaderId::event, HeaderId::refer_to, HeaderId::session_expires, HeaderId::subject,
        HeaderId::content_encoding})
    EXPECT_EQ(message.count(id), 1U) << to_string(id);
  EXPECT_TRUE(message.has_option(HeaderId::supported, "100REL"));
  EXPECT_FALSE(message.has_option(HeaderId::supported, "100"));
  EXPECT_EQ(message.session_expires()->seconds, 1800U);
  EXPECT_EQ(message.session_expires()->refresher, SessionExpires::Refresher::uas);
  EXPECT_EQ(message.body_of_type("text/plain"), "body");
  EXPECT_EQ(message.body_of_type("application/sdp").error().code, base::Errc::unsupported);
}

TEST(SipMessage, SurvivesCopyAndMove) {
  Message first = whole("Subject: x\r\n", "body");
  const Message copy = first;
  const Message moved = std::move(first);
  EXPECT_EQ(copy.text(), moved.text());
  EXPECT_EQ(moved.call_id(), "a84b4c76e66710");
  EXPECT_EQ(moved.body(), "body");
  EXPECT_EQ(moved.from()->display_name(), "Alice");
}

struct Anomaly {
  const char* what;
  std::string lines;
};

TEST(SipMessage, RefusesEachAnomalyOfRuleS7With400) {
  const std::vector<Anomaly> anomalies = {
      {"bare LF", "Subject: a\nX-Evil: 1\r\n"},
      {"bare CR", "Subject: a\rX-Evil: 1\r\n"},
      {"NUL", std::string("Subject: a\0b\r\n", 14)},
      {"no colon", "Subject\r\n"},
      {"empty name", ": value\r\n"},
      {"name with a space", "Sub ject: x\r\n"},
      {"second To", "To: <sip:c@d>\r\n"},
      {"second From", "f: <sip:c@d>;tag=1\r\n"},
      {"second Call-ID", "i: other\r\n"},
      {"second CSeq", "CSeq: 1 INVITE\r\n"},
      {"two Max-Forwards", "Max-Forwards: 70\r\nMax-Forwards: 70\r\n"},
      {"two Expires", "Expires: 1\r\nExpires: 2\r\n"},
      {"Max-Forwards 256", "Max-Forwards: 256\r\n"},
      {"Max-Forwards -1", "Max-Forwards: -1\r\n"},
      {"long body announced", "Content-Length: 5\r\n"},
      {"Content-Length 2^64", "Content-Length: 18446744073709551616\r\n"},
      {"Content-Length with plus", "Content-Length: +0\r\n"},
      {"broken Via below the top", "Via: SIP/2.0/UDP\r\n"},
      {"Via port 0", "Via: SIP/2.0/UDP host:0;branch=z9hG4bK1\r\n"},
      {"Contact quote", "Contact: \"a <sip:a@b>\r\n"},
      {"Contact bracket", "Contact: <sip:a@b\r\n"},
      {"Contact empty element", "Contact: <sip:a@b>,,<sip:c@d>\r\n"},
      {"Route without a URI", "Route: <>\r\n"},
      {"Record-Route star", "Record-Route: *\r\n"},
      {"Expires too large", "Expires: 4294967296\r\n"},
  };
  for (const Anomaly& anomaly : anomalies) {
    const Parsed parsed = with(anomaly.lines);
    EXPECT_EQ(parsed.kind, Parsed::Kind::refuse) << anomaly.what;
    EXPECT_EQ(parsed.status, 400) << anomaly.what;
    EXPECT_EQ(parsed.message.call_id(), "a84b4c76e66710") << anomaly.what;
    const Message answer = response_to(parsed.message, parsed.status, "t").build();
    EXPECT_EQ(parse(answer.text(), Framing::datagram).message.count(HeaderId::other), 0U)
        << anomaly.what;
  }
}

TEST(SipMessage, RefusesNumbersBeyondCSeqRange) {
  std::string text(head);
  text.replace(text.find("314159"), 6, "2147483648");
  EXPECT_EQ(parse(text + "\r\n", Framing::datagram).status, 400);
  text.replace(text.find("2147483648"), 10, "2147483647");
  EXPECT_EQ(parse(text + "\r\n", Framing::datagram).kind, Parsed::Kind::message);
}

TEST(SipMessage, AnAckThatIsBrokenIsDroppedAndSoIsGarbage) {
  std::string ack(head);
  ack.replace(0, 6, "ACK");
  EXPECT_EQ(parse(ack + "\r\n", Framing::datagram).kind, Parsed::Kind::drop);  // CSeq says INVITE
  for (const std::string_view text :
       {"", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "x", "INVITE sip:a@b SIP/2.0\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n"})
    EXPECT_EQ(parse(text, Framing::datagram).kind, Parsed::Kind::drop) << text;
}

TEST(SipMessage, ABodyLongerThanContentLengthIsCutOnADatagram) {
  EXPECT_EQ(whole("Content-Length: 4\r\n", "bodyMORE").body(), "body");
  EXPECT_EQ(whole("", "all of it").body(), "all of it");
}

TEST(SipMessage, AStreamNeedsContentLength) {
  EXPECT_EQ(with("", "", Framing::stream).status, 400);
  EXPECT_EQ(with("Content-Length: 0\r\n", "", Framing::stream).kind, Parsed::Kind::message);
}

TEST(SipMessage, LimitsAnswer513) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X-A: b\r\n";
  EXPECT_EQ(with(many).status, 513);
  EXPECT_EQ(with("X-A: " + std::string(33000, 'a') + "\r\n").status, 513);
  EXPECT_EQ(with("", std::string(max_datagram_message, 'a')).status, 513);
}

TEST(SipMessage, ABuilderLetsNothingBreakOutOfItsLine) {
  MessageBuilder builder = MessageBuilder::request("INVITE", "sip:a@b\r\nX-Evil: 1");
  builder.add("Subject", "hello\r\nX-Evil: 1\r\n\r\nbody").add(HeaderId::max_forwards, 70);
  builder.body("text/plain\r\nX-Evil: 2", "the body");
  const Message message = builder.build();
  EXPECT_EQ(message.header_count(), 4U);
  EXPECT_FALSE(message.header("X-Evil"));
  EXPECT_EQ(message.body(), "the body");
  EXPECT_EQ(message.header(HeaderId::content_length), "8");
  EXPECT_EQ(MessageBuilder::response(486, "Busy\r\nX: y").build().reason(), "Busy  X: y");
}

TEST(SipMessage, AResponseEchoesWhatRfc3261Wants) {
  const Message request = whole(
      "Via: SIP/2.0/TCP second;branch=z9hG4bK2\r\nRecord-Route: <sip:p1;lr>\r\n"
      "Record-Route: <sip:p2;lr>\r\nTimestamp: 54\r\n"
  );
  const Message ringing = response_to(request, 180, "mine").add(HeaderId::server, "x").build();
  EXPECT_EQ(ringing.vias()->size(), 2U);
  EXPECT_EQ(ringing.to_tag(), "mine");
  EXPECT_EQ(ringing.from_tag(), "1928301774");
  EXPECT_EQ(ringing.cseq()->number, 314159U);
  EXPECT_EQ(ringing.record_routes()->size(), 2U);
  EXPECT_EQ(ringing.reason(), "Ringing");
  const Message trying = response_to(request, 100, "mine").build();
  EXPECT_EQ(trying.to_tag(), "");
  EXPECT_EQ(trying.header(HeaderId::timestamp), "54");
  EXPECT_EQ(response_to(request, 404, "mine").build().count(HeaderId::record_route), 0U);
  EXPECT_EQ(parse(ringing.text(), Framing::datagram).kind, Parsed::Kind::message);
}

TEST(SipMessage, TheSourceIsStampedIntoTheTopVia) {
  Message request = whole("Via: SIP/2.0/TCP second;branch=z9hG4bK2\r\nSubject: x\r\n", "body");
  stamp_source(request, "192.0.2.9", 31337);
  const auto via = request.top_via();
  EXPECT_EQ(via->params.find("received"), "192.0.2.9");
  EXPECT_EQ(via->params.find("rport"), "31337");
  EXPECT_EQ(via->branch(), "z9hG4bK776asdhds");
  EXPECT_EQ(request.vias()->at(1).host_view, "second");
  EXPECT_EQ(request.header(HeaderId::subject), "x");
  EXPECT_EQ(request.body(), "body");
  const std::size_t size = request.text().size();
  stamp_source(request, "192.0.2.9", 31337);
  EXPECT_EQ(request.text().size(), size) << "what the sender wrote is replaced, not kept";
  EXPECT_EQ(parse(request.text(), Framing::datagram).kind, Parsed::Kind::message);
}

TEST(SipMessage, AHeaderCanBePutOnTop) {
  const Message message = with_top_header(whole("", "body"), HeaderId::via, "SIP/2.0/UDP top");
  EXPECT_EQ(message.top_via()->host_view, "top");
  EXPECT_EQ(message.vias()->at(1).host_view, "pc33.example.com");
  EXPECT_EQ(message.header_at(1).name, "Via");
  EXPECT_EQ(message.from_tag(), "1928301774");
  EXPECT_EQ(message.body(), "body");
  EXPECT_EQ(parse(message.text(), Framing::datagram).message.text(), message.text());
}

TEST(SipMessage, ReadsIpv6AsRfc5118Wants) {
  const auto bracketed =
      parse_via("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKa");
  EXPECT_EQ(bracketed->host_view, "2001:db8::9:1");
  EXPECT_EQ(bracketed->params.find("received"), "[2001:db8::9:255]");
  EXPECT_EQ(parse_via("SIP/2.0/UDP [2001:db8::9:1]:5070;branch=z9hG4bKa")->port, 5070);
  EXPECT_EQ(
      parse_via("SIP/2.0/UDP h;received=2001:db8::9:255")->params.find("received"),
      "2001:db8::9:255"
  );
  EXPECT_FALSE(parse_via("SIP/2.0/UDP 2001:db8::9:1"));
}

TEST(SipMessage, CutsListsOutsideQuotesAndBrackets) {
  const auto list = split_list("\"a,\\\"b\" <sip:x@y;p=1,2>;q=1 , <sip:z@y>");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(list->at(1), "<sip:z@y>");
  EXPECT_FALSE(split_list("a,,b"));
  EXPECT_FALSE(split_list("\"a"));
}

TEST(SipMessage, RetryAfterMayCarryParametersAndComments) {
  EXPECT_EQ(whole("Retry-After: 120 (busy)\r\n").number(HeaderId::retry_after), 120U);
  EXPECT_EQ(whole("Retry-After: 18000;duration=3600\r\n").number(HeaderId::retry_after), 18000U);
  EXPECT_EQ(whole("Retry-After: soon\r\n").number(HeaderId::retry_after), std::nullopt);
}

}  // namespace
}  // namespace belfry::sip
