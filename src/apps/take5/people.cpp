#include "apps/take5/people.hpp"

#include <algorithm>

#include "apps/take5/members.hpp"

namespace belfry::apps::take5 {

using base::json::array;
using base::json::object;
using base::json::value;

object User::to_json() const {
  return {
      {"id", id},
      {"givenName", given_name},
      {"familyName", family_name},
      {"phoneNumber", phone_number},
      {"timezone", timezone},
  };
}

call::Document User::to_document() const {
  return {std::string(user_collection), std::to_string(id), "", to_json(), created};
}

User User::from_document(const call::Document& document) {
  User user;
  user.id = number_of(document.value, "id");
  user.given_name = text_of(document.value, "givenName");
  user.family_name = text_of(document.value, "familyName");
  user.phone_number = text_of(document.value, "phoneNumber");
  user.timezone = text_of(document.value, "timezone");
  user.created = document.created;
  return user;
}

bool Group::has(std::int64_t user) const {
  return std::ranges::find(users, user) != users.end();
}

call::Document Group::to_document() const {
  array roll_calls;
  for (const RollCall& past : roll_call)
    roll_calls.push_back(object{
        {"start", base::to_unix_micros(past.start)},
        {"users", array(past.users.begin(), past.users.end())}
    });
  object kept{
      {"id", id},
      {"name", name},
      {"users", array(users.begin(), users.end())},
      {"cadence", to_string(cadence)},
      {"frequency", frequency},
      {"duration", duration.count()},
      {"enabled", enabled},
      {"reminder", reminder},
      {"rollCall", std::move(roll_calls)},
      {"plan", plan.to_json()},
      {"lastCalled", base::to_unix_micros(last_called)},
  };
  return {std::string(group_collection), std::to_string(id), "", std::move(kept), created};
}

Group Group::from_document(const call::Document& document) {
  const object& kept = document.value;
  Group group;
  group.id = number_of(kept, "id");
  group.name = text_of(kept, "name");
  group.users = numbers_of(kept, "users");
  group.cadence = parse_cadence(text_of(kept, "cadence")).value_or(Cadence::daily);
  group.frequency = static_cast<int>(number_of(kept, "frequency"));
  group.duration = std::chrono::minutes(number_of(kept, "duration"));
  group.enabled = truth_of(kept, "enabled");
  group.reminder = truth_of(kept, "reminder");
  for (const value& past : array_of(kept, "rollCall")) {
    if (!past.is_object()) continue;
    group.roll_call.push_back(
        {base::from_unix_micros(number_of(past.get_object(), "start")),
         numbers_of(past.get_object(), "users")}
    );
  }
  if (const value* plan = base::json::find(kept, "plan"); plan != nullptr && plan->is_object())
    group.plan = Plan::from_json(plan->get_object());
  group.last_called = base::from_unix_micros(number_of(kept, "lastCalled"));
  group.created = document.created;
  return group;
}

std::string zone_name(std::string_view timezone) {
  // "EST" of the zone database is Panama's today; these are what they have always meant here.
  if (timezone == "EST") return "Etc/GMT+5";
  if (timezone == "CST") return "Etc/GMT+6";
  if (timezone == "MST") return "Etc/GMT+7";
  if (timezone == "PST") return "Etc/GMT+8";
  return std::string(timezone);
}

}  // namespace belfry::apps::take5
