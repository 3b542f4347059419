#pragma once
#include <string>
#include <variant>
#include <vector>

#include "admin/problem.hpp"
#include "base/time_zone.hpp"
#include "http/form.hpp"

namespace belfry::admin {

/// Which time the analytics are of, and in which steps. Pure.
struct AnalyticsPeriod {
  enum class Bucket { hour, day };
  static constexpr std::size_t most_buckets = 1000;

  std::string zone;
  Bucket bucket = Bucket::day;
  /// Where the hours or days of the zone begin, and the end; quarters of an hour.
  std::vector<base::WallTime> borders;
};

/// `from` and `until` (which is no part of it): a day, which means its beginning in `zone`, or a
/// moment in UTC; widened to whole quarters of an hour. Without them the seven days up to the end
/// of today. `zone`: UTC without. `bucket`: `hour` for up to three days, else `day`.
std::variant<AnalyticsPeriod, Complaints> read_period(const http::Form& query, base::WallTime now);

}  // namespace belfry::admin
