#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"

/// Members of documents that we wrote ourselves: what is absent or of another type is empty.
namespace belfry::call {

inline std::string text_member(const base::json::object& object, std::string_view key) {
  const auto* text = base::json::find_string(object, key);
  return text == nullptr ? std::string() : std::string(*text);
}

inline bool flag_member(const base::json::object& object, std::string_view key) {
  const auto* member = base::json::find(object, key);
  return member != nullptr && member->is_bool() && member->as_bool();
}

inline std::int64_t number_member(const base::json::object& object, std::string_view key) {
  const auto* member = base::json::find(object, key);
  boost::system::error_code not_a_number;
  return member == nullptr ? 0 : member->to_number<std::int64_t>(not_a_number);
}

inline base::json::object object_member(const base::json::object& object, std::string_view key) {
  const auto* member = base::json::find(object, key);
  return member != nullptr && member->is_object() ? member->as_object() : base::json::object();
}

}  // namespace belfry::call
