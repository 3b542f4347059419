#include "call/routing.hpp"

namespace belfry::call {
namespace {

struct NamedCarrier final : Carrier {
  explicit NamedCarrier(std::string name) : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  bool available() const override { return up; }
  base::Result<std::unique_ptr<Endpoint>> open(const Party&, const Attempt&, EndpointListener&)
      override {
    return base::fail(base::Errc::unsupported, "only chosen here, never opened");
  }
  bool up = true;

 private:
  std::string name_;
};

struct DialPlanTest : testing::Test {
  NamedCarrier panama{"panama"}, world{"world"}, spare{"spare"}, simulator{"simulator"},
      phones{"registration"};
  DialPlan plan;
  base::SeededRandom random{1};

  void SetUp() override {
    for (NamedCarrier* carrier : {&panama, &world, &spare}) plan.add_carrier(*carrier);
  }
  std::vector<std::string> names(std::string_view to) {
    std::vector<std::string> result;
    for (const auto& choice : plan.choose(*Party::parse(to), random))
      result.emplace_back(choice.carrier->name());
    return result;
  }
};

TEST_F(DialPlanTest, TheLongestPrefixWinsThenPriority) {
  plan.add_route({.prefix = "", .carrier = "world"});
  plan.add_route({.prefix = "+507", .carrier = "spare", .caller_id = "", .priority = 2});
  plan.add_route({.prefix = "+507", .carrier = "panama", .caller_id = "+5073009999", .priority = 1}
  );
  EXPECT_EQ(names("+50761234567"), (std::vector<std::string>{"panama", "spare"}));
  EXPECT_EQ(names("+14155551234"), std::vector<std::string>{"world"});
  EXPECT_EQ(plan.choose(*Party::parse("+5071"), random).front().caller_id, "+5073009999");
}

TEST_F(DialPlanTest, ACarrierThatIsDownIsTriedLast) {
  plan.add_route({.prefix = "+", .carrier = "panama", .caller_id = "", .priority = 1});
  plan.add_route({.prefix = "+", .carrier = "spare", .caller_id = "", .priority = 2});
  panama.up = false;
  EXPECT_EQ(names("+1"), (std::vector<std::string>{"spare", "panama"}));
}

TEST_F(DialPlanTest, EqualPrioritiesShareByWeight) {
  plan.add_route({.prefix = "+", .carrier = "panama", .caller_id = "", .priority = 1, .weight = 75}
  );
  plan.add_route({.prefix = "+", .carrier = "world", .caller_id = "", .priority = 1, .weight = 25});
  int panama_first = 0;
  for (int i = 0; i < 1000; ++i) panama_first += names("+1").front() == "panama" ? 1 : 0;
  EXPECT_NEAR(panama_first, 750, 60);
}

TEST_F(DialPlanTest, TheSimulatorServesWhatNoRouteClaimsAndPhonesTheirOwnNumbers) {
  plan.set_fallback(&simulator);
  plan.set_registrations(&phones);
  plan.assign("+15550001111", "desk1");
  plan.add_route({.prefix = "+507", .carrier = "panama"});
  EXPECT_EQ(names("+14155551234"), std::vector<std::string>{"simulator"});
  EXPECT_EQ(names("+5071"), std::vector<std::string>{"panama"});
  EXPECT_EQ(names("+15550001111"), std::vector<std::string>{"registration"});
  EXPECT_EQ(names("sip:desk1"), std::vector<std::string>{"registration"});
  EXPECT_EQ(plan.carrier("simulator"), &simulator);
}

}  // namespace
}  // namespace belfry::call
