#include "apps/kin/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace belfry::apps::kin {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(KinDocuments, SayTheTextsOfTheDocument) {
  EXPECT_EQ(
      greeting_document(),
      R"(<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hello! This is a call from KIN )"
      R"(Communications Platform.</Say><Pause length="1"/><Say>How can I help you today?</Say></Response>)"
  );
  EXPECT_THAT(
      basic_document({}),
      HasSubstr(R"(<Say voice="alice">Hello from KIN Communications Platform</Say>)")
  );
  EXPECT_THAT(basic_document("<b> & \"c\""), HasSubstr("&lt;b&gt; &amp; &quot;c&quot;"));
}

TEST(KinDocuments, TheMenuAsksForOneKey) {
  const std::string menu = menu_document();
  EXPECT_THAT(
      menu,
      HasSubstr(
          R"(<Gather numDigits="1" action="/voice/handle-input" method="POST"><Say>Press 1 for sales, )"
          R"(2 for support, or 3 to speak with an operator.</Say></Gather>)"
      )
  );
  EXPECT_THAT(menu, HasSubstr("receive any input. Goodbye!</Say><Hangup/>"));
}

TEST(KinDocuments, AChoiceRingsEverybodyOfItsGroup) {
  Destinations destinations;
  destinations.support = {"+14155550001", "client:ann", "sip:bob@example.com"};
  EXPECT_THAT(
      menu_choice_document(destinations, "2", 1),
      HasSubstr(
          "<Number>+14155550001</Number><Client>ann</Client><Sip>sip:bob@example.com</Sip></Dial>"
      )
  );
  EXPECT_THAT(menu_choice_document(destinations, "1", 1), HasSubstr("/voice/voicemail"))
      << "nobody is there for sales";
}

TEST(KinDocuments, AWrongKeyRepeatsTheMenuUpToThreeTimes) {
  const Destinations nobody;
  EXPECT_THAT(menu_choice_document(nobody, "9", 1), HasSubstr("handle-input?attempt=2"));
  EXPECT_THAT(menu_choice_document(nobody, "", 2), HasSubstr("handle-input?attempt=3"));
  EXPECT_THAT(menu_choice_document(nobody, "9", 3), Not(HasSubstr("<Gather")));
  EXPECT_THAT(menu_choice_document(nobody, "9", 3), HasSubstr("<Hangup/>"));
}

TEST(KinDocuments, AnInboundCallGoesToTheAgentAndThenToTheVoicemail) {
  Destinations destinations;
  EXPECT_THAT(inbound_document(destinations), HasSubstr("/voice/voicemail"));
  destinations.agent = {"client:agent"};
  EXPECT_THAT(
      inbound_document(destinations),
      HasSubstr(R"(<Dial timeout="30" timeLimit="3600" record="record-from-answer-dual")")
  );
  EXPECT_THAT(after_agent_document("completed"), HasSubstr("<Hangup/>"));
  EXPECT_THAT(after_agent_document("no-answer"), HasSubstr("/voice/voicemail"));
  EXPECT_THAT(voicemail_document(), HasSubstr(R"(<Record maxLength="300" finishOnKey="#")"));
}

TEST(KinDocuments, ACallOfABrowserGoesToNumbersAddressesAndOtherBrowsers) {
  const auto dials = [](const std::string& to, std::string_view noun) {
    const std::string document = browser_call_document(to, "+14155550100");
    EXPECT_THAT(document, HasSubstr(R"(<Dial timeout="30" timeLimit="3600")"));
    EXPECT_THAT(document, HasSubstr(R"(answerOnBridge="true")"));
    EXPECT_THAT(document, HasSubstr(std::string(noun)));
  };
  dials("+14155550123", "<Number>+14155550123</Number>");
  dials("911", "<Number>911</Number>");
  dials("client:ann", "<Client>ann</Client>");
  dials("ann", "<Client>ann</Client>");
  dials("sip:ann@pbx.example", "<Sip>sip:ann@pbx.example</Sip>");
  dials("</Client><Hangup/>", "<Client>&lt;/Client&gt;&lt;Hangup/&gt;</Client>");
}

TEST(KinDocuments, WhoeverCallsSomebodyBusyIsToldSo) {
  EXPECT_THAT(browser_call_document("ann", ""), HasSubstr(R"(action="/voice/after-call")"));
  EXPECT_THAT(after_call_document("busy"), HasSubstr(R"(<Reject reason="busy"/>)"));
  EXPECT_THAT(after_call_document("completed"), HasSubstr("<Hangup/>"));
}

TEST(KinDocuments, ANumberSeesANumberAndABrowserSeesWhoCalls) {
  EXPECT_THAT(browser_call_document("+1", "+14155550100"), HasSubstr(R"(callerId="+14155550100")"));
  EXPECT_THAT(browser_call_document("ann", "+14155550100"), Not(HasSubstr("callerId")));
}

}  // namespace
}  // namespace belfry::apps::kin
