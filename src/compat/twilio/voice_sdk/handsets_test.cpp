// A page is the handset of a telephone that is none of our parties.
#include "compat/twilio/voice_sdk/testing/house.hpp"

namespace belfry::compat::twilio::voice_sdk::testing {
namespace {

using base::json::object;

struct Telephones final : call::HandsetTelephones {
  explicit Telephones(call::EndpointListener& told) : listener(told) {}
  void on_handset(const std::string& number) override { taken.push_back(number); }
  base::Result<> dial(const std::string& number, const std::string& to, const Open& open) override {
    dialled = number + " calls " + to;
    if (to == "nobody") return base::fail(base::Errc::invalid_argument, "no party");
    endpoint = open(listener);
    return {};
  }

  call::EndpointListener& listener;
  std::vector<std::string> taken;
  std::string dialled;
  std::unique_ptr<call::Endpoint> endpoint;
};

struct Ear final : call::EndpointListener {
  void on_ringing() override { said += "ringing "; }
  void on_early_media() override {}
  void on_answered() override { said += "answered "; }
  void on_ended(call::Ending ending) override {
    said += "ended:" + std::string(to_string(ending.cause)) + " ";
  }
  void on_digit(char digit) override { said += std::string("key:") + digit + " "; }
  void on_state(base::json::object) override {}
  void on_trace(std::string, base::json::object) override {}

  std::string said;
};

struct HandsetPages : House {
  HandsetPages() { signalling.set_telephones(&telephones); }

  std::string handset_token(
      const std::string& of, const std::string& application = std::string(call::handset_application)
  ) const {
    identity::AccessToken token;
    token.account_sid = account_sid;
    token.key_sid = key_sid;
    token.identity = call::handset_identity(of);
    token.voice = {true, application, {}};
    return identity::sign_access_token(token, "secret", store.loop.wall_now());
  }
  void take_handset(Page& page, const std::string& token) {
    page.listen(token);
    page.say("register", {{"media", object{{"audio", true}}}});
    EXPECT_EQ(page.heard(), "connected ready ");
  }

  const std::string number = "+14155550123";
  Ear ear;
  Telephones telephones{ear};
};

TEST_F(HandsetPages, RingAndTalkWithoutALeg) {
  EXPECT_FALSE(signalling.has_handset(number));
  Page page(*this);
  take_handset(page, handset_token(number));
  EXPECT_TRUE(signalling.has_handset(number));
  EXPECT_FALSE(signalling.has_handset("14155550123")) << "another number";
  EXPECT_EQ(telephones.taken, std::vector{number});

  const auto endpoint = signalling.open_handset(number, "+15550001111", ear);
  endpoint->dial();
  EXPECT_EQ(page.heard(), "invite ");
  EXPECT_EQ(page.last("invite", "/parameters/From"), "+15550001111");
  const std::string sid = page.last("invite", "/callsid");
  page.say("answer", {{"callsid", sid}, {"sdp", "answer"}});
  peers.connect_all();
  page.say("dtmf", {{"callsid", sid}, {"dtmf", "5"}});
  EXPECT_EQ(ear.said, "ringing answered key:5 ");
  EXPECT_TRUE(endpoint->seat());
  page.say("hangup", {{"callsid", sid}});
  EXPECT_EQ(ear.said, "ringing answered key:5 ended:normal ");
  const auto legs = switchboard->live_legs();
  EXPECT_EQ(legs, 0u);
}

TEST_F(HandsetPages, DialAsTheTelephone) {
  Page page(*this);
  take_handset(page, handset_token(number));
  const object call{{"params", "To=%2B6561234567"}};
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}, {"twilio", call}});
  EXPECT_EQ(telephones.dialled, "+14155550123 calls +6561234567");
  ASSERT_NE(telephones.endpoint, nullptr);
  telephones.endpoint->ring();
  telephones.endpoint->answer();
  peers.connect_all();
  EXPECT_EQ(page.heard(), "ringing answer ");
  EXPECT_EQ(ear.said, "answered ");
  telephones.endpoint->hang_up(call::HangupCause::normal);
  EXPECT_EQ(page.heard(), "hangup ");
}

TEST_F(HandsetPages, AreToldThatNobodyIsThere) {
  Page page(*this);
  take_handset(page, handset_token(number));
  const object call{{"params", "To=nobody"}};
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}, {"twilio", call}});
  EXPECT_EQ(page.heard(), "hangup(31404) ");
  EXPECT_TRUE(peers.open_peers.empty());
}

TEST_F(HandsetPages, AreNotThoseThatOnlyHaveTheName) {
  answer_calls_with("<Pause length=\"20\"/>");
  Page page(*this);
  take_handset(page, handset_token(number, application_sid));
  EXPECT_FALSE(signalling.has_handset(number));
  EXPECT_TRUE(telephones.taken.empty());
  const object call{{"params", "To=%2B6561234567"}};
  page.say("invite", {{"callsid", "TJS1"}, {"sdp", "offer"}, {"twilio", call}});
  EXPECT_EQ(telephones.dialled, "");
  ASSERT_EQ(web.asked.size(), 1u) << "its application answers";
}

}  // namespace
}  // namespace belfry::compat::twilio::voice_sdk::testing
