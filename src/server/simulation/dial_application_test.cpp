#include "server/simulation/dial_scene.hpp"

/// `<Dial><Application>`: the caller talks to another program of the account.
namespace belfry::server::simulation {
namespace {

struct DiallingAnApplication : DialScene {
  void SetUp() override { application = make("AP0123456789abcdef0123456789abcdef", account()); }
  std::string account() { return simulation->system().switchboard().services().account_sid; }
  std::string make(std::string sid, std::string owner) {
    auto& directory =
        const_cast<call::NumberDirectory&>(*simulation->system().switchboard().services().directory
        );
    call::Document document{"application", sid, std::move(owner), {}, {}};
    document.value["voice_url"] = std::string(app) + "/menu";
    EXPECT_TRUE(simulation->wait(directory.put_application(std::move(document))));
    return sid;
  }
  std::string noun(const std::string& attributes = "", const std::string& more = "") {
    return "<Dial action='/done'><Application" + attributes + "><ApplicationSid>" + application +
           "</ApplicationSid>" + more + "</Application></Dial>";
  }
  call::LegRecord child() {
    call::LegRecord found;
    for (const call::LegRecord& leg : simulation->legs())
      if (leg.to.starts_with("app:")) found = leg;
    return found;
  }

  std::string application;
};

TEST_F(DiallingAnApplication, ItSpeaksToTheCallerAndHearsItsKeys) {
  dials(noun(" statusCallback='/steps' statusCallbackEvent='initiated answered completed'"));
  documents["/menu"] = "<Gather numDigits='2' action='/chosen' timeout='10'/>";
  documents["/chosen"] = "<Dial timeLimit='3'>+14155550002</Dial>";
  has(bob, R"({"script":[{"after_ms":500,"tone_hz":700,"ms":1500}]})");
  call(R"({"script":[{"after_ms":2000,"press":"42"},{"after_ms":2500,"tone_hz":1100,"ms":1500}]})");
  const http::Form asked = last("/menu");
  EXPECT_EQ(asked.value_or("CallSid", ""), child().sid);
  EXPECT_EQ(asked.value_or("ParentCallSid", ""), leg_of(alice).sid);
  EXPECT_EQ(asked.value_or("Direction", ""), "outbound-dial");
  EXPECT_EQ(asked.value_or("From", ""), alice);
  EXPECT_EQ(asked.value_or("To", ""), "app:" + application);
  EXPECT_EQ(asked.value_or("ApplicationSid", ""), application);
  EXPECT_EQ(last("/chosen").value_or("Digits", ""), "42");
  EXPECT_GT(tone_level(heard(alice), 700), -25) << "through the application to whom it dials";
  EXPECT_GT(tone_level(heard(bob), 1100), -25);
  EXPECT_EQ(said("/steps", "CallStatus"), "initiated in-progress completed");
  const http::Form done = last("/done");
  EXPECT_EQ(done.value_or("DialCallStatus", ""), "completed");
  EXPECT_EQ(done.value_or("DialCallSid", ""), child().sid);
  EXPECT_EQ(done.value_or("DialBridged", ""), "true");
}

TEST_F(DiallingAnApplication, ItGetsTheParametersOfTheNounAndTheNumberThatWasCalled) {
  dials(noun(
      " copyParentTo='true' customerId='c-7'", "<Parameter name='Plan' value='gold &amp; more'/>"
  ));
  documents["/menu"] = "<Pause length='1'/>";
  call();
  ASSERT_EQ(posts("/menu").size(), 1U);
  const http::Form asked = last("/menu");
  EXPECT_EQ(asked.value_or("To", ""), ours);
  EXPECT_EQ(asked.value_or("Called", ""), ours);
  EXPECT_EQ(asked.value_or("Plan", ""), "gold & more");
  EXPECT_EQ(asked.value_or("CustomerId", ""), "c-7");
  EXPECT_EQ(simulation->web().received(app).size(), 3U) << "/voice, /menu, /done";
}

TEST_F(DiallingAnApplication, ThatOfAnotherAccountDoesNotExist) {  // rule H6
  application = make("AP00000000000000000000000000000001", "AC00000000000000000000000000000009");
  dials(noun());
  call();
  EXPECT_EQ(last("/done").value_or("DialCallStatus", ""), "failed");
  EXPECT_TRUE(posts("/menu").empty());
  EXPECT_NE(timeline(leg_of(alice).sid).find("13215"), std::string::npos);
}

TEST_F(DiallingAnApplication, ItEndsWithTheCaller) {
  dials(noun());
  documents["/menu"] = "<Pause length='60'/>";
  call(R"({"script":[{"after_ms":3000,"hang_up":true}]})");
  EXPECT_EQ(child().status, call::LegStatus::completed);
  EXPECT_LE(*child().ended - *leg_of(alice).ended, 1s);
}

}  // namespace
}  // namespace belfry::server::simulation
