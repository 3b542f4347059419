#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/form.hpp"
#include "server/simulation/flux_scene.hpp"

/// What the tests of conferences and queues share: calls that run documents, and a web application
/// that serves documents and keeps what it is told.
namespace belfry::server::simulation {

inline constexpr const char* app_origin = "http://app.test";

class MeetingScene {
 public:
  explicit MeetingScene(Config config = Simulation::quiet_config())
      : simulation({.seed = 5, .config = std::move(config)}) {
    simulation.web().serve(app_origin, [this](const http::ClientRequest& request) {
      return answer(request);
    });
  }

  /// A call to `number` that runs this body when it is answered. @return its SID.
  std::string call(const std::string& number, const std::string& body) {
    call::PlaceCall place;
    place.to = {call::Party::Kind::telephone, number};
    place.from = "+15550100100";
    place.program = {"twiml", {{"twiml", "<Response>" + body + "</Response>"}}};
    auto placed = simulation.wait(simulation.system().switchboard().place(std::move(place)));
    return placed ? placed->sid : placed.error().message;
  }
  /// The same, and the phone has picked up and been in its document for a moment.
  std::string call_in(const std::string& number, const std::string& body) {
    const std::string sid = call(number, body);
    simulation.run_for(std::chrono::milliseconds(1500));
    return sid;
  }
  void hang_up(const std::string& number) {
    simulation.phones().phone(number).current()->hang_up(call::HangupCause::normal);
    simulation.run_for(std::chrono::milliseconds(500));
  }
  call::Leg* leg(const std::string& sid) { return simulation.system().switchboard().find(sid); }
  bool is_live(const std::string& sid) { return leg(sid) != nullptr; }
  void redirect(const std::string& sid, const std::string& body) {
    leg(sid)->redirect({"twiml", {{"twiml", "<Response>" + body + "</Response>"}}});
    simulation.run_for(std::chrono::milliseconds(500));
  }

  /// Documents by path; what has none is answered with an empty page.
  std::map<std::string, WebAnswer> documents;
  void serve(const std::string& path, const std::string& body) {
    documents[path] = {.body = "<Response>" + body + "</Response>"};
  }

  struct Told {
    std::string path;
    http::Form form;
    std::string operator[](std::string_view name) const { return form.value_or(name, "-"); }
  };
  std::vector<Told> told;  // in order of arrival

  std::vector<Told> told_to(std::string_view path) const {
    std::vector<Told> some;
    for (const Told& one : told)
      if (one.path == path) some.push_back(one);
    return some;
  }
  /// One parameter of all that a path was told, in order.
  std::vector<std::string> told_to(std::string_view path, std::string_view name) const {
    std::vector<std::string> values;
    for (const Told& one : told_to(path)) values.push_back(one[name]);
    return values;
  }

  Simulation simulation;

 private:
  WebAnswer answer(const http::ClientRequest& request) {
    const std::string target = request.url.substr(std::string_view(app_origin).size());
    const std::string path = target.substr(0, target.find('?'));
    const bool is_get = request.method == "GET";
    const std::string query = target.size() == path.size() ? "" : target.substr(path.size() + 1);
    told.push_back({path, http::Form::parse(is_get ? query : request.body).value_or(http::Form())});
    const auto found = documents.find(path);
    return found == documents.end() ? WebAnswer{.body = "<Response/>"} : found->second;
  }
};

}  // namespace belfry::server::simulation
