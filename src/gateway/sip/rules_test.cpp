// What outsiders can and cannot do: the rules S1 to S8 and O4, with bytes as they would send them.
#include "gateway/sip/phone_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using belfry::sip::HeaderId;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct SipRulesTest : WorldTest {
  static Gateway::Settings settings(const Endpoint& own) {
    Gateway::Settings made;
    made.listeners = {own};
    made.phones = {{"desk1", "secret one", "+15550001111"}, {"desk2", "secret two", ""}};
    TrunkSettings trunk;
    trunk.name = "carrier";
    trunk.host = "192.0.2.20";
    trunk.username = "us";
    trunk.password = "trunk secret";
    made.trunks = {trunk};
    return made;
  }
  SipRulesTest() {
    exchange.answer_number("+4989111");
    exchange.dial_plan.assign("+15550001111", "desk1");
    exchange.dial_plan.add_route({"+", "carrier"});
    exchange.gateway.start(*exchange.switchboard);
    pass(1s);
    network.sent.clear();
  }
  /// One request from nobody in particular; what came back.
  std::vector<int> answers_to(std::string_view text) {
    stranger.heard.clear();
    stranger.send(here, text);
    pass(6s);
    return stranger.statuses();
  }
  void register_phone(TestPhone& phone, std::string_view lines = {}) {
    phone.send(here, phone.request("REGISTER", registrar, lines));
    pass(20ms);
    const std::string header = phone.credentials("REGISTER", registrar);
    phone.send(here, phone.request("REGISTER", registrar, header + std::string(lines)));
    pass(20ms);
  }
  std::size_t bytes_to(const Endpoint& to) const {
    std::size_t total = 0;
    for (const auto& one : network.sent)
      if (one.to == to) total += one.bytes.size();
    return total;
  }

  static constexpr const char* registrar = "sip:192.0.2.1";
  Exchange exchange{world(*first_store), settings(here)};
  TestPhone stranger{network, {"198.51.100.7", 5060}, "desk1", "wrong"};
  TestPhone desk1{network, {"192.0.2.31", 5060}, "desk1", "secret one"};
  Peer carrier{network, {"192.0.2.20", 5060}};
};

TEST_F(SipRulesTest, S1_NothingWithoutCredentials) {
  for (const char* method :
       {"INVITE", "REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY"}) {
    for (const char* user : {"desk1", "nobody", "+4989111"}) {
      stranger.call_id = std::string(method) + user;
      const std::string uri = "sip:" + std::string(user) + "@192.0.2.1";
      EXPECT_THAT(answers_to(stranger.request(method, uri)), ElementsAre(401)) << method << user;
    }
  }
  EXPECT_TRUE(exchange.timeline.empty());
}

TEST_F(SipRulesTest, S1_AnInventedToTagOpensNothing) {
  stranger.to_user = "desk1@belfry>;tag=invented;x=<sip:";
  for (const char* method : {"INVITE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "BYE", "INFO"}) {
    std::string text = stranger.request(method, "sip:desk1@192.0.2.1");
    const auto to = text.find("To: ");
    text.replace(to, text.find("\r\n", to) - to, "To: <sip:desk1@belfry>;tag=invented");
    EXPECT_THAT(answers_to(text), ElementsAre(481)) << method;
  }
}

TEST_F(SipRulesTest, S1_MethodsThatWeDoNotHaveAreNotHadByPhonesEither) {
  EXPECT_THAT(answers_to(stranger.request("DANCE", "sip:desk1@192.0.2.1")), ElementsAre(501));
  desk1.send(here, desk1.request("MESSAGE", "sip:desk2@192.0.2.1"));
  pass(20ms);
  const std::string header = desk1.credentials("MESSAGE", "sip:desk2@192.0.2.1");
  desk1.send(here, desk1.request("MESSAGE", "sip:desk2@192.0.2.1", header));
  pass(20ms);
  EXPECT_THAT(desk1.statuses(), ElementsAre(401, 405));
}

TEST_F(SipRulesTest, S2_WeAreNoProxy) {
  Peer sink(network, {"192.0.2.66", 5060});
  for (const char* uri :
       {"sip:desk1@192.0.2.66", "sip:desk1@192.0.2.1:5099", "sip:desk1@evil.example"})
    EXPECT_THAT(answers_to(stranger.request("INVITE", uri)), ElementsAre(404)) << uri;
  desk1.send(
      here,
      desk1.request("INVITE", "sip:x@192.0.2.66;maddr=192.0.2.66", "Route: <sip:192.0.2.66;lr>\r\n")
  );
  pass(40s);
  EXPECT_THAT(desk1.statuses(), ElementsAre(404));
  EXPECT_THAT(sink.heard, IsEmpty());
}

TEST_F(SipRulesTest, S2_ACallStaysWithItsPeerWhateverRecordRouteAndContactSay) {
  Peer sink(network, {"192.0.2.66", 5060});
  const std::string sid = place(exchange, "+4989111");
  pass(20ms);
  ASSERT_NE(carrier.request("INVITE"), nullptr);
  auto builder = belfry::sip::response_to(*carrier.request("INVITE"), 200, "t");
  builder.add(HeaderId::record_route, "<sip:192.0.2.66;lr>");
  builder.add(HeaderId::contact, "<sip:x@192.0.2.66:5060;maddr=192.0.2.66>");
  builder.body("application/sdp", sdp_at("192.0.2.20", 4000));
  carrier.send(here, builder.build().text());
  pass(1s);
  exchange.switchboard->find(sid)->hang_up(call::HangupCause::normal);
  pass(1s);
  EXPECT_NE(carrier.request("ACK"), nullptr);
  EXPECT_NE(carrier.request("BYE"), nullptr);
  EXPECT_THAT(sink.heard, IsEmpty());
}

TEST_F(SipRulesTest, S3_RefusalsAreSentOnceAndStaySmall) {
  const std::string invite =
      stranger.request("INVITE", "sip:desk1@192.0.2.1", {}, sdp_at("198.51.100.7", 4000));
  answers_to(invite);
  EXPECT_THAT(stranger.heard, SizeIs(1));
  EXPECT_LE(bytes_to(stranger.address), 3 * invite.size());
}

TEST_F(SipRulesTest, S3_AnswersGoToTheSourceNotToWhereViaSays) {
  Peer sink(network, {"192.0.2.66", 5060});
  std::string text = stranger.request("OPTIONS", "sip:192.0.2.1");
  text.replace(
      text.find("198.51.100.7:5060"), 17, "192.0.2.66;received=192.0.2.66;maddr=192.0.2.66"
  );
  EXPECT_THAT(answers_to(text), ElementsAre(200));
  EXPECT_THAT(sink.heard, IsEmpty());
}

TEST_F(SipRulesTest, S4_Sha256IsOfferedFirstButBaresipIsOfferedWhatItKnows) {
  const auto offered_to = [&](const char* user_agent) {
    TestPhone phone(network, {"198.51.100.9", 5060}, "desk1", "guess");
    phone.send(here, phone.request("REGISTER", registrar, user_agent));
    pass(20ms);
    std::vector<std::string> algorithms;
    for (const std::string_view line : phone.heard.back().lines(HeaderId::www_authenticate))
      algorithms.emplace_back(line.find("algorithm=MD5,") == line.npos ? "SHA-256" : "MD5");
    return algorithms;
  };
  EXPECT_THAT(offered_to("User-Agent: Phone/1\r\n"), ElementsAre("SHA-256", "MD5"));
  EXPECT_THAT(offered_to("User-Agent: baresip v1.0.0 (x86_64/Linux)\r\n"), ElementsAre("MD5"));
}

TEST_F(SipRulesTest, S4_UnknownAndKnownUsersGetTheSameAnswer) {
  const auto answer_for = [&](const char* user) {
    TestPhone guesser(network, {"198.51.100.8", 5060}, user, "guess");
    guesser.send(here, guesser.request("REGISTER", registrar));
    pass(20ms);
    const std::string header = guesser.credentials("REGISTER", registrar);
    guesser.send(here, guesser.request("REGISTER", registrar, header));
    pass(20ms);
    std::vector<std::string> shape;
    for (const auto& message : guesser.heard) {
      shape.push_back(std::to_string(message.status()));
      for (std::size_t at = 0; at < message.header_count(); ++at)
        shape.emplace_back(message.header_at(at).name);
    }
    return shape;
  };
  EXPECT_EQ(answer_for("desk1"), answer_for("nobod"));
}

TEST_F(SipRulesTest, S4_TwentyWrongPasswordsAndTheSourceIsDeaf) {
  for (int guess = 0; guess < 20; ++guess) {
    stranger.send(here, stranger.request("REGISTER", registrar));
    pass(20ms);
    const std::string header = stranger.credentials("REGISTER", registrar);
    stranger.send(here, stranger.request("REGISTER", registrar, header));
    pass(20ms);
    stranger.forget_challenges();
  }
  EXPECT_THAT(answers_to(stranger.request("REGISTER", registrar)), IsEmpty());
  register_phone(desk1);
  EXPECT_EQ(desk1.statuses().back(), 200) << "the account is never locked";
}

TEST_F(SipRulesTest, S5_APhoneNeverGetsTheTrunksPassword) {
  register_phone(desk1);
  desk1.heard.clear();
  place(exchange, "sip:desk1@192.0.2.1");
  pass(20ms);
  const auto* invite = desk1.Peer::request("INVITE");
  ASSERT_NE(invite, nullptr);
  desk1.respond(
      here, *invite, 407, "t", {}, "Proxy-Authenticate",
      R"(Digest realm="carrier", nonce="n", algorithm=MD5, qop="auth")"
  );
  pass(5s);
  EXPECT_EQ(desk1.count("INVITE"), 1u);
  for (const auto& one : network.from(here))
    EXPECT_EQ(one.bytes.find("uthorization: Digest username=\"us\""), std::string::npos);
}

TEST_F(SipRulesTest, S5_TheTrunkGetsItFromItsOwnAddressOnly) {
  Peer liar(network, {"192.0.2.67", 5060});
  place(exchange, "+4989111");
  pass(20ms);
  ASSERT_NE(carrier.request("INVITE"), nullptr);
  const belfry::sip::Message invite = *carrier.request("INVITE");
  const char* challenge = R"(Digest realm="carrier", nonce="n", algorithm=MD5, qop="auth")";
  liar.respond(here, invite, 401, "t", {}, "WWW-Authenticate", challenge);
  pass(1s);
  EXPECT_THAT(liar.heard, IsEmpty());
  EXPECT_EQ(carrier.count("INVITE"), 1u) << "the leg has failed, no password was sent";

  place(exchange, "+4989111");
  pass(20ms);
  carrier.respond(here, *carrier.request("INVITE"), 401, "t", {}, "WWW-Authenticate", challenge);
  pass(20ms);
  const auto* again = carrier.request("INVITE");
  ASSERT_TRUE(again->header(HeaderId::authorization));
  EXPECT_NE(
      again->header(HeaderId::authorization)->find("username=\"us\""), std::string_view::npos
  );
}

TEST_F(SipRulesTest, S6_APhoneRegistersItselfAndNobodyElse) {
  register_phone(desk1);
  EXPECT_EQ(desk1.statuses().back(), 200);
  EXPECT_THAT(exchange.bindings.rows["desk1"], SizeIs(1)) << "on disk before it was told (rule R1)";
  desk1.to_user = "desk2";
  desk1.accepted();
  const std::string header = desk1.credentials("REGISTER", registrar);
  desk1.send(here, desk1.request("REGISTER", registrar, header));
  pass(20ms);
  EXPECT_EQ(desk1.statuses().back(), 403);
}

TEST_F(SipRulesTest, R1_ARegistrationThatCannotBeStoredIsNotTold) {
  exchange.bindings.works = false;
  register_phone(desk1);
  EXPECT_EQ(desk1.statuses().back(), 503);
}

TEST_F(SipRulesTest, S7_BrokenMessagesGet400AndNothingOfThemIsEchoed) {
  std::string text = stranger.request("INVITE", "sip:desk1@192.0.2.1");
  text.insert(text.find("Call-ID"), "Subject: a\nX-Injected: 1\r\n");
  EXPECT_THAT(answers_to(text), ElementsAre(400));
  EXPECT_EQ(network.sent.back().bytes.find("X-Injected"), std::string::npos);
}

TEST_F(SipRulesTest, S8_SixCopiesOfAnInviteMakeOneCall) {
  const std::string uri = "sip:+4989111@192.0.2.1";
  for (int copy = 0; copy < 6; ++copy)
    carrier.send(
        here, "INVITE " + uri +
                  " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bKsix\r\n"
                  "Max-Forwards: 70\r\nFrom: <sip:+15557@192.0.2.20>;tag=f\r\nTo: <" +
                  uri +
                  ">\r\nCall-ID: six\r\n"
                  "CSeq: 1 INVITE\r\nContact: <sip:192.0.2.20>\r\nContent-Length: 0\r\n\r\n"
    );
  pass(1s);
  EXPECT_EQ(exchange.switchboard->live_legs(), 1u);
  EXPECT_EQ(exchange.gateway.agent().live_sessions(), 1u);
  EXPECT_EQ(exchange.only_leg()->record().from, "+15557");
}

TEST_F(SipRulesTest, S8_AForgedByeEndsNothing) {
  const std::string sid = place(exchange, "+4989111");
  pass(20ms);
  carrier.respond(here, *carrier.request("INVITE"), 200, "theirs", sdp_at("192.0.2.20", 4000));
  pass(20ms);
  const belfry::sip::Message ack = *carrier.request("ACK");
  const auto bye = [&](std::string_view from_tag) {
    return "BYE sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKbye" +
           std::string(from_tag) + "\r\nFrom: <sip:x@192.0.2.20>;tag=" + std::string(from_tag) +
           "\r\nTo: <sip:y@192.0.2.1>;tag=" + ack.from_tag() +
           "\r\nCall-ID: " + std::string(ack.call_id()) +
           "\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n";
  };
  EXPECT_THAT(answers_to(bye("wrong")), ElementsAre(481));
  EXPECT_FALSE(exchange.switchboard->find(sid)->ended());
  carrier.send(here, bye("theirs"));
  pass(20ms);
  EXPECT_EQ(exchange.last[sid].status, call::LegStatus::completed);
}

TEST_F(SipRulesTest, ScannersHearNothing) {
  EXPECT_THAT(
      answers_to(
          stranger.request("OPTIONS", "sip:100@192.0.2.1", "User-Agent: friendly-scanner\r\n")
      ),
      IsEmpty()
  );
}

TEST_F(SipRulesTest, O1_RefusalsUnderOverloadComeWithAnotherRetryAfterEachTime) {
  exchange.gateway.set_overload_check([] { return true; });
  std::set<std::string> after;
  for (int call = 0; call < 20; ++call) {
    stranger.call_id = "o1-" + std::to_string(call);
    EXPECT_THAT(answers_to(stranger.request("INVITE", "sip:+4989111@192.0.2.1")), ElementsAre(503));
    const int seconds =
        std::stoi(std::string(*stranger.heard.back().header(HeaderId::retry_after)));
    EXPECT_GE(seconds, 5);
    EXPECT_LE(seconds, 15);
    after.insert(std::to_string(seconds));
  }
  EXPECT_GT(after.size(), 3u);
}

TEST_F(SipRulesTest, APhoneCallsANumberAndIsSeenUnderItsOwn) {
  const std::string uri = "sip:+4989111@192.0.2.1";
  desk1.send(
      here, desk1.request(
                "INVITE", uri, "P-Asserted-Identity: <sip:+1911@x>\r\n", sdp_at("192.0.2.31", 4000)
            )
  );
  pass(20ms);
  const std::string header = desk1.credentials("INVITE", uri);
  desk1.send(here, desk1.request("INVITE", uri, header, sdp_at("192.0.2.31", 4000)));
  pass(20ms);
  EXPECT_THAT(desk1.statuses(), Contains(200));
  ASSERT_NE(exchange.only_leg(), nullptr);
  EXPECT_EQ(exchange.only_leg()->record().from, "+15550001111");
  EXPECT_EQ(exchange.only_leg()->record().to, "+4989111");
  // Rule S9: no ACK, so the call ends by itself.
  pass(40s);
  EXPECT_EQ(exchange.switchboard->live_legs(), 0u);
  EXPECT_GE(desk1.count("BYE"), 1u);
}

TEST_F(SipRulesTest, ATrunkReachesOnlyWhatIsOurs) {
  const auto invite = [&](std::string_view user, std::string_view branch) {
    const std::string uri = "sip:" + std::string(user) + "@192.0.2.1";
    return "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK" +
           std::string(branch) + "\r\nFrom: <sip:1@192.0.2.20>;tag=f\r\nTo: <" + uri +
           ">\r\nCall-ID: " + std::string(branch) +
           "\r\nCSeq: 1 INVITE\r\nContact: <sip:192.0.2.20>\r\nContent-Length: 0\r\n\r\n";
  };
  carrier.send(here, invite("+18005550000", "paid"));
  pass(1s);
  EXPECT_THAT(carrier.statuses(), AllOf(Contains(404), Each(404))) << "repeated until its ACK";
  carrier.send(here, invite("4989111", "plus"));
  pass(1s);
  ASSERT_NE(exchange.only_leg(), nullptr);
  EXPECT_EQ(exchange.only_leg()->record().to, "+4989111");
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
