#include "webrtc_load/plan.hpp"

#include <gtest/gtest.h>

namespace belfry::bench {
namespace {

TEST(WebRtcLoadPlan, HasAPageALine) {
  const auto plan = parse_plan("call opus a.b.c\n\nanswer pcmu d.e.f\nidle opus g.h.i\n");
  ASSERT_TRUE(plan);
  const std::vector<Page> expected{
      {Role::call, media::Codec::opus, "a.b.c"},
      {Role::answer, media::Codec::pcmu, "d.e.f"},
      {Role::idle, media::Codec::opus, "g.h.i"},
  };
  EXPECT_EQ(*plan, expected);
}

TEST(WebRtcLoadPlan, NamesTheLineThatItCannotRead) {
  for (const char* line :
       {"ring opus t", "call g722 t", "call opus", "call opus t u", "call opus "}) {
    const auto plan = parse_plan(std::string("idle opus t\n") + line);
    ASSERT_FALSE(plan) << line;
    EXPECT_EQ(plan.error().message, "the plan's line 2");
  }
}

}  // namespace
}  // namespace belfry::bench
