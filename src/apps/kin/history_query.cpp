#include "apps/kin/history_query.hpp"

#include "base/text.hpp"

namespace belfry::apps::kin {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t max_limit = 100;
constexpr std::size_t max_page = 100'000;

std::unexpected<base::Error> invalid(std::string_view name) {
  return fail(Errc::invalid_argument, std::string(name) + " is not valid");
}

std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  const auto number = base::parse_unsigned(text.substr(at, count));
  return number ? std::optional<unsigned>(static_cast<unsigned>(*number)) : std::nullopt;
}

/// `2026-01-02`, or `2026-01-02T03:04:05` with a fraction and `Z` or not.
struct Moment {
  base::WallTime at;
  bool is_day = false;
};
std::optional<Moment> parse_moment(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month), std::chrono::day(*day)
  };
  if (!date.ok()) return std::nullopt;
  const base::WallTime midnight{std::chrono::sys_days(date)};
  if (text.size() == 10) return Moment{midnight, true};
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!hour || !minute || !second || text[10] != 'T' || *hour > 23 || *minute > 59 || *second > 59)
    return std::nullopt;
  const std::string_view rest = text.substr(19);
  if (!rest.empty() && rest != "Z" && !(rest.starts_with('.') && rest.ends_with('Z')))
    return std::nullopt;
  return Moment{
      midnight + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
          std::chrono::seconds(*second),
      false
  };
}

Result<> read_dates(const http::Form& query, HistoryQuery& into) {
  if (const std::string text = query.value_or("dateFrom", ""); !text.empty()) {
    const auto moment = parse_moment(text);
    if (!moment) return invalid("dateFrom");
    into.from = moment->at;
  }
  if (const std::string text = query.value_or("dateTo", ""); !text.empty()) {
    const auto moment = parse_moment(text);
    if (!moment) return invalid("dateTo");
    into.before = moment->at + (moment->is_day ? std::chrono::seconds(std::chrono::days(1))
                                               : std::chrono::seconds(1));
  }
  return {};
}

Result<std::size_t> read_count(
    const http::Form& query, std::string_view name, std::size_t otherwise, std::size_t most
) {
  const std::string text = query.value_or(name, "");
  if (text.empty()) return otherwise;
  const auto number = base::parse_unsigned(text);
  if (!number || *number < 1 || *number > most) return invalid(name);
  return static_cast<std::size_t>(*number);
}

Result<HistoryQuery::SortBy> read_sort(const std::string& word) {
  using SortBy = HistoryQuery::SortBy;
  if (word.empty() || word == "createdAt" || word == "startTime" || word == "date")
    return SortBy::created;
  if (word == "duration") return SortBy::duration;
  if (word == "from") return SortBy::from;
  if (word == "to") return SortBy::to;
  if (word == "status") return SortBy::status;
  return invalid("sortBy");
}

}  // namespace

Result<HistoryQuery> read_history_query(const http::Form& query) {
  HistoryQuery read;
  read.search = query.value_or("search", "");
  read.direction = base::to_lower(query.value_or("direction", ""));
  if (!read.direction.empty() && read.direction != "inbound" && read.direction != "outbound")
    return invalid("direction");
  read.status = query.value_or("status", "");
  read.contact = query.value_or("contactId", "");
  BELFRY_CHECK(read_dates(query, read));
  BELFRY_TRY(page, read_count(query, "page", 1, max_page));
  BELFRY_TRY(limit, read_count(query, "limit", read.limit, max_limit));
  read.page = page;
  read.limit = limit;
  BELFRY_TRY(sort_by, read_sort(query.value_or("sortBy", "")));
  read.sort_by = sort_by;
  const std::string order = base::to_lower(query.value_or("sortOrder", "desc"));
  if (order != "asc" && order != "desc") return invalid("sortOrder");
  read.ascending = order == "asc";
  return read;
}

}  // namespace belfry::apps::kin
