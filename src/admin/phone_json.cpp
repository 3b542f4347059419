#include "admin/phone_json.hpp"

namespace belfry::admin {
namespace {

using base::json::object;
using base::json::value;

void lift_behaviour(object& phone) {
  const value behaviour = phone["behaviour"];
  phone.erase("behaviour");
  for (const auto& member : behaviour.get_object()) phone[member.key()] = member.value();
}

/// The members of a behaviour do not depend on each other, so a document of one tells what is wrong
/// with that one.
void check_alone(const object& document, std::string pointer, Complaints& complaints) {
  const auto read = sim::Behaviour::from_json(document);
  if (!read) complaints.push_back({std::move(pointer), "invalid", read.error().message});
}

void check_steps(const value& script, Complaints& complaints) {
  const auto* steps = script.if_array();
  if (steps == nullptr ||
      !std::ranges::all_of(*steps, [](const value& step) { return step.is_object(); })) {
    return check_alone({{"script", script}}, "#/script", complaints);
  }
  const std::size_t before = complaints.size();
  for (std::size_t i = 0; i < steps->size(); ++i) {
    for (const auto& member : (*steps)[i].get_object()) {
      const base::json::array single{object{{member.key(), member.value()}}};
      const std::string pointer = pointer_to({"script", std::to_string(i), member.key()});
      check_alone({{"script", single}}, pointer, complaints);
    }
  }
  if (complaints.size() == before) check_alone({{"script", script}}, "#/script", complaints);
}

}  // namespace

object render_phone(const sim::Phone& phone) {
  object body = phone.to_json();
  lift_behaviour(body);
  return body;
}

object render_phone(sim::PhoneNetwork& network, const std::string& number) {
  if (const sim::Phone* phone = network.find(number)) return render_phone(*phone);
  object body{
      {"number", number},
      {"state", "idle"},
      {"rings", 0},
      {"behaviour", sim::Behaviour{}.to_json()},
      {"calls", base::json::array{}},
      {"messages", base::json::array{}},
  };
  lift_behaviour(body);
  return body;
}

Complaints check_behaviour(const object& body) {
  Complaints complaints;
  for (const auto& member : body) {
    const std::string_view name = member.key();
    if (name == "script") {
      check_steps(member.value(), complaints);
    } else if (name == "network" && member.value().is_object()) {
      for (const auto& condition : member.value().get_object()) {
        const object single{{condition.key(), condition.value()}};
        check_alone({{"network", single}}, pointer_to({name, condition.key()}), complaints);
      }
    } else {
      check_alone({{name, member.value()}}, pointer_to({name}), complaints);
    }
  }
  return complaints;
}

}  // namespace belfry::admin
