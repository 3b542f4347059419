#include "call/status.hpp"

#include "call/party.hpp"

namespace belfry::call {
namespace {

using enum LegStatus;

TEST(LegStatus, FollowsOneTableAndNothingFollowsAnEnd) {
  EXPECT_TRUE(may_follow(queued, initiated));
  EXPECT_TRUE(may_follow(queued, canceled));
  EXPECT_FALSE(may_follow(queued, ringing)) << "an attempt comes first";
  EXPECT_TRUE(may_follow(initiated, in_progress)) << "a party may answer without ringing";
  EXPECT_FALSE(may_follow(ringing, completed)) << "only what was answered completes";
  EXPECT_TRUE(may_follow(in_progress, completed));
  EXPECT_FALSE(may_follow(in_progress, busy));
  for (const LegStatus end : {completed, busy, failed, no_answer, canceled}) {
    for (const LegStatus next :
         {queued, initiated, ringing, in_progress, completed, busy, failed, no_answer, canceled}) {
      EXPECT_FALSE(may_follow(end, next)) << to_string(end) << " -> " << to_string(next);
    }
  }
}

TEST(LegStatus, IsSpelledAsTwilioSpellsIt) {
  EXPECT_EQ(to_string(in_progress), "in-progress");
  EXPECT_EQ(to_string(no_answer), "no-answer");
  EXPECT_EQ(parse_leg_status("in-progress"), in_progress);
  EXPECT_FALSE(parse_leg_status("answered"));
}

TEST(LegStatus, AnAnsweredLegCompletesWhateverEndsIt) {
  EXPECT_EQ(final_status(HangupCause::failed, true), completed);
  EXPECT_EQ(final_status(HangupCause::rejected, false), busy);
  EXPECT_EQ(final_status(HangupCause::no_answer, false), no_answer);
  EXPECT_EQ(final_status(HangupCause::unreachable, false), failed);
}

TEST(Party, ATelUriIsItsNumberWithoutOrnaments) {
  const auto party = Party::parse("tel:+1-(415)-555.1234;phone-context=example.com");
  ASSERT_TRUE(party);
  EXPECT_EQ(party->kind, Party::Kind::telephone);
  EXPECT_EQ(party->to_string(), "+14155551234");
}

TEST(Party, IsReadAndWrittenAsTheApisWriteIt) {
  for (const std::string_view text :
       {"+14155551234", "911", "*70", "sip:alice@example.com:5070", "sips:alice@example.com",
        "client:bob"}) {
    const auto party = Party::parse(text);
    ASSERT_TRUE(party) << text;
    EXPECT_EQ(party->to_string(), text);
  }
  for (const std::string_view text :
       {"", "+", "+1415555123456789", "12 34", "sip:", "client:", "tel:", "tel:alice",
        "sips:", "client:a b", "+1٤"}) {
    EXPECT_FALSE(Party::parse(text)) << text;
  }
}

}  // namespace
}  // namespace belfry::call
