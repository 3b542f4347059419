#pragma once
#include <map>
#include <string>

#include "call/schedule/job.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"

/// What the tests of schedules and campaigns share.
namespace belfry::server::simulation {

struct SchedulingScene : testing::Test {
  using object = base::json::object;
  using value = base::json::value;

  SchedulingScene() {
    config = Simulation::quiet_config();
    config.data = folder.path();
  }
  /// A phone that outlives a crash of the exchange: its behaviour is configured.
  void phone(const std::string& number, std::string_view behaviour) {
    config.sim.phones.push_back({number, base::json::parse(behaviour)->as_object()});
  }
  Simulation& begin(std::uint64_t seed = 1) {
    return simulation.emplace(Simulation::Settings{.seed = seed, .config = config});
  }
  value ask(
      const std::string& method, const std::string& path, const object& body = {},
      int expected = 200
  ) {
    const std::string text = body.empty() ? std::string() : base::json::serialize(body);
    const http::Response response = simulation->request(method, "/admin/api/" + path, text);
    EXPECT_EQ(response.status, expected) << method << ' ' << path << ": " << response.body;
    return response.body.empty() ? value() : base::json::parse(response.body).value_or(value());
  }
  std::string make_campaign(const object& terms) {
    const value made = ask("POST", "campaigns", terms, 201);
    return std::string(made.at("id").as_string());
  }
  std::string state_of(const std::string& campaign) {
    return std::string(ask("GET", "campaigns/" + campaign).at("state").as_string());
  }
  std::string results_of(const std::string& campaign) {
    return base::json::serialize(ask("GET", "campaigns/" + campaign).at("progress").at("results"));
  }
  /// How many calls went to each number.
  std::map<std::string, int> calls() {
    std::map<std::string, int> count;
    for (const call::LegRecord& leg : simulation->legs()) ++count[leg.to];
    return count;
  }
  std::vector<call::schedule::Job> jobs() {
    call::DocumentQuery query{
        .collection = std::string(call::schedule::Job::collection), .limit = 10'000
    };
    auto& journal = simulation->system().switchboard().services().journal;
    std::vector<call::schedule::Job> all;
    for (const call::Document& row :
         simulation->wait(journal.find_documents(std::move(query))).value())
      all.push_back(call::schedule::Job::from_document(row));
    return all;
  }

  const DataFolder folder;
  Config config;
  std::optional<Simulation> simulation;
};

}  // namespace belfry::server::simulation
