#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/take5/plan.hpp"
#include "call/record.hpp"

/// Who is called together: users and groups. Plain values, kept as documents "take5.user" and
/// "take5.group" (key: the id).
namespace belfry::apps::take5 {

inline constexpr std::string_view user_collection = "take5.user";
inline constexpr std::string_view group_collection = "take5.group";

struct User {
  std::int64_t id = 0;
  std::string given_name;        // 1 to 50 characters
  std::string family_name;       // likewise
  std::string phone_number;      // ten digits, nobody else's
  std::string timezone = "UTC";  // as it was given: UTC, EST, CST, MST, PST or an IANA name
  base::WallTime created{};

  /// Without groups.
  base::json::object to_json() const;
  call::Document to_document() const;
  static User from_document(const call::Document& document);
};

/// One call that took place, and who took part.
struct RollCall {
  base::WallTime start{};
  std::vector<std::int64_t> users;
};

struct Group {
  /// The newest calls whose attendance a group shows; all of them are in the calls' own rows.
  static constexpr std::size_t shown_roll_calls = 31;

  std::int64_t id = 0;
  std::string name;                 // 1 to 100 characters
  std::vector<std::int64_t> users;  // in the order in which they were given
  Cadence cadence = Cadence::daily;
  int frequency = 1;                 // calls in each day, 7 or 30 days
  std::chrono::minutes duration{5};  // 5 to 120
  bool enabled = true;               // false: is never called by the schedule
  bool reminder = true;              // a text message before the call
  std::vector<RollCall> roll_call;   // oldest first
  Plan plan;                         // when it is called next
  base::WallTime last_called{};      // start of the last call
  base::WallTime created{};

  bool has(std::int64_t user) const;
  call::Document to_document() const;
  static Group from_document(const call::Document& document);
};

/// The IANA name of a user's time zone. The abbreviations have no daylight saving.
std::string zone_name(std::string_view timezone);

}  // namespace belfry::apps::take5
