#include "call/opt_out.hpp"

#include <gtest/gtest.h>

#include "call/message_text.hpp"

namespace belfry::call {
namespace {

using enum OptOutWord;

OptOutWord read(std::string_view text) {
  return read_opt_out(text).word;
}

TEST(OptOutP2, EveryWordOfTheRuleStops) {
  for (const char* word :
       {"STOP", "STOPALL", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE", "OPTOUT"})
    EXPECT_EQ(read(word), stop) << word;
}

TEST(OptOutP2, CaseBlanksAndPunctuationDoNotMatter) {
  for (const char* word :
       {"stop", "Stop.", "  sToP!! ", "\"STOP\"", "opt-out", "Opt  Out", "stop\n"})
    EXPECT_EQ(read(word), stop) << word;
}

TEST(OptOutP2, OtherLanguagesAreUnderstoodAndAnswered) {
  EXPECT_EQ(read_opt_out("arrêt").language, "fr");
  EXPECT_EQ(read("ARRÊT"), stop);
  EXPECT_EQ(read("Arreter"), stop);
  EXPECT_EQ(read("désabonner"), stop);
  EXPECT_EQ(read_opt_out("Baja").language, "es");
  EXPECT_EQ(read("alto"), stop);
  EXPECT_EQ(read("AYUDA"), help);
  EXPECT_EQ(read("aide"), help);
  EXPECT_EQ(read("comenzar"), start);
}

TEST(OptOutP2, AStopWithMoreWordsIsAStop) {
  EXPECT_EQ(read("STOP texting me"), stop);
  EXPECT_EQ(read("unsubscribe please"), stop);
}

TEST(OptOutP2, WordsThatMeanSomethingElseCountAloneOnly) {
  for (const char* text :
       {"End of the day works", "Cancel my appointment", "Yes please", "help me move on Sunday",
        "nonstop", "Please do not stop", "", "  ", "👍"})
    EXPECT_EQ(read(text), none) << text;
}

TEST(OptOutP2, StartAndHelp) {
  for (const char* word : {"START", "yes", "Unstop"}) EXPECT_EQ(read(word), start) << word;
  for (const char* word : {"HELP", "info"}) EXPECT_EQ(read(word), help) << word;
}

TEST(OptOutP2, AnswersAreShort) {
  for (const std::string_view language : {"en", "es", "fr", "de", "pt"}) {
    for (const OptOutWord word : {stop, start, help}) {
      const std::string_view answer = opt_out_answer({word, language});
      EXPECT_FALSE(answer.empty());
      EXPECT_LE(measure_message(answer).segments, 2U) << answer;
    }
  }
}

TEST(OptOutP2, OneAccountsRefusalIsNotAnothers) {
  EXPECT_NE(opt_out_key("AC1", "+1", "+2").key, opt_out_key("AC2", "+1", "+2").key);
  EXPECT_NE(opt_out_key("AC1", "+1", "+2").key, opt_out_key("AC1", "+2", "+1").key);
}

}  // namespace
}  // namespace belfry::call
