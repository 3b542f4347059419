#include "media/doubled_keys.hpp"

#include <gtest/gtest.h>

#include <string>

namespace belfry::media {
namespace {

using namespace std::chrono_literals;
using enum DoubledKeys::Way;

struct DoubledKeysTest : testing::Test {
  void press(char key, DoubledKeys::Way way, base::Duration after) {
    now += after;
    if (!keys.is_repeat(key, way, now)) heard += key;
  }
  DoubledKeys keys;
  base::Instant now{10s};
  std::string heard;
};

TEST_F(DoubledKeysTest, APressThatIsToldInBothWaysIsOneWhicheverComesFirst) {
  press('5', media, 0ms);
  press('5', signalling, 100ms);
  press('6', signalling, 200ms);
  press('6', media, 900ms);
  EXPECT_EQ(heard, "56");
}

TEST_F(DoubledKeysTest, TheSameKeyPressedAgainIsHeardAgain) {
  for (int i = 0; i < 3; ++i) press('1', media, 150ms);
  for (int i = 0; i < 3; ++i) press('1', signalling, 1100ms);
  EXPECT_EQ(heard, "111111") << "what came longer ago is another press";
  heard.clear();
  for (int i = 0; i < 3; ++i) {
    press('2', media, 150ms);
    press('2', signalling, 10ms);
  }
  EXPECT_EQ(heard, "222");
}

TEST_F(DoubledKeysTest, OtherKeysBetweenDoNotMatter) {
  for (const char key : std::string("123")) press(key, media, 10ms);
  for (const char key : std::string("123")) press(key, signalling, 10ms);
  EXPECT_EQ(heard, "123");
}

}  // namespace
}  // namespace belfry::media
