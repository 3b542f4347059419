#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "server/simulation/simulation.hpp"

namespace belfry::server::simulation {
namespace {

constexpr std::string_view begin_mark = "<!-- operations -->\n";
constexpr std::string_view end_mark = "<!-- /operations -->";

/// One line for each path: `| /Calls/{CallSid} | GET POST DELETE |`.
std::string table_of(const std::vector<compat::twilio::Api::Operation>& operations) {
  std::map<std::string, std::string> methods;
  for (const auto& operation : operations) {
    std::string& of_path = methods[operation.path.empty() ? "(the account)" : operation.path];
    of_path += (of_path.empty() ? "" : " ") + operation.method;
  }
  std::string table = "| path | methods |\n|---|---|\n";
  for (const auto& [path, of_path] : methods) table += "| `" + path + "` | " + of_path + " |\n";
  return table;
}

std::string read_file(const std::string& path) {
  const std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(TwilioPage, NamesEveryOperation) {
  Simulation simulation({});
  const std::string table = table_of(simulation.system().twilio_api().operations());
  std::string page = read_file(BELFRY_TWILIO_PAGE);
  const auto begin = page.find(begin_mark);
  const auto end = page.find(end_mark);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const auto from = begin + begin_mark.size();
  if (std::getenv("BELFRY_WRITE_DOCS") != nullptr) {
    page.replace(from, end - from, table);
    std::ofstream(BELFRY_TWILIO_PAGE) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), table) << "run this test with BELFRY_WRITE_DOCS=1";
}

}  // namespace
}  // namespace belfry::server::simulation
