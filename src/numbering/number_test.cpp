#include "numbering/number.hpp"

#include <gtest/gtest.h>

#include "numbering/emergency.hpp"

namespace belfry::numbering {
namespace {

TEST(Number, IsReadAsPeopleWriteIt) {
  for (const auto* text :
       {"+14158675308", "+1 (415) 867-5308", "tel:+1-415-867-5308;ext=12", "+1 415.867.5308 ext. 7",
        "\uFF0B１４１５８６７５３０８"}) {
    const auto number = parse(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(number->e164, "+14158675308") << text;
    EXPECT_EQ(number->country, "US");
    EXPECT_EQ(number->national, "(415) 867-5308");
    EXPECT_EQ(number->calling_code, 1);
  }
  EXPECT_EQ(parse("(415) 867-5308", "US")->e164, "+14158675308");
}

TEST(Number, PlusOneIsManyCountries) {
  EXPECT_EQ(parse("+18765550123")->country, "JM");
  EXPECT_EQ(parse("+16045550123")->country, "CA");
}

TEST(Number, TellsWhatItIsFor) {
  EXPECT_EQ(parse("+6591234567")->type, LineType::mobile);
  EXPECT_EQ(parse("+18005550199")->type, LineType::toll_free);
  EXPECT_EQ(parse("+19002345678")->type, LineType::premium);
  EXPECT_EQ(parse("+881612345678")->country, "001");
}

TEST(Number, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(parse("").error(), Flaw::not_a_number);
  EXPECT_EQ(parse("hello").error(), Flaw::not_a_number);
  EXPECT_EQ(parse("4158675308").error(), Flaw::invalid_country_code);
  EXPECT_EQ(parse("+1415").error(), Flaw::too_short);
  EXPECT_EQ(parse("+14158675308123").error(), Flaw::too_long);
  EXPECT_EQ(parse("+1234567890").error(), Flaw::too_short);
  EXPECT_EQ(parse("+11115550123").error(), Flaw::invalid_but_possible);
}

TEST(Number, IsStrippedOfSeparatorsOnly) {
  EXPECT_EQ(strip("+1 (234) 567-890"), "+1234567890");
  EXPECT_EQ(strip("tel:+0987654321;phone-context=x"), "+0987654321");
  EXPECT_EQ(strip("９１１"), "911");
  for (const auto* other : {"", "alice", "sip:alice@example.com", "12a4", ";"})
    EXPECT_EQ(strip(other), "") << other;
}

// Rule F3.
TEST(EmergencyNumber, IsKnownHoweverItIsWritten) {
  const std::vector<std::string> here = {"US", "SG", "PA"};
  for (const auto* number :
       {"911", "112", "999", "9 1 1", "(911)", "tel:911", "９１１", "+1911", "+1 911", "9911",
        "0112", "+44999", "+44 112", "995", "+65995", "+65 999", "+61000", "+81119"})
    EXPECT_TRUE(is_emergency(number, here)) << number;
}

TEST(EmergencyNumber, IsNoOrdinaryNumber) {
  const std::vector<std::string> here = {"US", "SG", "PA"};
  for (const auto* number :
       {"+14158675308", "+1234567890", "+0987654321", "+15550001111", "+6591112345", "411", "",
        "alice", "+19115550123", "+5073009999", "+9993334444"})
    EXPECT_FALSE(is_emergency(number, here)) << number;
}

}  // namespace
}  // namespace belfry::numbering
