// Phones that register, ring and register no more.
#include "gateway/sip/phone_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using call::LegStatus;
using testing::IsEmpty;
using testing::SizeIs;

struct SipPhonesTest : WorldTest {
  static Gateway::Settings settings(const Endpoint& own) {
    Gateway::Settings made;
    made.listeners = {own};
    made.phones = {{"desk1", "secret one", "+15550001111"}, {"desk2", "secret two", ""}};
    return made;
  }
  SipPhonesTest() {
    exchange.dial_plan.assign("+15550001111", "desk1");
    exchange.start();
  }
  void register_phone(TestPhone& phone) {
    phone.send(here, phone.request("REGISTER", registrar));
    pass(20ms);
    const std::string header = phone.credentials("REGISTER", registrar);
    phone.send(here, phone.request("REGISTER", registrar, header));
    pass(20ms);
    ASSERT_EQ(phone.statuses().back(), 200);
  }
  const belfry::sip::Message& heard(Peer& peer, std::string_view method) {
    static const belfry::sip::Message nothing;
    const auto* found = peer.Peer::request(method);
    EXPECT_NE(found, nullptr) << method;
    return found == nullptr ? nothing : *found;
  }

  static constexpr const char* registrar = "sip:192.0.2.1";
  Exchange exchange{world(*first_store), settings(here)};
  TestPhone desk{network, {"192.0.2.31", 5060}, "desk1", "secret one"};
  TestPhone mobile{network, {"192.0.2.32", 40000}, "desk1", "secret one"};
};

TEST_F(SipPhonesTest, APhoneThatIsNotRegisteredIsUnreachable) {
  for (const char* party :
       {"+15550001111", "sip:desk1", "sip:desk1@192.0.2.1", "sip:nobody@192.0.2.1"}) {
    const std::string sid = place(exchange, party);
    EXPECT_EQ(exchange.last[sid].status, LegStatus::failed) << party;
  }
  EXPECT_THAT(network.from(here, "INVITE"), IsEmpty());
}

TEST_F(SipPhonesTest, ItsNumberAndItsNameRingIt) {
  register_phone(desk);
  for (const char* party : {"+15550001111", "sip:desk1", "sip:desk1@192.0.2.1:5060"}) {
    desk.heard.clear();
    const std::string sid = place(exchange, party);
    pass(20ms);
    const auto& invite = heard(desk, "INVITE");
    EXPECT_EQ(invite.request_uri_text(), "sip:desk1@192.0.2.31:5060");
    desk.respond(here, invite, 200, "t" + sid, sdp_at("192.0.2.31", 4000));
    pass(20ms);
    EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress) << party;
  }
}

TEST_F(SipPhonesTest, AllContactsRingTheFirstAnswerWinsAndTheOthersAreCancelled) {
  register_phone(desk);
  mobile.call_id = "call-2";
  register_phone(mobile);
  const std::string sid = place(exchange, "+15550001111");
  pass(20ms);
  const auto to_desk = heard(desk, "INVITE");
  const auto to_mobile = heard(mobile, "INVITE");
  EXPECT_EQ(to_desk.call_id(), to_mobile.call_id());
  desk.respond(here, to_desk, 180, "d");
  mobile.respond(here, to_mobile, 180, "m");
  pass(20ms);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::ringing);
  mobile.respond(here, to_mobile, 200, "m", sdp_at("192.0.2.32", 4000));
  pass(20ms);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
  EXPECT_NE(desk.Peer::request("CANCEL"), nullptr);
  EXPECT_EQ(mobile.Peer::request("CANCEL"), nullptr);
  desk.respond(here, to_desk, 487, "d");
  pass(20ms);
  mobile.send(
      here,
      "INFO sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.32:40000;branch=z9hG4bKinfo\r\n"
      "From: <sip:desk1@x>;tag=m\r\nTo: <sip:y@x>;tag=" +
          to_mobile.from_tag() + "\r\nCall-ID: " + std::string(to_mobile.call_id()) +
          "\r\nCSeq: 5 INFO\r\nContent-Type: application/dtmf-relay\r\n"
          "Content-Length: 11\r\n\r\nSignal=7\r\n\n"
  );
  pass(20ms);
  EXPECT_EQ(mobile.statuses().back(), 200);
  exchange.switchboard->find(sid)->hang_up(call::HangupCause::normal);
  pass(20ms);
  EXPECT_NE(mobile.Peer::request("BYE"), nullptr);
  EXPECT_EQ(desk.Peer::request("BYE"), nullptr);
}

TEST_F(SipPhonesTest, TwoThatAnswerAtOnceOneIsHungUp) {
  register_phone(desk);
  mobile.call_id = "call-2";
  register_phone(mobile);
  const std::string sid = place(exchange, "+15550001111");
  pass(20ms);
  mobile.respond(here, heard(mobile, "INVITE"), 200, "m", sdp_at("192.0.2.32", 4000));
  desk.respond(here, heard(desk, "INVITE"), 200, "d", sdp_at("192.0.2.31", 4000));
  pass(50ms);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::in_progress);
  EXPECT_EQ(desk.count("BYE") + mobile.count("BYE"), 1u);
}

TEST_F(SipPhonesTest, WhatOnePersonDeclinesCountsMoreThanAPhoneThatIsAway) {
  register_phone(desk);
  mobile.call_id = "call-2";
  register_phone(mobile);
  const std::string sid = place(exchange, "+15550001111");
  pass(20ms);
  desk.respond(here, heard(desk, "INVITE"), 486, "d");
  pass(20ms);
  EXPECT_FALSE(call::is_final(exchange.last[sid].status));
  mobile.respond(here, heard(mobile, "INVITE"), 480, "m");
  pass(20ms);
  EXPECT_EQ(exchange.last[sid].status, LegStatus::busy);
}

TEST_F(SipPhonesTest, HoldIsFollowedAndDigitsByInfoAreHeard) {
  register_phone(desk);
  const std::string sid = place(exchange, "+15550001111");
  pass(20ms);
  const auto invite = heard(desk, "INVITE");
  desk.respond(here, invite, 200, "d", sdp_at("192.0.2.31", 4000));
  pass(20ms);
  const auto in_dialog = [&](std::string_view method, int cseq, std::string_view type,
                             std::string_view body) {
    std::string text(method);
    text += " sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.31;branch=z9hG4bKd" +
            std::to_string(cseq);
    text += "\r\nFrom: <sip:desk1@x>;tag=d\r\nTo: <sip:y@x>;tag=" + invite.from_tag();
    text +=
        "\r\nCall-ID: " + std::string(invite.call_id()) + "\r\nCSeq: " + std::to_string(cseq) + ' ';
    text.append(method)
        .append("\r\nContact: <sip:desk1@192.0.2.31>\r\nContent-Type: ")
        .append(type);
    text += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text.append(body);
  };
  desk.send(here, in_dialog("INFO", 1, "application/dtmf-relay", "Signal=4\r\nDuration=200\r\n"));
  pass(20ms);
  EXPECT_EQ(exchange.listening.digits, "4");
  desk.send(
      here, in_dialog("INVITE", 2, "application/sdp", sdp_at("192.0.2.31", 4000, "a=sendonly\r\n"))
  );
  pass(20ms);
  ASSERT_EQ(desk.heard.back().status(), 200);
  EXPECT_NE(desk.heard.back().body().find("a=recvonly"), std::string_view::npos);
}

TEST_F(SipPhonesTest, OnePhoneCallsAnother) {
  TestPhone caller(network, {"192.0.2.33", 5060}, "desk2", "secret two");
  register_phone(desk);
  desk.heard.clear();
  const std::string uri = "sip:desk1@192.0.2.1";
  caller.send(here, caller.request("INVITE", uri, {}, sdp_at("192.0.2.33", 4000)));
  pass(20ms);
  const std::string header = caller.credentials("INVITE", uri);
  caller.send(here, caller.request("INVITE", uri, header, sdp_at("192.0.2.33", 4000)));
  pass(30ms);
  const auto invite = heard(desk, "INVITE");
  EXPECT_EQ(invite.from()->uri()->user, "desk2");
  desk.respond(here, invite, 180, "d");
  pass(30ms);
  EXPECT_EQ(caller.statuses().back(), 180);
  desk.respond(here, invite, 200, "d", sdp_at("192.0.2.31", 4000));
  pass(30ms);
  ASSERT_EQ(caller.statuses().back(), 200);
  EXPECT_EQ(exchange.switchboard->live_legs(), 2u);
  const belfry::sip::Message answer = caller.heard.back();
  const std::string tail =
      "\r\nFrom: <sip:desk2@belfry>;tag=f\r\nTo: <sip:desk1@belfry>;tag=" + answer.to_tag() +
      "\r\nCall-ID: " + caller.call_id + "\r\n";
  caller.send(
      here, "ACK sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.33;branch=z9hG4bKa" + tail +
                "CSeq: 2 ACK\r\nContent-Length: 0\r\n\r\n"
  );
  caller.send(
      here, "BYE sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.33;branch=z9hG4bKb" + tail +
                "CSeq: 3 BYE\r\nContent-Length: 0\r\n\r\n"
  );
  pass(30ms);
  EXPECT_NE(desk.Peer::request("BYE"), nullptr);
  EXPECT_EQ(exchange.switchboard->live_legs(), 0u);
}

TEST_F(SipPhonesTest, ACallerWhoGivesUpStopsTheRinging) {
  TestPhone caller(network, {"192.0.2.33", 5060}, "desk2", "secret two");
  register_phone(desk);
  const std::string uri = "sip:desk1@192.0.2.1";
  caller.send(here, caller.request("INVITE", uri));
  pass(20ms);
  const std::string header = caller.credentials("INVITE", uri);
  const std::string invite = caller.request("INVITE", uri, header);
  caller.send(here, invite);
  pass(30ms);
  desk.respond(here, heard(desk, "INVITE"), 180, "d");
  pass(30ms);
  std::string cancel = invite;
  cancel.replace(0, 6, "CANCEL");
  cancel.replace(cancel.find("2 INVITE"), 8, "2 CANCEL");
  caller.send(here, cancel);
  pass(30ms);
  EXPECT_EQ(caller.statuses().back(), 487);
  EXPECT_NE(desk.Peer::request("CANCEL"), nullptr);
}

TEST_F(SipPhonesTest, RegistrationsOutliveTheProcess) {
  register_phone(desk);
  const auto kept = exchange.bindings.rows["desk1"];
  Exchange later(world(*second_store), settings(there), 9);
  later.gateway.restore_bindings("desk1", kept);
  later.start();
  EXPECT_EQ(later.gateway.registered_contacts(), 1u);
  desk.heard.clear();
  place(later, "sip:desk1");
  pass(20ms);
  EXPECT_EQ(desk.count("INVITE"), 1u);
  pass(3601s);
  EXPECT_EQ(later.gateway.registered_contacts(), 0u);
}

TEST_F(SipPhonesTest, W1_AUriElsewhereIsCalledWhereThePolicyLetsUs) {
  Peer free(network, {"192.0.2.98", 5070});
  Peer forbidden(network, {"192.0.2.99", 5060});
  const std::string refused = place(exchange, "sip:bob@192.0.2.99");
  const std::string allowed = place(exchange, "sip:bob@192.0.2.98:5070");
  const std::string unknown = place(exchange, "sip:bob@nowhere.example");
  pass(20ms);
  EXPECT_THAT(forbidden.heard, IsEmpty());
  EXPECT_EQ(exchange.last[refused].status, LegStatus::failed);
  EXPECT_EQ(exchange.last[unknown].status, LegStatus::failed);
  free.respond(here, heard(free, "INVITE"), 200, "f", sdp_at("192.0.2.98", 4000));
  pass(20ms);
  EXPECT_EQ(exchange.last[allowed].status, LegStatus::in_progress);
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
