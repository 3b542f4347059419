#include "apps/take5/people_request.hpp"

#include "apps/take5/body.hpp"
#include "apps/take5/phone_number.hpp"
#include "base/text.hpp"

namespace belfry::apps::take5 {
namespace {

constexpr std::size_t longest_user_name = 50;
constexpr std::size_t longest_group_name = 100;
constexpr std::size_t longest_zone = 64;
constexpr std::int64_t shortest_call = 5;  // minutes
constexpr std::int64_t longest_call = 120;
constexpr std::int64_t most_calls = 30;

template <class T>
void assign_if(const std::optional<T>& value, T& to) {
  if (value) to = *value;
}

void trim(std::optional<std::string>& text) {
  if (text) text = std::string(base::trim(*text));
}

}  // namespace

void UserRequest::apply_to(User& user) const {
  assign_if(given_name, user.given_name);
  assign_if(family_name, user.family_name);
  assign_if(phone_number, user.phone_number);
  assign_if(timezone, user.timezone);
}

void GroupRequest::apply_to(Group& group) const {
  assign_if(name, group.name);
  assign_if(users, group.users);
  assign_if(cadence, group.cadence);
  assign_if(frequency, group.frequency);
  assign_if(duration, group.duration);
  assign_if(enabled, group.enabled);
  assign_if(reminder, group.reminder);
}

base::Result<UserRequest> read_user_request(std::string_view text, Purpose purpose) {
  Body body(text);
  if (purpose == Purpose::creation)
    for (const char* name : {"givenName", "familyName", "phoneNumber"}) body.require(name);
  UserRequest request;
  request.given_name = body.text("givenName", longest_user_name);
  trim(request.given_name);
  request.family_name = body.text("familyName", longest_user_name);
  trim(request.family_name);
  request.phone_number = body.text("phoneNumber", longest_zone);
  if (request.phone_number && !is_ten_digit_number(*request.phone_number))
    body.complain("Invalid phone number format");
  request.timezone = body.text("timezone", longest_zone);
  if (request.timezone && !base::is_time_zone(zone_name(*request.timezone)))
    body.complain("timezone must be UTC, EST, CST, MST, PST or an IANA name");
  request.groups = body.ids("groups");
  BELFRY_CHECK(body.verdict());
  return request;
}

base::Result<GroupRequest> read_group_request(std::string_view text, Purpose purpose) {
  Body body(text);
  if (purpose == Purpose::creation)
    for (const char* name : {"name", "cadence"}) body.require(name);
  GroupRequest request;
  request.name = body.text("name", longest_group_name);
  trim(request.name);
  request.users = body.ids("users");
  if (const auto word = body.text("cadence", longest_zone)) {
    request.cadence = parse_cadence(*word);
    if (!request.cadence) body.complain("cadence must be daily, weekly or monthly");
  }
  if (const auto count = body.positive_integer("frequency", most_calls))
    request.frequency = static_cast<int>(*count);
  if (const auto length = body.positive_integer("duration", longest_call)) {
    request.duration = std::chrono::minutes(*length);
    if (*length < shortest_call) body.complain("duration must be 5 to 120 minutes");
  }
  request.enabled = body.truth("enabled");
  request.reminder = body.truth("smsReminder");
  BELFRY_CHECK(body.verdict());
  return request;
}

base::Result<> check_frequency(const Group& group) {
  const int most = days_of(group.cadence);
  if (group.frequency >= 1 && group.frequency <= most) return {};
  const std::string allowed = most == 1 ? "1" : "1 to " + std::to_string(most);
  return base::fail(
      base::Errc::invalid_argument,
      "frequency must be " + allowed + " for a " + std::string(to_string(group.cadence)) + " group"
  );
}

}  // namespace belfry::apps::take5
