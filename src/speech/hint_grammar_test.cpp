#include "speech/hint_grammar.hpp"

#include "base/text.hpp"

namespace belfry::speech {
namespace {

using List = std::vector<std::string>;

bool knows_all(std::string_view) {
  return true;
}

TEST(HintGrammar, PhrasesBecomeLowerCaseWords) {
  EXPECT_EQ(spoken_forms("Front-Desk, please!"), List{"front desk please"});
  EXPECT_EQ(spoken_forms("I don't know"), List{"i don't know"});
  EXPECT_EQ(spoken_forms(" … "), List{});
}

TEST(HintGrammar, NumbersAreSpokenAsNumbersAndDigitByDigit) {
  EXPECT_EQ(spoken_forms("7"), List{"seven"});
  EXPECT_EQ(spoken_forms("room 42"), (List{"room forty two", "room four two"}));
  EXPECT_EQ(spoken_forms("80"), (List{"eighty", "eight zero"}));
  EXPECT_EQ(spoken_forms("911"), List{"nine one one"});
  EXPECT_EQ(spoken_forms("07"), List{"zero seven"});
  EXPECT_EQ(spoken_forms("gate4b"), List{"gate four b"});
}

TEST(HintGrammar, GivesBackWhatTheHintSays) {
  const HintGrammar grammar({"Front Desk", " room 42"}, knows_all);
  EXPECT_EQ(grammar.as_written("front desk"), "Front Desk");
  EXPECT_EQ(grammar.as_written("room four two"), "room 42");
  EXPECT_EQ(grammar.as_written("something else"), "something else");
  EXPECT_EQ(
      grammar.to_jsgf(),
      "#JSGF V1.0;\ngrammar hints;\npublic <hint> = front desk | room forty two | room four two;\n"
  );
}

TEST(HintGrammar, ClassTokensOfDigitsAreRowsOfDigits) {
  const HintGrammar grammar({"$OOV_CLASS_DIGIT_SEQUENCE", "help"}, knows_all);
  EXPECT_NE(grammar.to_jsgf().find("public <hint> = help | <digit>+;"), std::string::npos);
  EXPECT_EQ(grammar.as_written("five oh nine"), "509");
  EXPECT_EQ(grammar.as_written("help"), "help");
  EXPECT_TRUE(grammar.allows("help"));
  EXPECT_TRUE(grammar.allows("oh one"));
  EXPECT_FALSE(grammar.allows("help one"));
  EXPECT_FALSE(grammar.allows(""));
  EXPECT_EQ(HintGrammar({"nine"}, knows_all).as_written("nine nine"), "nine nine")
      << "digits were not asked for";
}

TEST(HintGrammar, OtherTokensAndUnknownWordsAreLeftOut) {
  const HintGrammar grammar({"$MONEY", "kwyjibo now", "now"}, [](std::string_view word) {
    return word != "kwyjibo";
  });
  EXPECT_EQ(grammar.unknown_words(), List{"kwyjibo"});
  EXPECT_NE(grammar.to_jsgf().find("= now;"), std::string::npos);
  EXPECT_TRUE(HintGrammar({"$MONEY"}, knows_all).empty());
  EXPECT_FALSE(HintGrammar({"$FULLPHONENUM"}, knows_all).empty());
}

}  // namespace
}  // namespace belfry::speech
