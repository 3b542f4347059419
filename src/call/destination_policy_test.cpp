#include "call/destination_policy.hpp"

#include <gtest/gtest.h>

#include "store/testing.hpp"

namespace belfry::call {
namespace {

/// A carrier that is only asked for its name.
class Trunk final : public Carrier {
 public:
  std::string_view name() const override { return "trunk"; }
  bool available() const override { return true; }
  base::Result<std::unique_ptr<Endpoint>> open(const Party&, const Attempt&, EndpointListener&)
      override {
    return base::fail(base::Errc::unavailable, "not in this test");
  }
};

struct Scene {
  store::testing::Fixture world;
  base::VirtualClock& clock = world.clock;
  Trunk trunk;
  DialPlan plan;
  Usage usage{world.loop, *world.store};
  DestinationPolicy::Settings settings;

  Scene() {
    plan.add_carrier(trunk);
    plan.add_route({.prefix = "+", .carrier = "trunk"});
  }
  DestinationPolicy policy() { return {world.loop, plan, usage, settings}; }
};

Party number(std::string text) {
  return {Party::Kind::telephone, std::move(text)};
}

int refusal(DestinationPolicy& policy, std::string text, std::size_t live = 0) {
  const auto admitted = policy.admit(number(std::move(text)), "AC1", live);
  return admitted ? 0 : admitted.error().detail;
}

// Rule F1.
TEST(DestinationPolicy, TrunksReachOrdinaryNumbersOfAllowedCountriesOnly) {
  Scene scene;
  DestinationPolicy policy = scene.policy();
  for (const auto* good : {"+14158675308", "+16045550123", "+6591234567", "+5073009999"})
    EXPECT_EQ(refusal(policy, good), 0) << good;
  for (const auto* country : {"+18765550123", "+442079460123", "+881612345678", "+37167000000"})
    EXPECT_EQ(refusal(policy, country), 21215) << country;
  EXPECT_EQ(refusal(policy, "+19002345678"), 21215);
  EXPECT_EQ(refusal(policy, "+1234567890"), 21217);
  EXPECT_EQ(policy.admit_message("+1234567890", true).error().detail, 21211);
}

TEST(DestinationPolicy, NumbersThatNoRouteLeadsToCannotBeReached) {
  Scene scene;
  scene.plan.remove_routes("trunk");
  DestinationPolicy policy = scene.policy();
  EXPECT_EQ(refusal(policy, "+14158675308"), 21214);
  scene.plan.assign("+14158675308", "alice");
  EXPECT_EQ(refusal(policy, "+14158675308"), 0) << "a registered phone's number";
}

TEST(DestinationPolicy, WhatIsDialledIsWhatWasChecked) {
  Scene scene;
  DestinationPolicy policy = scene.policy();
  EXPECT_EQ(policy.admit(number("+14158675308"), "AC1", 0)->address, "+14158675308");
}

TEST(DestinationPolicy, SimulatedPhonesMayHaveAnyNumber) {
  Scene scene;
  scene.plan = {};
  scene.plan.set_fallback(&scene.trunk);
  DestinationPolicy policy = scene.policy();
  for (const auto* odd : {"+1234567890", "+0987654321", "1000", "+19002345678"})
    EXPECT_EQ(refusal(policy, odd), 0) << odd;
}

// Rule F3.
TEST(DestinationPolicy, EmergencyNumbersAreRefusedEverywhere) {
  Scene scene;
  DestinationPolicy by_trunk = scene.policy();
  scene.settings.allowed_countries = {"*"};
  DestinationPolicy anything = scene.policy();
  scene.plan = {};
  DestinationPolicy simulated = scene.policy();
  for (const auto* emergency : {"911", "112", "999", "+1911", "+44999", "0112"}) {
    EXPECT_EQ(refusal(by_trunk, emergency), 21216) << emergency;
    EXPECT_EQ(refusal(anything, emergency), 21216) << emergency;
    EXPECT_EQ(refusal(simulated, emergency), 21216) << emergency;
  }
}

// Rule F2.
TEST(DestinationPolicy, AccountsHaveCaps) {
  Scene scene;
  scene.settings = {
      .calls_at_once = 3, .calls_a_day = 5, .minutes_a_day = 10, .calls_to_one_number_an_hour = 2
  };
  DestinationPolicy policy = scene.policy();
  EXPECT_EQ(refusal(policy, "+14158675301", 2), 0);
  EXPECT_EQ(refusal(policy, "+14158675301", 3), 20429);

  EXPECT_EQ(refusal(policy, "+14158675308"), 0);
  EXPECT_EQ(refusal(policy, "+14158675308"), 0);
  EXPECT_EQ(refusal(policy, "+14158675308"), 20429);
  scene.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(refusal(policy, "+14158675308"), 0);

  for (int i = 0; i < 5; ++i) scene.usage.add("AC1", Usage::paid_calls, 1);
  EXPECT_EQ(refusal(policy, "+14158675302"), 20429);
  scene.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(refusal(policy, "+14158675302"), 0);

  scene.usage.add("AC1", Usage::paid_calls, 10);
  EXPECT_EQ(refusal(policy, "+14158675303"), 20429);
}

}  // namespace
}  // namespace belfry::call
