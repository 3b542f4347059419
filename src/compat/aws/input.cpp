#include "compat/aws/input.hpp"

#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace belfry::compat::aws {
namespace {

std::optional<double> to_number(const base::json::value& value) {
  double number = 0;
  if (value.is_string()) {
    const auto& text = value.get_string();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }
  boost::system::error_code not_a_number;
  number = value.to_number<double>(not_a_number);
  if (not_a_number) return std::nullopt;
  return number;
}

std::optional<std::string> to_text(const base::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64() || value.is_uint64() || value.is_bool()) return base::json::serialize(value);
  return std::nullopt;
}

std::optional<base::WallTime> from_epoch(double seconds) {
  constexpr double furthest = 253'402'300'800;  // year 10000
  if (!std::isfinite(seconds) || std::abs(seconds) > furthest) return std::nullopt;
  return base::from_unix_micros(std::llround(seconds * 1e6));
}

}  // namespace

/// `2026-11-20T18:00:00Z`, with a fraction, an offset or neither; a date alone is its midnight.
std::optional<base::WallTime> parse_iso_time(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    return at + digits <= text.size() ? base::parse_unsigned(text.substr(at, digits))
                                      : std::optional<std::uint64_t>();
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)), std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))
  };
  if (!date.ok()) return std::nullopt;
  base::WallTime time{std::chrono::sys_days(date)};
  if (text.size() == 10) return time;
  const auto hour = number(11, 2);
  const auto minute = number(14, 2);
  const auto second = number(17, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  time += std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    std::size_t digits = 1;
    std::int64_t unit = 1'000'000;
    for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits)
      time += std::chrono::microseconds((rest[digits] - '0') * (unit /= 10));
    rest.remove_prefix(digits);
  }
  if (rest.empty() || rest == "Z") return time;
  if (rest.size() != 6 || rest[3] != ':') return std::nullopt;
  const auto hours = base::parse_unsigned(rest.substr(1, 2));
  const auto minutes = base::parse_unsigned(rest.substr(4, 2));
  if (!hours || !minutes || (rest[0] != '+' && rest[0] != '-')) return std::nullopt;
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return rest[0] == '+' ? time - offset : time + offset;
}

std::string Input::text(std::string_view name) const {
  const base::json::value* value = base::json::find(members_, name);
  return value == nullptr ? std::string() : to_text(*value).value_or("");
}

std::optional<double> Input::number(std::string_view name) const {
  const base::json::value* value = base::json::find(members_, name);
  return value == nullptr ? std::nullopt : to_number(*value);
}

std::optional<bool> Input::flag(std::string_view name) const {
  const base::json::value* value = base::json::find(members_, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  return value->is_string() ? base::parse_bool(std::string_view(value->get_string()))
                            : std::nullopt;
}

std::optional<base::WallTime> Input::time(std::string_view name) const {
  const base::json::value* value = base::json::find(members_, name);
  if (value == nullptr) return std::nullopt;
  if (const auto seconds = to_number(*value)) return from_epoch(*seconds);
  return value->is_string() ? parse_iso_time(std::string_view(value->get_string())) : std::nullopt;
}

base::json::object Input::object(std::string_view name) const {
  const base::json::value* value = base::json::find(members_, name);
  return value != nullptr && value->is_object() ? value->get_object() : base::json::object();
}

const base::json::array* Input::list(std::string_view name) const {
  const base::json::value* value = base::json::find(members_, name);
  return value != nullptr && value->is_array() ? &value->get_array() : nullptr;
}

std::vector<base::json::object> Input::objects(std::string_view name) const {
  std::vector<base::json::object> found;
  if (const base::json::array* items = list(name))
    for (const base::json::value& each : *items)
      if (each.is_object()) found.push_back(each.get_object());
  return found;
}

std::vector<std::string> Input::texts(std::string_view name) const {
  std::vector<std::string> found;
  if (const base::json::array* items = list(name))
    for (const base::json::value& each : *items)
      if (auto text = to_text(each)) found.push_back(std::move(*text));
  return found;
}

std::vector<double> Input::numbers(std::string_view name) const {
  std::vector<double> found;
  if (const base::json::array* items = list(name))
    for (const base::json::value& each : *items)
      if (const auto number = to_number(each)) found.push_back(*number);
  return found;
}

}  // namespace belfry::compat::aws
