#include "admin/analytics_period.hpp"

#include "call/call_figures.hpp"
#include "call/schedule/local_time.hpp"

namespace belfry::admin {
namespace {

using namespace std::chrono_literals;
using base::LocalTime;
using base::WallTime;
using std::chrono::days;
using std::chrono::floor;

constexpr days usual_length{7};
constexpr auto longest_by_hour = 73h;  // three days, also when the clock is put back

using Quarters = std::chrono::duration<std::int64_t, std::ratio<900>>;
static_assert(Quarters(1) == call::figures_step);

WallTime rounded_down(WallTime time) {
  return floor<Quarters>(time);
}

/// The zone is known.
LocalTime local_of(const std::string& zone, WallTime time) {
  return base::to_local(zone, time).value_or(LocalTime());
}

WallTime next_day(const std::string& zone, WallTime time) {
  const LocalTime midnight = floor<days>(local_of(zone, time)) + days(1);
  return base::to_utc(zone, midnight).value_or(time);
}

WallTime next_hour(const std::string& zone, WallTime time) {
  const LocalTime local = local_of(zone, time);
  return time + (floor<std::chrono::hours>(local) + 1h - local);
}

WallTime days_before(const std::string& zone, WallTime time, days count) {
  return base::to_utc(zone, local_of(zone, time) - count).value_or(time - count);
}

std::optional<WallTime> parse_moment(const std::string& zone, const std::string& text) {
  if (text.find('T') != std::string::npos) return call::schedule::parse_utc(text);
  const auto day = call::schedule::parse_local_time(text + "T00:00:00");
  return day ? base::to_utc(zone, *day) : std::nullopt;
}

struct Reader {
  const http::Form& query;
  Complaints complaints;
  AnalyticsPeriod period;

  void complain(std::string_view name, std::string message) {
    complaints.push_back({"?" + std::string(name), "invalid", std::move(message)});
  }
  std::optional<WallTime> moment(std::string_view name) {
    const std::string text = query.value_or(name, "");
    if (text.empty()) return std::nullopt;
    const auto time = parse_moment(period.zone, text);
    if (!time)
      complain(
          name, std::string(name) +
                    " must be a day (2026-01-31) or a moment in UTC "
                    "(2026-01-31T09:30:00Z)"
      );
    return time;
  }
  void read_zone() {
    period.zone = query.value_or("zone", "");
    if (period.zone.empty()) period.zone = "UTC";
    if (base::is_time_zone(period.zone)) return;
    complain("zone", "there is no time zone " + period.zone);
    period.zone = "UTC";
  }
  void read_bucket(base::WallTime from, base::WallTime until) {
    const std::string bucket = query.value_or("bucket", "");
    const bool is_short = until - from <= longest_by_hour;
    if (bucket == "hour" || (bucket.empty() && is_short))
      period.bucket = AnalyticsPeriod::Bucket::hour;
    else if (!bucket.empty() && bucket != "day")
      complain("bucket", "bucket must be hour or day");
  }
  void divide(WallTime from, WallTime until) {
    const bool by_hour = period.bucket == AnalyticsPeriod::Bucket::hour;
    for (WallTime at = from; at < until;) {
      if (period.borders.size() == AnalyticsPeriod::most_buckets)
        return complain("bucket", "at most 1,000 hours or days at once");
      period.borders.push_back(at);
      const WallTime next =
          rounded_down(by_hour ? next_hour(period.zone, at) : next_day(period.zone, at));
      at = std::max(next, at + call::figures_step);
    }
    period.borders.push_back(until);
  }
};

}  // namespace

std::variant<AnalyticsPeriod, Complaints> read_period(const http::Form& query, WallTime now) {
  Reader reader{.query = query, .complaints = {}, .period = {}};
  reader.read_zone();
  const std::string& zone = reader.period.zone;
  const auto given_from = reader.moment("from");
  const WallTime end = reader.moment("until").value_or(next_day(zone, now));
  const WallTime begin = given_from.value_or(days_before(zone, end, usual_length));
  if (!reader.complaints.empty()) return std::move(reader.complaints);
  const WallTime from = rounded_down(begin);
  const WallTime until = std::chrono::ceil<Quarters>(end);
  if (begin >= end) reader.complain("from", "from must be before until");
  reader.read_bucket(from, until);
  if (reader.complaints.empty()) reader.divide(from, until);
  if (!reader.complaints.empty()) return std::move(reader.complaints);
  return std::move(reader.period);
}

}  // namespace belfry::admin
