#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

/// Members of our own documents; what is missing or of another type is empty, 0 or false.
namespace belfry::apps::take5 {

inline std::string text_of(const base::json::object& document, std::string_view name) {
  const auto* text = base::json::find_string(document, name);
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

inline std::int64_t number_in(const base::json::value& value) {
  if (value.is_int64()) return value.get_int64();
  return value.is_uint64() ? static_cast<std::int64_t>(value.get_uint64()) : 0;
}

inline std::int64_t number_of(const base::json::object& document, std::string_view name) {
  const auto* member = base::json::find(document, name);
  return member == nullptr ? 0 : number_in(*member);
}

inline bool truth_of(const base::json::object& document, std::string_view name) {
  const auto* member = base::json::find(document, name);
  return member != nullptr && member->is_bool() && member->get_bool();
}

inline const base::json::array& array_of(
    const base::json::object& document, std::string_view name
) {
  static const base::json::array none;
  const auto* member = base::json::find(document, name);
  return member != nullptr && member->is_array() ? member->get_array() : none;
}

inline std::vector<std::int64_t> numbers_of(
    const base::json::object& document, std::string_view name
) {
  std::vector<std::int64_t> numbers;
  for (const base::json::value& each : array_of(document, name)) numbers.push_back(number_in(each));
  return numbers;
}

}  // namespace belfry::apps::take5
