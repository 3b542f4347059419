#include "webrtc_load/plan.hpp"

#include <gtest/gtest.h>

namespace belfry::bench {
namespace {

TEST(WebRtcLoadPlan, HasAPageALine) {
  const auto plan =
      parse_plan("call opus talks a.b.c\n\nanswer pcmu quiet d.e.f\nidle opus talks g.h.i\n");
  ASSERT_TRUE(plan);
  const std::vector<Page> expected{
      {Role::call, media::Codec::opus, Voice::talks, "a.b.c"},
      {Role::answer, media::Codec::pcmu, Voice::quiet, "d.e.f"},
      {Role::idle, media::Codec::opus, Voice::talks, "g.h.i"},
  };
  EXPECT_EQ(*plan, expected);
}

TEST(WebRtcLoadPlan, NamesTheLineThatItCannotRead) {
  const std::vector<std::string> lines{
      "ring opus talks t", "call g722 talks t", "call opus sings t",
      "call opus talks",   "call opus t",       "call opus talks t u",
  };
  for (const std::string& line : lines) {
    const auto plan = parse_plan("idle opus talks t\n" + line);
    ASSERT_FALSE(plan) << line;
    EXPECT_EQ(plan.error().message, "the plan's line 2");
  }
}

}  // namespace
}  // namespace belfry::bench
