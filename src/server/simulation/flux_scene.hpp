#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "server/simulation/simulation.hpp"
#include "sim/behaviour.hpp"

/// What the tests of notification calls share.
namespace belfry::server::simulation {

inline sim::Behaviour behaviour(std::string_view json) {
  return sim::Behaviour::from_json(base::json::parse(json).value()).value();
}

/// The id of the call that was placed, or the answer's body when it was not.
inline std::string notify(
    Simulation& simulation, const std::string& number, const std::string& title,
    const std::string& task_id = "task_1"
) {
  const base::json::object body{
      {"phone_number", number}, {"task_title", title}, {"task_id", task_id}
  };
  const http::Response response =
      simulation.request("POST", "/notifications/call", base::json::serialize(body));
  if (response.status != 201) return response.body;
  const auto answer = base::json::parse(response.body).value();
  return std::string(answer.at("call_sid").as_string());
}

inline base::json::value notification(Simulation& simulation, const std::string& call_sid) {
  return base::json::parse(simulation.request("GET", "/notifications/call/" + call_sid).body)
      .value();
}

inline bool acknowledged(Simulation& simulation, const std::string& call_sid) {
  return notification(simulation, call_sid).at("acknowledged").as_bool();
}

/// All that a phone heard in its last call, joined by spaces.
inline std::string heard_by(Simulation& simulation, const std::string& number) {
  const base::json::object phone = simulation.phones().phone(number).to_json();
  const auto& calls = phone.at("calls").as_array();
  if (calls.empty()) return "(no call)";
  std::string text;
  for (const auto& words : calls.back().at("heard").as_array()) {
    if (!text.empty()) text += ' ';
    text += std::string_view(words.at("text").as_string());
  }
  return text;
}

inline std::string announcement_of(const std::string& title) {
  return "Hi! This is Flux. You have a critical task: " + title + ". Press 1 to acknowledge.";
}
inline constexpr std::string_view thanks = "Thank you. Task acknowledged. Goodbye.";
inline constexpr std::string_view no_thanks = "No acknowledgment received. Goodbye.";

}  // namespace belfry::server::simulation
