#include "admin/openapi.hpp"

#include <set>

#include "admin/access.hpp"
#include "admin/analytics.hpp"
#include "admin/applications.hpp"
#include "admin/calls.hpp"
#include "admin/campaigns.hpp"
#include "admin/conferences.hpp"
#include "admin/event_stream.hpp"
#include "admin/keys.hpp"
#include "admin/messages.hpp"
#include "admin/recordings.hpp"
#include "admin/schedules.hpp"
#include "admin/simulator.hpp"
#include "admin/status.hpp"
#include "admin/testing/house.hpp"
#include "admin/trunks.hpp"

namespace belfry::admin {
namespace {

using base::json::value;
using testing::House;

struct NoTrunks final : TrunkTable {
  std::vector<Row> rows() const override { return {}; }
  base::Result<> add(const TrunkTerms&) override { return {}; }
  base::Result<> remove(const std::string&) override { return {}; }
};

struct ApiDescription : House {
  ApiDescription() { description.add_to(router); }

  template <class Visit>
  static void visit(const value& node, const Visit& each) {
    each(node);
    if (const auto* members = node.if_object()) {
      for (const auto& member : *members) visit(member.value(), each);
    } else if (const auto* items = node.if_array()) {
      for (const value& item : *items) visit(item, each);
    }
  }
  struct Operation {
    std::string path;
    std::string method;
    const value& described;
    const value& item;
  };
  static std::vector<Operation> operations(const value& document, std::string_view part) {
    std::vector<Operation> found;
    for (const auto& path : document.at(part).as_object()) {
      for (const auto& member : path.value().as_object()) {
        if (member.key() == "parameters") continue;
        found.push_back(
            {std::string(path.key()), std::string(member.key()), member.value(), path.value()}
        );
      }
    }
    return found;
  }

  OpenApi description{"1.2.3"};
};

TEST_F(ApiDescription, IsServedWithTheVersionThatRuns) {
  const http::Response response = ask("GET", "/openapi.json");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  const auto document = json_of(response);
  EXPECT_EQ(text_at(document, "/openapi"), R"("3.1.0")");
  EXPECT_EQ(text_at(document, "/info/version"), R"("1.2.3")");
  http::Request again = http::Request::make("GET", "/openapi.json");
  again.headers.add("If-None-Match", std::string(response.headers.get("ETag").value_or("")));
  const http::Response unchanged = ask(std::move(again));
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.body, "");
}

TEST_F(ApiDescription, ResolvesEveryReference) {
  const auto document = *base::json::parse(description.text());
  std::set<std::string> used;
  visit(document, [&](const value& node) {
    const auto* reference = base::json::find_string(node, "$ref");
    if (reference == nullptr) return;
    const std::string target(reference->c_str());
    ASSERT_TRUE(target.starts_with("#/")) << target;
    boost::system::error_code error;
    EXPECT_NE(document.find_pointer(target.substr(1), error), nullptr) << target;
    used.insert(target);
  });
  for (const auto& kind : document.at("components").as_object()) {
    for (const auto& component : kind.value().as_object()) {
      const std::string name =
          "#/components/" + std::string(kind.key()) + "/" + std::string(component.key());
      EXPECT_TRUE(used.contains(name)) << name << " is described and not used";
    }
  }
}

TEST_F(ApiDescription, DescribesEveryOperation) {
  const auto document = *base::json::parse(description.text());
  std::set<std::string> ids;
  std::set<std::string> tags;
  for (const auto& tag : document.at("tags").as_array()) tags.emplace(tag.at("name").as_string());
  for (const char* part : {"paths", "webhooks"}) {
    for (const Operation& operation : operations(document, part)) {
      const std::string name = operation.method + " " + operation.path;
      EXPECT_NE(base::json::find_string(operation.described, "summary"), nullptr) << name;
      const auto* id = base::json::find_string(operation.described, "operationId");
      ASSERT_NE(id, nullptr) << name;
      EXPECT_TRUE(ids.emplace(id->c_str()).second) << name << " has the id of another";
      const value* responses = base::json::find(operation.described, "responses");
      ASSERT_NE(responses, nullptr) << name;
      EXPECT_FALSE(responses->as_object().empty()) << name;
      for (const auto& tag : operation.described.at("tags").as_array())
        EXPECT_TRUE(tags.contains(std::string(tag.as_string()))) << name;
    }
  }
  EXPECT_TRUE(document.at("webhooks").as_object().contains("task.acknowledged"));
}

TEST_F(ApiDescription, DescribesTheParametersOfEveryPath) {
  const auto document = *base::json::parse(description.text());
  for (const Operation& operation : operations(document, "paths")) {
    std::set<std::string> described;
    for (const value* owner : {&operation.item, &operation.described}) {
      const value* parameters = base::json::find(*owner, "parameters");
      if (parameters == nullptr) continue;
      for (const value& entry : parameters->as_array()) {
        const auto* reference = base::json::find_string(entry, "$ref");
        const value& parameter =
            reference == nullptr ? entry : document.at_pointer(reference->subview(1));
        if (parameter.at("in") == "path") described.emplace(parameter.at("name").as_string());
      }
    }
    std::set<std::string> named;
    for (std::size_t open = operation.path.find('{'); open != std::string::npos;
         open = operation.path.find('{', open + 1)) {
      named.insert(operation.path.substr(open + 1, operation.path.find('}', open) - open - 1));
    }
    EXPECT_EQ(described, named) << operation.path;
  }
}

TEST_F(ApiDescription, KnowsEveryRouteOfThisFolderAndNoOther) {
  Calls calls(*switchboard, {});
  call::Conferences live_conferences({loop, random, *store, plane, outbox});
  Conferences conferences(*switchboard, live_conferences);
  Messages messages(*switchboard);
  call::NumberDirectory directory({loop, *store, numbers}, "AC1");
  const DirectoryAccess access{loop, random, *store, directory, "AC1"};
  Numbers phone_numbers(access);
  Applications applications(access);
  identity::Accounts accounts(loop, *store, random, identity::Sealer({}), {});
  Keys keys(accounts);
  Access doors(loop, random, accounts, {});
  conferences.add_to(router);
  messages.add_to(router);
  phone_numbers.add_to(router);
  applications.add_to(router);
  keys.add_to(router);
  doors.add_to(router);
  Recordings recordings(*switchboard, [](const call::RecordingRecord&) { return std::string(); });
  Status status(*switchboard, {});
  Simulator simulator(loop, phones, pool);
  LiveEvents events(loop, feed, &phones);
  call::schedule::Jobs jobs({.loop = loop, .journal = *store, .owner = "here"});
  call::schedule::CallRunner runner(*switchboard);
  call::schedule::Schedules plans({loop, random, *store, jobs});
  call::schedule::Campaigns lists({loop, random, *store, jobs, runner});
  Schedules schedules({loop, random, plans, ""});
  Campaigns campaigns({loop, lists, ""});
  schedules.add_to(router);
  campaigns.add_to(router);
  Analytics analytics({loop, *store, {}});
  analytics.add_to(router);
  NoTrunks no_trunks;
  Trunks trunks(*switchboard, no_trunks);
  trunks.add_to(router);
  calls.add_to(router);
  recordings.add_to(router);
  status.add_to(router);
  simulator.add_to(router);
  events.add_to(router);
  const auto is_of_an_application = [](std::string_view path) {
    return path.starts_with("/notifications") || path.starts_with("/api/") ||
           path.starts_with("/webhooks/");
  };
  const auto names = [&](const std::vector<http::Router::RouteName>& routes) {
    std::set<std::string> result;
    for (const auto& route : routes) {
      if (!is_of_an_application(route.path)) result.insert(route.method + " " + route.path);
    }
    return result;
  };
  EXPECT_EQ(names(described_routes()), names(router.routes()));
}

}  // namespace
}  // namespace belfry::admin
