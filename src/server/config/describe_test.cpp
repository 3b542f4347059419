#include "server/config/describe.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace belfry::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LoadedConfig example() {
  LoadedConfig loaded;
  loaded.file = "belfry.toml";
  loaded.config.http.port = 81;
  loaded.origins["http.port"] = "--http-port";
  loaded.config.twilio.auth_token = "tok-secret";
  loaded.config.database_url = "postgresql://u:pg-secret@h/n";
  loaded.config.flux.from = "a\"b";
  loaded.config.trunks.push_back({.name = "panama", .host = "h", .password = "trunk-secret"});
  loaded.origins["trunk[0]"] = "belfry.toml:7";
  loaded.config.phones.push_back({.user = "desk1", .password = "phone-secret", .number = {}});
  loaded.config.sim.phones.push_back({.number = "+1", .behaviour = {{"on_call", "busy"}}});
  return loaded;
}

TEST(Describe, TellsEachValueAndWhereItCameFrom) {
  const std::string text = describe(example());
  EXPECT_THAT(text, HasSubstr("\nhttp.port = 81  # --http-port\n"));
  EXPECT_THAT(text, HasSubstr("\nhttp.extra_ports = [3000, 8000]  # default\n"));
  EXPECT_THAT(text, HasSubstr("\n# twilio.account_sid = (not set)  # default\n"));
  EXPECT_THAT(text, HasSubstr("\nflux.from = \"a\\\"b\"  # default\n"));
  EXPECT_THAT(text, HasSubstr("\n[[trunk]]  # belfry.toml:7\nname = \"panama\"\n"));
  EXPECT_THAT(text, HasSubstr("\n# {\"on_call\":\"busy\"}\n"));
}

TEST(Describe, MasksSecrets) {
  const LoadedConfig loaded = example();
  for (const std::string& text : {describe(loaded), base::json::serialize(describe_json(loaded))})
    EXPECT_THAT(text, Not(HasSubstr("-secret")));
  EXPECT_THAT(describe(loaded), HasSubstr("twilio.auth_token = \"********\""));
}

TEST(Describe, ShowsTheDefaultOfASecret) {
  EXPECT_THAT(describe({}), HasSubstr("\ndatabase_url = \"sqlite\"  # default\n"));
}

TEST(Describe, TellsProgramsTheSame) {
  const auto json = describe_json(example());
  EXPECT_EQ(json.at("settings").at("http.port").at("value"), 81);
  EXPECT_EQ(json.at("settings").at("http.port").at("origin"), "--http-port");
  EXPECT_TRUE(json.at("settings").at("twilio.account_sid").at("value").is_null());
  EXPECT_EQ(json.at("trunk").at(0).at("host"), "h");
  EXPECT_EQ(json.at("sim.phone").at(0).at("number"), "+1");
}

TEST(ConfigurationPage, IsMadeFromTheTableOfSettings) {
  if (std::getenv("UPDATE_DOCS") != nullptr)
    std::ofstream(BELFRY_CONFIGURATION_PAGE) << render_reference();
  std::ifstream file(BELFRY_CONFIGURATION_PAGE);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(page, render_reference()) << "write it again with UPDATE_DOCS=1 in the environment";
}

}  // namespace
}  // namespace belfry::server
