#include "call/schedule/campaign.hpp"

namespace belfry::call::schedule {
namespace {

Job job(const std::string& to, const std::string& outcome, const base::json::object& variables) {
  Job made;
  made.id = "CP1/" + to;
  made.state = Job::State::done;
  made.outcome = outcome;
  made.attempts = 2;
  made.parameters = {{"to", to}, {"variables", variables}};
  made.result = {{"call_sid", "CA1"}, {"duration_s", 12}, {"reason", "hung up"}};
  made.ended = base::from_unix_micros(1'767'225'600'000'000);
  return made;
}

TEST(CampaignResults, HaveAColumnForEachVariable) {
  EXPECT_EQ(
      render_results(
          {job("1000", "completed", {{"name", "Ann"}}),
           job("1001", "busy", {{"city", "Rio, \"RJ\""}})}
      ),
      "\"number\",\"state\",\"outcome\",\"attempts\",\"call_sid\",\"duration_s\",\"ended\","
      "\"reason\",\"city\",\"name\"\r\n"
      "\"1000\",\"done\",\"completed\",\"2\",\"CA1\",\"12\",\"2026-01-01T00:00:00Z\",\"hung up\","
      "\"\",\"Ann\"\r\n"
      "\"1001\",\"done\",\"busy\",\"2\",\"CA1\",\"12\",\"2026-01-01T00:00:00Z\",\"hung up\","
      "\"Rio, \"\"RJ\"\"\",\"\"\r\n"
  );
}

TEST(CampaignResults, RuleH5NoCellIsAFormula) {
  for (const char* bad : {"=1+1", "+1", "-1", "@x", "\t=1", "\r=1"}) {
    const std::string text = render_results({job("1000", "busy", {{"v", bad}})});
    EXPECT_NE(text.find("\"'" + std::string(bad) + "\""), std::string::npos) << bad;
  }
  EXPECT_NE(
      render_results({job("+15550100100", "busy", {})}).find("\"'+15550100100\""), std::string::npos
  );
}

TEST(Campaign, KeepsItsTermsInItsRow) {
  Campaign campaign;
  campaign.id = "CP1";
  campaign.name = "Spring";
  campaign.terms = CallTerms::from_json({{"say", "Hello"}}).value();
  campaign.pace = {.per_second = 0.5, .at_once = 3};
  campaign.state = Campaign::State::paused;
  campaign.numbers = 7;
  const Campaign again = Campaign::from_document(campaign.to_document());
  EXPECT_EQ(again.to_document().value, campaign.to_document().value);
  EXPECT_EQ(again.pace, campaign.pace);
  EXPECT_EQ(again.state, campaign.state);
}

}  // namespace
}  // namespace belfry::call::schedule
