#include "apps/take5/call_id.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::apps::take5 {
namespace {

constexpr std::string_view prefix = "take5-";
constexpr std::size_t max_length = 64;

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

}  // namespace

std::string make_call_id(std::int64_t group, base::WallTime now) {
  const auto since_1970 = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch();
  return std::string(prefix) + std::to_string(group) + "-" + std::to_string(since_1970.count());
}

bool is_call_id(std::string_view text) {
  if (text.size() > max_length || !text.starts_with(prefix)) return false;
  const auto parts = base::split(text.substr(prefix.size()), '-');
  return parts.size() == 2 && is_number(parts[0]) && is_number(parts[1]);
}

}  // namespace belfry::apps::take5
