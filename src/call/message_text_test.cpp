#include "call/message_text.hpp"

#include <gtest/gtest.h>

namespace belfry::call {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

struct Case {
  std::string name;
  std::string text;
  MessageAlphabet alphabet;
  std::size_t units;
  std::size_t segments;
};

class MessageTextTable : public testing::TestWithParam<Case> {};

TEST_P(MessageTextTable, IsMeasuredAsTheStandardSays) {
  const MessageText measured = measure_message(GetParam().text);
  EXPECT_EQ(measured.alphabet, GetParam().alphabet);
  EXPECT_EQ(measured.units, GetParam().units);
  EXPECT_EQ(measured.segments, GetParam().segments);
}

constexpr auto gsm = MessageAlphabet::gsm;
constexpr auto ucs2 = MessageAlphabet::ucs2;

INSTANTIATE_TEST_SUITE_P(
    Texts, MessageTextTable,
    testing::Values(
        Case{"Nothing", "", gsm, 0, 1}, Case{"OneWord", "hello", gsm, 5, 1},
        Case{"FullPart", times(160, "a"), gsm, 160, 1},
        Case{"OneTooMany", times(161, "a"), gsm, 161, 2},
        Case{"TwoFullParts", times(306, "a"), gsm, 306, 2},
        Case{"ThreeParts", times(307, "a"), gsm, 307, 3},
        Case{"LettersOfTheAlphabet", "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\r\n", gsm, 43, 1},
        Case{"ExtensionCountsTwo", "^{}\\[~]|€\f", gsm, 20, 1},
        Case{"EightyEuros", times(80, "€"), gsm, 160, 1},
        Case{"EightyOneEuros", times(81, "€"), gsm, 162, 2},
        // 76 fill 152 septets of a part; the 77th is not cut, so the second part begins with it.
        Case{"AnExtensionIsNotCut", times(153, "€"), gsm, 306, 3},
        Case{"SmallCedilla", "garçon", ucs2, 6, 1}, Case{"Backtick", "`", ucs2, 1, 1},
        Case{"FullUcs2Part", times(70, "ж"), ucs2, 70, 1},
        Case{"Ucs2TwoParts", times(71, "ж"), ucs2, 71, 2},
        Case{"TwoFullUcs2Parts", times(134, "ж"), ucs2, 134, 2},
        Case{"ThreeUcs2Parts", times(135, "ж"), ucs2, 135, 3},
        Case{"EmojiIsTwoUnits", "👍", ucs2, 2, 1},
        Case{"ThirtyFiveEmoji", times(35, "👍"), ucs2, 70, 1},
        // 33 in each part, since 67 is odd and a pair is not cut.
        Case{"AnEmojiIsNotCut", times(67, "👍"), ucs2, 134, 3},
        Case{"OneStrangerMakesAllUcs2", times(159, "a") + "ж", ucs2, 160, 3}
    ),
    [](const auto& instance) { return instance.param.name; }
);

TEST(MessageText, CountsCharactersNotBytes) {
  EXPECT_EQ(measure_message("aж👍€").characters, 4U);
}

TEST(MessageText, SmartEncodingKeepsAPastedTextInTheGsmAlphabet) {
  const std::string pasted = "“Don’t” – wait… «now»";
  EXPECT_EQ(measure_message(pasted).alphabet, MessageAlphabet::ucs2);
  EXPECT_EQ(smart_encoded(pasted), "\"Don't\" - wait... \"now\"");
}

TEST(MessageText, SmartEncodingLeavesOtherLettersAlone) {
  EXPECT_EQ(smart_encoded("жизнь 👍 €"), "жизнь 👍 €");
}

}  // namespace
}  // namespace belfry::call
