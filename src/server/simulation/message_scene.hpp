#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "server/simulation/data_folder.hpp"
#include "server/simulation/flux_scene.hpp"
#include "server/simulation/simulation.hpp"

/// What the tests of text messages share: a server with a number of ours whose messages
/// `http://shop.test/sms` answers, a simulated phone, and Twilio's API.
namespace belfry::server::simulation {

struct MessageScene : testing::Test {
  using Form = std::vector<std::pair<std::string, std::string>>;
  struct Answer {
    int status = 0;
    base::json::value body;
    std::string text(const char* name) const {
      const auto* member = base::json::find(body, name);
      if (member == nullptr) return "(absent)";
      return member->is_string() ? std::string(member->get_string())
                                 : base::json::serialize(*member);
    }
    std::string sid() const { return text("sid"); }
    std::string code() const { return text("code"); }
  };

  static constexpr const char* ours = "+15550001111";
  static constexpr const char* phone = "+14155550001";

  MessageScene() {
    config = Simulation::quiet_config();
    config.data = folder.path();
    NumberConfig number;
    number.number = ours;
    number.sms_url = "http://shop.test/sms";
    number.sms_fallback_url = "http://shop.test/fallback";
    config.numbers.push_back(number);
  }
  void start() { simulation.emplace(Simulation::Settings{.seed = 3, .config = config}); }

  std::string account() const { return simulation->keys().account_sid; }
  Answer api(const std::string& method, const std::string& path, const Form& form = {}) {
    http::Form body;
    for (const auto& [name, value] : form) body.add(name, value);
    const std::string pair = account() + ":" + simulation->keys().auth_token;
    const http::Response response = simulation->request(
        method, path.starts_with("/v1") ? path : "/2010-04-01/Accounts/" + account() + path,
        body.serialize(),
        {{"Authorization", "Basic " + base::to_base64(base::as_bytes(pair))},
         {"Content-Type", "application/x-www-form-urlencoded"}}
    );
    auto json = base::json::parse(response.body);
    return {response.status, json ? std::move(*json) : base::json::value()};
  }
  Answer send(const std::string& body, Form more = {}) {
    more.insert(more.begin(), {{"From", ours}, {"To", phone}, {"Body", body}});
    return api("POST", "/Messages.json", more);
  }
  Answer message(const std::string& sid) { return api("GET", "/Messages/" + sid + ".json"); }
  /// All messages that the API lists, newest first, as "direction status body".
  std::vector<std::string> listed() {
    std::vector<std::string> lines;
    const Answer page = api("GET", "/Messages.json?PageSize=200");
    for (const auto& each : page.body.at("messages").as_array()) {
      const auto text = [&](const char* name) { return std::string(each.at(name).as_string()); };
      lines.push_back(text("direction") + " " + text("status") + " " + text("body"));
    }
    return lines;
  }
  /// Bodies of what a phone has got, oldest first.
  std::vector<std::string> got(const std::string& number = phone) {
    std::vector<std::string> bodies;
    const base::json::object shown = simulation->phones().phone(number).to_json();
    for (const auto& each : shown.at("messages").as_array())
      if (each.at("to").as_string() == number) bodies.emplace_back(each.at("body").as_string());
    return bodies;
  }
  void write(const std::string& body, const std::string& to = ours) {
    ASSERT_TRUE(simulation->phones().send_message({phone, to, body, {}}));
    simulation->run_for(std::chrono::seconds(3));
  }
  /// The shop answers any path with what `documents` says; else with an empty document.
  void open_shop() {
    simulation->web().serve("http://shop.test", [this](const http::ClientRequest& request) {
      const std::string path = request.url.substr(std::string("http://shop.test").size());
      const auto found = documents.find(path.substr(0, path.find('?')));
      return found == documents.end() ? WebAnswer{.body = "<Response/>"} : found->second;
    });
  }
  void answer_with(const std::string& verbs) {
    documents["/sms"] = {.body = "<Response>" + verbs + "</Response>"};
    start();
    open_shop();
  }
  const std::vector<WebWorld::Received>& asked() {
    return simulation->web().received("http://shop.test");
  }
  std::string parameter(std::size_t request, std::string_view name) {
    const auto form = http::Form::parse(asked().at(request).request.body);
    return form ? form->value_or(name, "(absent)") : "(no form)";
  }
  std::vector<std::string> paths() {
    std::vector<std::string> all;
    for (const auto& each : asked())
      all.push_back(each.request.url.substr(std::string("http://shop.test").size()));
    return all;
  }

  DataFolder folder;
  Config config;
  std::map<std::string, WebAnswer> documents;
  std::optional<Simulation> simulation;
};

}  // namespace belfry::server::simulation
