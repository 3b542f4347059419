#include "sip/registration_client.hpp"

#include "sip/message_for_test.hpp"

namespace belfry::sip {
namespace {

using namespace std::chrono_literals;
using testing_support::message;
using State = RegistrationClient::State;

class SipRegistrationClient : public testing::Test {
 protected:
  void drain() {
    if (auto send = client.poll_transmit()) sent.push_back(std::move(*send));
    if (auto event = client.poll_event()) events.push_back(*event);
  }
  void start() {
    client.start(clock.now());
    drain();
  }
  void respond(
      int status, const std::string& lines = {},
      ChallengeFrom from = ChallengeFrom::configured_trunk
  ) {
    const Message response = message(
        "SIP/2.0 " + std::to_string(status) +
        " X\nFrom: <sip:u@trunk>;tag=l\nTo: <sip:u@trunk>;tag=r\nCall-ID: reg\nCSeq: " +
        std::to_string(sent.back().message.cseq()->number) + " REGISTER\n" + lines
    );
    client.handle_response(sent.back().transaction, response, from, clock.now());
    drain();
  }
  void wait(base::Duration time) {
    const base::Instant until = clock.now() + time;
    while (client.next_timeout() && *client.next_timeout() <= until) {
      clock.advance_to(*client.next_timeout());
      client.handle_timeout(clock.now());
      drain();
    }
    clock.advance_to(until);
  }

  base::VirtualClock clock;
  base::SeededRandom random{3};
  RegistrationClient client{
      {.call_id = "reg",
       .local_tag = "l",
       .branch = "z9hG4bK-reg",
       .registrar = "sip:trunk",
       .address_of_record = "sip:u@trunk",
       .contact = "<sip:u@192.0.2.1:5060>",
       .credentials = {{.username = "u", .password = "p", .realm = "trunk"}}},
      random
  };
  std::vector<RegistrationClient::Send> sent;
  std::vector<RegistrationClient::Event> events;
};

TEST_F(SipRegistrationClient, AnswersTheChallengeAndRefreshesAtFourFifths) {
  start();
  respond(401, "WWW-Authenticate: Digest realm=\"trunk\", nonce=\"n\", qop=\"auth\"\n");
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_TRUE(sent[1].message.header(HeaderId::authorization));
  EXPECT_EQ(sent[1].message.cseq()->number, 2U);
  EXPECT_NE(sent[0].branch, sent[1].branch);
  respond(200, "Contact: <sip:other@192.0.2.9>;expires=30, <sip:u@192.0.2.1:5060>;expires=100\n");
  EXPECT_EQ(std::get<RegistrationClient::Registered>(events.back()).granted, 100s);
  wait(79s);
  EXPECT_EQ(sent.size(), 2U);
  wait(1s);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_TRUE(sent[2].message.header(HeaderId::authorization)) << "the nonce is used again";
  EXPECT_TRUE(client.is_registered(clock.now()));
  wait(20s);
  EXPECT_FALSE(client.is_registered(clock.now()));
}

TEST_F(SipRegistrationClient, FailuresBackOffUpToFiveMinutes) {
  start();
  base::Duration last{};
  for (int i = 0; i < 12; ++i) {
    client.handle_failure(sent.back().transaction, 408, clock.now());
    drain();
    last = std::get<RegistrationClient::Failed>(events.back()).retry_in;
    EXPECT_LE(last, 5min);
    EXPECT_GE(last, 1s);
    wait(last);
  }
  EXPECT_GE(last, 150s);
  EXPECT_EQ(sent.size(), 13U);
  respond(503, "Retry-After: 600\n");
  EXPECT_EQ(std::get<RegistrationClient::Failed>(events.back()).retry_in, 600s);
}

TEST_F(SipRegistrationClient, ALongerIntervalIsTriedOnceAfter423) {
  start();
  respond(423, "Min-Expires: 1800\n");
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].message.expires(), 1800U);
  respond(423, "Min-Expires: 3600\n");
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_EQ(client.state(), State::waiting);
}

TEST_F(SipRegistrationClient, RuleS5AStrangersChallengeGetsNothing) {
  start();
  respond(
      401, "WWW-Authenticate: Digest realm=\"trunk\", nonce=\"n\"\n", ChallengeFrom::somebody_else
  );
  EXPECT_EQ(sent.size(), 1U);
  EXPECT_EQ(client.state(), State::waiting);
}

TEST_F(SipRegistrationClient, StoppingTakesTheBindingAway) {
  start();
  respond(200, "Expires: 600\n");
  client.stop(clock.now());
  drain();
  EXPECT_EQ(sent.back().message.expires(), 0U);
  respond(500);
  EXPECT_EQ(client.state(), State::unregistered);
  EXPECT_TRUE(std::holds_alternative<RegistrationClient::Unregistered>(events.back()));
  wait(1h);
  EXPECT_EQ(sent.size(), 2U);
}

TEST_F(SipRegistrationClient, ALateResponseToAnOlderRequestCountsForNothing) {
  start();
  const auto old = sent.back();
  respond(423, "Min-Expires: 1800\n");
  client.handle_failure(old.transaction, 408, clock.now());
  EXPECT_EQ(client.state(), State::registering);
}

}  // namespace
}  // namespace belfry::sip
