#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "server/simulation/simulation.hpp"

namespace belfry::server::simulation {
namespace {

constexpr std::string_view begin_aws = "<!-- operations -->\n";
constexpr std::string_view end_aws = "<!-- /operations -->";

/// One line for each service, as its signatures call it.
std::string services_table(const std::vector<std::string>& operations) {
  std::map<std::string, std::string> names;
  for (const std::string& each : operations) {
    const auto space = each.find(' ');
    std::string& of_service = names[each.substr(0, space)];
    of_service += (of_service.empty() ? "`" : " `") + each.substr(space + 1) + "`";
  }
  std::string table = "| signed as | operations |\n|---|---|\n";
  for (const auto& [service, of_service] : names)
    table += "| `" + service + "` | " + of_service + " |\n";
  return table;
}

TEST(AwsPage, NamesEveryOperation) {
  Simulation simulation({});
  const std::string table = services_table(simulation.system().aws().door().operations());
  std::stringstream text;
  text << std::ifstream(BELFRY_AWS_PAGE).rdbuf();
  std::string page = text.str();
  const auto begin = page.find(begin_aws);
  const auto end = page.find(end_aws);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const auto from = begin + begin_aws.size();
  if (std::getenv("BELFRY_WRITE_DOCS") != nullptr) {
    page.replace(from, end - from, table);
    std::ofstream(BELFRY_AWS_PAGE) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), table) << "run this test with BELFRY_WRITE_DOCS=1";
}

}  // namespace
}  // namespace belfry::server::simulation
