#include "apps/flux/script.hpp"

namespace belfry::apps::flux {
namespace {

TEST(Script, SaysTheDocumentsSentenceWithTheTitle) {
  EXPECT_EQ(
      announcement(
          "Submit quarterly report",
          "http://localhost:8000/notifications/call/gather?task_id=task_12345"
      ),
      R"(<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1" )"
      R"(action="http://localhost:8000/notifications/call/gather?task_id=task_12345" method="POST" timeout="10" )"
      R"(actionOnEmptyResult="true"><Say voice="alice" language="en-US">Hi! This is Flux. You have a critical task: )"
      R"(Submit quarterly report. Press 1 to acknowledge.</Say></Gather></Response>)"
  );
}

TEST(Script, EscapesTitlesAndAddresses) {
  const std::string document =
      announcement("R&D <\"urgent\"> 'now' #1 😀 漢字\x01", "http://h/g?a=1&b=2");
  EXPECT_THAT(
      document,
      testing::HasSubstr(
          "critical task: R&amp;D &lt;&quot;urgent&quot;&gt; &apos;now&apos; #1 😀 漢字. Press 1"
      )
  );
  EXPECT_THAT(document, testing::HasSubstr(R"(action="http://h/g?a=1&amp;b=2")"));
}

TEST(Script, HasOneGoodbyeForEachOutcome) {
  EXPECT_THAT(acknowledgement(true), testing::HasSubstr("Thank you. Task acknowledged. Goodbye."));
  EXPECT_THAT(acknowledgement(false), testing::HasSubstr("No acknowledgment received. Goodbye."));
}

}  // namespace
}  // namespace belfry::apps::flux
