// REFER both ways and Replaces, between an exchange and phones that are played by hand.
#include "gateway/sip/phone_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using belfry::sip::HeaderId;
using call::LegStatus;
using testing::HasSubstr;
using testing::IsEmpty;

struct SipTransferTest : WorldTest {
  static Gateway::Settings settings(const Endpoint& own) {
    Gateway::Settings made;
    made.listeners = {own};
    made.phones = {{"desk1", "secret one", "+15550001111"}, {"desk2", "secret two", ""}};
    return made;
  }
  SipTransferTest() {
    exchange.dial_plan.assign("+15550001111", "desk1");
    exchange.start();
    register_phone(desk);
  }
  void register_phone(TestPhone& phone) {
    const std::string uri = "sip:192.0.2.1";
    phone.send(here, phone.request("REGISTER", uri));
    pass(20ms);
    phone.send(here, phone.request("REGISTER", uri, phone.credentials("REGISTER", uri)));
    pass(20ms);
    phone.accepted();
  }
  /// A call to desk1 that it has answered; `invite` is what it got.
  std::string talk() {
    const std::string sid = place(exchange, "+15550001111");
    pass(20ms);
    invite = *desk.Peer::request("INVITE");
    desk.respond(here, invite, 200, "d", sdp_at("192.0.2.31", 4000));
    pass(20ms);
    EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
    return sid;
  }
  std::string in_dialog(std::string_view method, std::string_view lines) {
    const std::string number = std::to_string(++cseq);
    std::string text(method);
    text += " sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.31;branch=z9hG4bKd" + number;
    text += "\r\nFrom: <sip:desk1@x>;tag=d\r\nTo: <sip:y@x>;tag=" + invite.from_tag();
    text += "\r\nCall-ID: " + std::string(invite.call_id()) + "\r\nCSeq: " + number + ' ';
    text.append(method).append("\r\nContact: <sip:desk1@192.0.2.31>\r\n").append(lines);
    return text.append("Content-Length: 0\r\n\r\n");
  }
  /// desk1's other line, or another phone, wants to take the call over.
  int replaces(TestPhone& phone, const std::string& local_tag, std::string_view more = {}) {
    phone.forget_challenges();
    phone.call_id = "taking-" + std::to_string(++cseq);
    std::string header = "Replaces: " + std::string(invite.call_id()) + ";to-tag=" + local_tag;
    header.append(";from-tag=d").append(more).append("\r\n");
    const std::string uri = "sip:y@192.0.2.1";
    const std::string sdp = sdp_at(phone.address.address, 5000);
    phone.send(here, phone.request("INVITE", uri, header, sdp));
    pass(20ms);
    const std::string proof = phone.credentials("INVITE", uri);
    phone.send(here, phone.request("INVITE", uri, header + proof, sdp));
    pass(20ms);
    return phone.statuses().back();
  }

  Exchange exchange{world(*first_store), settings(here)};
  TestPhone desk{network, {"192.0.2.31", 5060}, "desk1", "secret one"};
  belfry::sip::Message invite;
  int cseq = 10;
};

TEST_F(SipTransferTest, AReferNobodyWantsIsDeclinedAndItsTargetHearsNothing) {
  Peer target(network, {"192.0.2.77", 5060});
  const std::string sid = talk();
  desk.send(here, in_dialog("REFER", "Refer-To: <sip:carol@192.0.2.77>\r\n"));
  pass(1s);
  EXPECT_EQ(desk.statuses().back(), 603);
  EXPECT_THAT(target.heard, IsEmpty()) << "rule S2";
  EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
}

TEST_F(SipTransferTest, AnotherDeviceOfTheSamePersonTakesTheCallOver) {
  const std::string sid = talk();
  TestPhone mobile(network, {"192.0.2.32", 5060}, "desk1", "secret one");
  ASSERT_EQ(replaces(mobile, invite.from_tag()), 200);
  EXPECT_THAT(std::string(mobile.heard.back().body()), HasSubstr("m=audio "));
  ASSERT_NE(desk.Peer::request("BYE"), nullptr);
  EXPECT_THAT(
      std::string(desk.Peer::request("BYE")->header(HeaderId::reason).value_or("")),
      HasSubstr("replaced")
  );
  desk.respond(here, *desk.Peer::request("BYE"), 200, {});
  EXPECT_EQ(exchange.switchboard->live_legs(), 1u) << "the same leg";
  exchange.switchboard->find(sid)->hang_up(call::HangupCause::normal);
  pass(50ms);
  EXPECT_EQ(mobile.count("BYE"), 0u) << "not before its ACK (RFC 3261 section 15)";
  pass(40s);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::completed);
}

TEST_F(SipTransferTest, S1_NobodyElseTakesACallOver) {
  const std::string sid = talk();
  TestPhone other(network, {"192.0.2.33", 5060}, "desk2", "secret two");
  EXPECT_EQ(replaces(other, invite.from_tag()), 481) << "as if there were no such call";
  TestPhone stranger(network, {"198.51.100.7", 5060}, "desk1", "wrong");
  EXPECT_EQ(replaces(stranger, invite.from_tag()), 401);
  EXPECT_EQ(desk.count("BYE"), 0u);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
}

TEST_F(SipTransferTest, WhatIsNotThereOrHasBeenAnsweredIsNotReplaced) {
  const std::string sid = talk();
  TestPhone mobile(network, {"192.0.2.32", 5060}, "desk1", "secret one");
  EXPECT_EQ(replaces(mobile, "another"), 481);
  EXPECT_EQ(replaces(mobile, invite.from_tag(), ";early-only"), 486);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
