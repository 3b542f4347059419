#include "call/schedule/local_time.hpp"

#include "base/text.hpp"

namespace belfry::call::schedule {
namespace {

using namespace std::chrono_literals;

/// Exactly `digits` digits at the front, and then what must follow them.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits, char after) {
  const auto number = base::parse_unsigned(text.substr(0, digits));
  if (!number || text.size() < digits) return std::nullopt;
  text.remove_prefix(digits);
  if (after != '\0') {
    if (!text.starts_with(after)) return std::nullopt;
    text.remove_prefix(1);
  }
  return static_cast<unsigned>(*number);
}

std::string two_digits(std::int64_t number) {
  return std::string(number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::optional<base::LocalTime> parse_local_time(std::string_view text) {
  const auto year = take_number(text, 4, '-');
  const auto month = year ? take_number(text, 2, '-') : std::nullopt;
  const auto day = month ? take_number(text, 2, '\0') : std::nullopt;
  if (!day || text.empty() || (text.front() != 'T' && text.front() != ' ')) return std::nullopt;
  text.remove_prefix(1);
  const auto hour = take_number(text, 2, ':');
  const auto minute = hour ? take_number(text, 2, '\0') : std::nullopt;
  if (!minute) return std::nullopt;
  unsigned second = 0;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    const auto given = take_number(text, 2, '\0');
    if (!given) return std::nullopt;
    second = *given;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month), std::chrono::day(*day)
  };
  if (!text.empty() || !date.ok() || *hour > 23 || *minute > 59 || second > 59) return std::nullopt;
  return std::chrono::local_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(second);
}

std::string to_text(base::LocalTime time) {
  std::string text = base::to_rfc3339_seconds(base::WallTime(time.time_since_epoch()));
  text.pop_back();
  return text;
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto hour = take_number(text, 2, ':');
  const auto minute = hour ? take_number(text, 2, '\0') : std::nullopt;
  if (!minute || !text.empty() || *minute > 59) return std::nullopt;
  const std::chrono::minutes time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  return time <= 24h ? std::optional(time) : std::nullopt;
}

std::string to_text(std::chrono::minutes time_of_day) {
  return two_digits(time_of_day / 1h) + ":" + two_digits(time_of_day % 1h / 1min);
}

std::optional<base::WallTime> parse_utc(std::string_view text) {
  if (!text.ends_with('Z')) return std::nullopt;
  text.remove_suffix(1);
  std::chrono::microseconds fraction{0};
  if (const auto point = text.find('.'); point != std::string_view::npos) {
    std::string digits(text.substr(point + 1, 6));
    if (digits.empty() || text.size() - point - 1 > 9) return std::nullopt;
    digits.resize(6, '0');
    const auto micros = base::parse_unsigned(digits);
    if (!micros) return std::nullopt;
    fraction = std::chrono::microseconds(*micros);
    text = text.substr(0, point);
  }
  const auto local = parse_local_time(text);
  if (!local) return std::nullopt;
  return base::WallTime(local->time_since_epoch() + fraction);
}

}  // namespace belfry::call::schedule
