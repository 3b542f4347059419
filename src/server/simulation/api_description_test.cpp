#include <gtest/gtest.h>

#include <set>

#include "admin/openapi.hpp"
#include "server/simulation/simulation.hpp"

/// The description of the API against the routes of a whole server. What the clouds define is
/// described by them, and in docs/twilio.md and docs/aws.md.
namespace belfry::server::simulation {
namespace {

using Names = std::set<std::string>;

bool is_of_a_cloud(std::string_view path) {
  return path.starts_with("/2010-04-01/") || path.starts_with("/v1/") || path.starts_with("/v2/") ||
         path.starts_with("/_aws/");
}

/// What Voice SDKs ask for; docs/browsers.md names it.
bool is_of_voice_sdks(std::string_view path) {
  return path == "/signal" || path.starts_with("/v4/") || path.starts_with("/js/client/") ||
         path.starts_with("/sounds/");
}

/// KIN's document names its paths in several ways; each handler is described at one of them.
bool is_another_name(std::string_view path) {
  return path == "/voice" || path.starts_with("/voice/") || path == "/status" ||
         path == "/recording" || path.starts_with("/api/voice/webhooks/");
}

Names names(const std::vector<http::Router::RouteName>& routes) {
  Names result;
  for (const auto& route : routes) {
    if (!is_of_a_cloud(route.path) && !is_of_voice_sdks(route.path) && !is_another_name(route.path))
      result.insert(route.method + " " + route.path);
  }
  return result;
}

Names without(Names from, const Names& taken) {
  std::erase_if(from, [&](const std::string& name) { return taken.contains(name); });
  return from;
}

TEST(ApiDescription, KnowsEveryRouteOfTheServerAndNoneThatIsNotThere) {
  Simulation simulation({});
  const Names routes = names(simulation.system().router().routes());
  const Names described = names(admin::described_routes());
  // By this one the simulation sees what the server is told by itself.
  const Names of_the_simulation{"POST /watched/{path...}"};
  EXPECT_EQ(without(routes, described), of_the_simulation) << "routes without a description";
  // What tells of the process itself is no part of a simulation; `Status` has its own test.
  // Nor are trunks: they need sockets, and have system tests.
  const Names of_the_process{
      "DELETE /admin/api/trunks/{name}",
      "GET /admin/api/status",
      "GET /admin/api/trunks",
      "GET /healthz",
      "GET /livez",
      "GET /metrics",
      "GET /readyz",
      "POST /admin/api/trunks",
      "POST /admin/api/trunks/{name}/check"
  };
  EXPECT_EQ(without(described, routes), of_the_process) << "descriptions without a route";
}

}  // namespace
}  // namespace belfry::server::simulation
