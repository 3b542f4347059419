#include "apps/take5/phone_number.hpp"

#include <gtest/gtest.h>

namespace belfry::apps::take5 {
namespace {

std::string normalized(std::string_view text, bool international = false) {
  return normalize_phone_number(text, international).value_or("(none)");
}

TEST(Take5PhoneNumber, TakesTenDigitsAndE164) {
  EXPECT_EQ(normalized("5551234567"), "+15551234567");
  EXPECT_EQ(normalized("5559876543"), "+15559876543");
  EXPECT_EQ(normalized("+15551234567"), "+15551234567");
  EXPECT_EQ(normalized("15551234567"), "+15551234567");
}

TEST(Take5PhoneNumber, DropsPunctuation) {
  EXPECT_EQ(normalized("(555) 123-4567"), "+15551234567");
  EXPECT_EQ(normalized(" +1 555.123.4567 "), "+15551234567");
}

TEST(Take5PhoneNumber, RefusesAreaCodesThatBeginWithZeroOrOne) {
  EXPECT_EQ(normalized("1234567890"), "(none)");
  EXPECT_EQ(normalized("0234567890"), "(none)");
  EXPECT_EQ(normalized("+11234567890"), "(none)");
  EXPECT_EQ(normalized("11234567890"), "(none)");
}

TEST(Take5PhoneNumber, RefusesWhatIsNoNumber) {
  for (const char* text :
       {"", "+", "555", "555123456", "55512345678", "25551234567", "555123456x", "+1555123456",
        "++15551234567", "555-123-4567 ext 3",
        "\xd9\xa5"
        "551234567"})
    EXPECT_EQ(normalized(text), "(none)") << text;
}

TEST(Take5PhoneNumber, OtherCountriesNeedAPlusAndPermission) {
  EXPECT_EQ(normalized("+44 20 7946 0018"), "(none)");
  EXPECT_EQ(normalized("+44 20 7946 0018", true), "+442079460018");
  EXPECT_EQ(normalized("442079460018", true), "(none)");
  EXPECT_EQ(normalized("+0442079460018", true), "(none)");
  EXPECT_EQ(normalized("+1234567890123456", true), "(none)");
}

TEST(Take5PhoneNumber, AUserHasExactlyTenDigits) {
  EXPECT_TRUE(is_ten_digit_number("5551234567"));
  for (const char* text : {"1234567890", "+15551234567", "555-1234567", "555123456", "55512345678"})
    EXPECT_FALSE(is_ten_digit_number(text)) << text;
}

}  // namespace
}  // namespace belfry::apps::take5
