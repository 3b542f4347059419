#include "call/schedule/cron.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using std::chrono::days;
using std::chrono::local_days;

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names = {"sun", "mon", "tue", "wed",
                                                           "thu", "fri", "sat"};
/// The 29th of February comes back after eight years at the latest (1896 to 1904, 2096 to 2104).
constexpr auto farthest = days(9 * 366);

struct Field {
  std::string_view name;
  unsigned lowest;
  unsigned highest;
  std::span<const std::string_view> names = {};  // of `lowest` and those after it
};

std::unexpected<base::Error> bad(const Field& field, std::string_view text) {
  return base::fail(
      Errc::invalid_argument, "\"" + std::string(text) + "\" is no " + std::string(field.name) +
                                  " (" + std::to_string(field.lowest) + " to " +
                                  std::to_string(field.highest) + ")"
  );
}

Result<unsigned> read_number(const Field& field, std::string_view text) {
  const std::string lower = base::to_lower(text);
  const auto name = std::ranges::find(field.names, std::string_view(lower));
  if (name != field.names.end())
    return field.lowest + static_cast<unsigned>(name - field.names.begin());
  const auto number = base::parse_unsigned(text);
  if (!number || *number < field.lowest || *number > field.highest) return bad(field, text);
  return static_cast<unsigned>(*number);
}

struct Range {
  unsigned first;
  unsigned last;
  unsigned step = 1;
};

/// `*`, `5`, `1-5`, each with `/step`. A number with a step goes on to the end, as in cron.
Result<Range> read_range(const Field& field, std::string_view text) {
  Range range{field.lowest, field.highest};
  const auto slash = text.find('/');
  const std::string_view base_part = text.substr(0, slash);
  if (slash != std::string_view::npos) {
    const auto step = base::parse_unsigned(text.substr(slash + 1));
    if (!step || *step == 0 || *step > field.highest) return bad(field, text);
    range.step = static_cast<unsigned>(*step);
  }
  if (base_part == "*") return range;
  const auto dash = base_part.find('-');
  BELFRY_TRY(first, read_number(field, base_part.substr(0, dash)));
  range.first = first;
  if (dash != std::string_view::npos) {
    BELFRY_TRY(last, read_number(field, base_part.substr(dash + 1)));
    range.last = last;
  } else if (slash == std::string_view::npos) {
    range.last = first;
  }
  if (range.first > range.last) return bad(field, text);
  return range;
}

template <std::size_t Size>
Result<std::bitset<Size>> read_field(const Field& field, std::string_view text) {
  std::bitset<Size> set;
  for (const std::string_view part : base::split(text, ',')) {
    BELFRY_TRY(range, read_range(field, part));
    // Sunday is 0 and 7.
    for (unsigned i = range.first; i <= range.last; i += range.step) set.set(i % Size);
  }
  return set;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    text = base::trim(text);
    if (text.empty()) return words;
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

template <std::size_t Size>
std::optional<unsigned> first_from(const std::bitset<Size>& set, unsigned from) {
  for (unsigned i = from; i < Size; ++i)
    if (set.test(i)) return i;
  return std::nullopt;
}

}  // namespace

Result<CronRule> CronRule::parse(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() != 5)
    return base::fail(
        Errc::invalid_argument,
        "a cron rule has five fields: minute, hour, day of month, month, day of week"
    );
  CronRule rule;
  BELFRY_TRY(minutes, read_field<60>({"minute", 0, 59}, words[0]));
  BELFRY_TRY(hours, read_field<24>({"hour", 0, 23}, words[1]));
  BELFRY_TRY(month_days, read_field<32>({"day of month", 1, 31}, words[2]));
  BELFRY_TRY(months, read_field<13>({"month", 1, 12, month_names}, words[3]));
  BELFRY_TRY(weekdays, read_field<7>({"day of week", 0, 7, weekday_names}, words[4]));
  rule.minutes_ = minutes;
  rule.hours_ = hours;
  rule.days_ = month_days;
  rule.months_ = months;
  rule.weekdays_ = weekdays;
  rule.any_day_ = words[2].starts_with('*');
  rule.any_weekday_ = words[4].starts_with('*');
  return rule;
}

bool CronRule::has_day(std::chrono::year_month_day day) const {
  if (!months_.test(static_cast<unsigned>(day.month()))) return false;
  const bool in_month = days_.test(static_cast<unsigned>(day.day()));
  const bool in_week = weekdays_.test(std::chrono::weekday(local_days(day)).c_encoding());
  return any_day_ || any_weekday_ ? in_month && in_week : in_month || in_week;
}

std::optional<base::LocalTime> CronRule::next(base::LocalTime from) const {
  using namespace std::chrono;
  const auto start = ceil<std::chrono::minutes>(from);
  const local_days last = floor<std::chrono::days>(start) + farthest;
  auto time_of_day = start - floor<std::chrono::days>(start);
  for (local_days day = floor<std::chrono::days>(start); day < last; day += std::chrono::days(1)) {
    if (has_day(year_month_day(day))) {
      auto hour = static_cast<unsigned>(time_of_day / 1h);
      auto minute = static_cast<unsigned>(time_of_day % 1h / 1min);
      for (auto at = first_from(hours_, hour); at; at = first_from(hours_, hour)) {
        if (*at != hour) minute = 0;
        if (const auto found = first_from(minutes_, minute))
          return day + std::chrono::hours(*at) + std::chrono::minutes(*found);
        hour = *at + 1;
        minute = 0;
      }
    }
    time_of_day = 0min;
  }
  return std::nullopt;
}

}  // namespace belfry::call::schedule
