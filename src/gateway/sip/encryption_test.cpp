// SRTP by SDES between two exchanges: who encrypts, who refuses, and where keys may go.
#include "gateway/sip/exchange_for_test.hpp"

namespace belfry::gateway::sip::testing_support {
namespace {

using belfry::sdp::Encryption;
using call::LegStatus;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Wish {
  Encryption caller, called;
  KeysOverPlain over_udp = KeysOverPlain::allowed;
};

struct SipEncryptionTest : WorldTest {
  static Gateway::Settings settings(
      const Endpoint& own, const Endpoint& other, Encryption encryption, KeysOverPlain over_udp
  ) {
    Gateway::Settings made;
    made.listeners = {own};
    made.keys_over_plain = over_udp;
    TrunkSettings trunk;
    trunk.name = "other";
    trunk.host = other.address;
    trunk.encryption = encryption;
    made.trunks = {trunk};
    return made;
  }
  void open(Wish wish) {
    one = std::make_unique<Exchange>(
        world(*first_store), settings(here, there, wish.caller, wish.over_udp), 1
    );
    two = std::make_unique<Exchange>(
        world(*second_store), settings(there, here, wish.called, wish.over_udp), 2
    );
    one->dial_plan.add_route({"+", "other"});
    two->answer_number("+4989111");
    one->start();
    two->start();
  }
  LegStatus call_with(Wish wish) {
    network.sent.clear();
    first_store = open_store(loop);
    second_store = open_store(loop);
    open(wish);
    const std::string sid = place(*one, "+4989111");
    pass(1s);
    const LegStatus status = one->last[sid].status;
    one.reset();
    two.reset();
    pass(1s);
    return status;
  }
  std::string invite() const { return network.from(here, "INVITE").front().bytes; }

  std::unique_ptr<Exchange> one, two;
};

TEST_F(SipEncryptionTest, TheyAgreeOnWhatBothWant) {
  using enum Encryption;
  EXPECT_EQ(call_with({required, required}), LegStatus::in_progress);
  EXPECT_THAT(invite(), HasSubstr(" RTP/SAVP "));
  EXPECT_THAT(invite(), HasSubstr("a=crypto:1 AEAD_AES_128_GCM inline:"));
  EXPECT_EQ(call_with({optional, required}), LegStatus::in_progress);
  EXPECT_THAT(invite(), HasSubstr(" RTP/AVP "));
  EXPECT_EQ(call_with({required, optional}), LegStatus::in_progress);
  EXPECT_EQ(call_with({optional, off}), LegStatus::in_progress);
  EXPECT_EQ(call_with({off, optional}), LegStatus::in_progress);
  EXPECT_THAT(invite(), Not(HasSubstr("crypto")));
}

TEST_F(SipEncryptionTest, WhoMustEncryptHasNoCallWithWhoDoesNot) {
  using enum Encryption;
  EXPECT_EQ(call_with({required, off}), LegStatus::failed);
  EXPECT_EQ(call_with({off, required}), LegStatus::failed);
}

TEST_F(SipEncryptionTest, NoKeyLeavesOverSignallingThatIsNotEncrypted) {
  using enum Encryption;
  EXPECT_EQ(call_with({optional, optional, KeysOverPlain::forbidden}), LegStatus::in_progress);
  EXPECT_EQ(call_with({required, optional, KeysOverPlain::forbidden}), LegStatus::failed);
  EXPECT_EQ(call_with({off, required, KeysOverPlain::forbidden}), LegStatus::failed);
  for (const auto& sent : network.sent) EXPECT_THAT(sent.bytes, Not(HasSubstr("inline:")));
}

TEST_F(SipEncryptionTest, R3_KeysAreNotStoredAndTheSameInviteIsSentAgain) {
  open({Encryption::required, Encryption::required});
  network.detach(there);
  two.reset();
  const std::string sid = place(*one, "+4989111");
  pass(20ms);
  const std::string first = invite();
  EXPECT_THAT(first, HasSubstr("inline:"));
  EXPECT_THAT(base::json::serialize(one->last[sid].attempt->state), Not(HasSubstr("inline:A")));
  const auto key = first.substr(first.find("inline:") + 7, 20);
  EXPECT_THAT(base::json::serialize(one->last[sid].attempt->state), Not(HasSubstr(key)));
  one.reset();
  network.sent.clear();
  one = std::make_unique<Exchange>(
      world(*first_store), settings(here, there, Encryption::required, KeysOverPlain::allowed), 3
  );
  one->dial_plan.add_route({"+", "other"});
  base::Task<void> recovery = recover(*one);
  tasks.spawn(std::move(recovery));
  pass(20ms);
  EXPECT_EQ(invite(), first);
}

TEST_F(SipEncryptionTest, R3_KeysAreTakenOutOfWhatIsStoredAndNothingElseIs) {
  EXPECT_EQ(
      without_keys("a=crypto:1 X inline:abc|2^31\r\na=crypto:2 Y inline:def=\r\na=sendrecv\r\n"),
      "a=crypto:1 X inline:|2^31\r\na=crypto:2 Y inline:\r\na=sendrecv\r\n"
  );
  EXPECT_EQ(without_keys("nothing"), "nothing");
  EXPECT_EQ(without_keys("inline:abc"), "inline:");
}

}  // namespace
}  // namespace belfry::gateway::sip::testing_support
