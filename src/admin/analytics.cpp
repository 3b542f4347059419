#include "admin/analytics.hpp"

#include <algorithm>
#include <cmath>

#include "base/csv.hpp"
#include "call/schedule/local_time.hpp"

namespace belfry::admin {
namespace {

using call::CallFigures;
using FiguresByName = std::vector<std::pair<std::string, CallFigures>>;

constexpr std::size_t most_groups_shown = 100;
constexpr std::size_t most_groups_in_file = 100'000;

/// 0 to 1; 0 when nobody was called.
double answer_rate(const CallFigures& figures) {
  if (figures.calls == 0) return 0;
  const double rate = static_cast<double>(figures.answered) / static_cast<double>(figures.calls);
  return std::round(rate * 10'000) / 10'000;
}

base::json::object render(const CallFigures& figures) {
  return {
      {"calls", figures.calls},
      {"answered", figures.answered},
      {"answer_rate", answer_rate(figures)},
      {"seconds", figures.seconds},
      {"minutes", figures.minutes},
      {"paid_calls", figures.paid_calls},
      {"paid_minutes", figures.paid_minutes}
  };
}

const std::vector<std::string> figure_names = {"calls",   "answered",   "answer_rate", "seconds",
                                               "minutes", "paid_calls", "paid_minutes"};

std::string row(std::vector<std::string> keys, const CallFigures& figures) {
  char rate[16];
  std::snprintf(rate, sizeof rate, "%.4f", answer_rate(figures));
  keys.push_back(std::to_string(figures.calls));
  keys.push_back(std::to_string(figures.answered));
  keys.emplace_back(rate);
  for (const std::int64_t each :
       {figures.seconds, figures.minutes, figures.paid_calls, figures.paid_minutes})
    keys.push_back(std::to_string(each));
  return base::csv_row(keys);
}

std::string header(std::vector<std::string> keys) {
  keys.insert(keys.end(), figure_names.begin(), figure_names.end());
  return base::csv_row(keys);
}

CallFigures sum_of(const std::map<std::string, CallFigures>& figures) {
  CallFigures sum;
  for (const auto& [application, each] : figures) sum += each;
  return sum;
}

/// Those with the most calls first.
FiguresByName by_application(const call::CallAnalysis& analysis) {
  std::map<std::string, CallFigures> sums;
  for (const auto& span : analysis.spans)
    for (const auto& [application, figures] : span) sums[application] += figures;
  FiguresByName sorted(sums.begin(), sums.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), [](const auto& each) {
    return each.second.calls;
  });
  return sorted;
}

std::string local_text(const AnalyticsPeriod& period, base::WallTime time) {
  return call::schedule::to_text(base::to_local(period.zone, time).value_or(base::LocalTime()));
}

base::json::array render_times(const AnalyticsPeriod& period, const call::CallAnalysis& analysis) {
  base::json::array times;
  for (std::size_t i = 0; i < analysis.spans.size(); ++i) {
    base::json::object time = render(sum_of(analysis.spans[i]));
    time["from"] = base::to_rfc3339_seconds(period.borders[i]);
    time["local"] = local_text(period, period.borders[i]);
    base::json::object& calls = time["calls_by_application"].emplace_object();
    for (const auto& [application, figures] : analysis.spans[i]) calls[application] = figures.calls;
    times.emplace_back(std::move(time));
  }
  return times;
}

std::string rows_by_time(const AnalyticsPeriod& period, const call::CallAnalysis& analysis) {
  std::string csv = header({"time"});
  for (std::size_t i = 0; i < analysis.spans.size(); ++i)
    csv += row({local_text(period, period.borders[i])}, sum_of(analysis.spans[i]));
  return csv;
}

std::string rows_by_application(const call::CallAnalysis& analysis) {
  std::string csv = header({"application"});
  for (const auto& [application, figures] : by_application(analysis))
    csv += row({application}, figures);
  return csv;
}

}  // namespace

void Analytics::add_to(http::Router& router) {
  router.add("GET /admin/api/analytics", [this](http::Request request) {
    return show(std::move(request));
  });
  router.add("GET /admin/api/analytics/csv", [this](http::Request request) {
    return download(std::move(request));
  });
}

base::Task<std::expected<Analytics::Analysed, http::Response>> Analytics::analyse(
    const http::Request& request, const http::Form& query, std::size_t most_groups
) {
  auto read = read_period(query, access_.loop.wall_now());
  if (const auto* complaints = std::get_if<Complaints>(&read))
    co_return std::unexpected(refuse(request, *complaints));
  auto period = std::get<AnalyticsPeriod>(std::move(read));
  call::CallFiguresQuery wanted{.borders = period.borders};
  wanted.application = query.value_or("application", "");
  wanted.group = query.value_or("group", "");
  wanted.most_groups = most_groups;
  auto analysis = co_await access_.statistics.analyse_calls(std::move(wanted));
  if (!analysis) co_return std::unexpected(failure(request, analysis.error()));
  co_return Analysed{std::move(period), std::move(*analysis)};
}

base::Task<http::Response> Analytics::show(http::Request request) {
  const auto query = http::Form::parse(request.query);
  if (!query) co_return failure(request, query.error());
  auto analysed = co_await analyse(request, *query, most_groups_shown);
  if (!analysed) co_return std::move(analysed.error());
  co_return http::json(200, render(*analysed));
}

base::json::object Analytics::render(const Analysed& analysed) const {
  const auto& [period, analysis] = analysed;
  CallFigures total;
  base::json::array applications;
  for (const auto& [application, figures] : by_application(analysis)) {
    total += figures;
    applications.emplace_back(admin::render(figures)).as_object()["application"] = application;
  }
  base::json::array groups;
  for (const auto& each : analysis.groups) {
    base::json::object& group = groups.emplace_back(admin::render(each.figures)).as_object();
    group["application"] = each.application;
    group["group"] = each.group;
    group["name"] = access_.name_of_group(each.application, each.group);
  }
  const bool by_hour = period.bucket == AnalyticsPeriod::Bucket::hour;
  return {
      {"from", base::to_rfc3339_seconds(period.borders.front())},
      {"until", base::to_rfc3339_seconds(period.borders.back())},
      {"zone", period.zone},
      {"bucket", by_hour ? "hour" : "day"},
      {"total", admin::render(total)},
      {"by_application", std::move(applications)},
      {"by_group", std::move(groups)},
      {"by_time", render_times(period, analysis)}
  };
}

base::Task<http::Response> Analytics::download(http::Request request) {
  const auto query = http::Form::parse(request.query);
  if (!query) co_return failure(request, query.error());
  const std::string by = query->value_or("by", "time");
  if (by != "time" && by != "application" && by != "group") {
    const Complaints complaints{{"?by", "invalid", "by must be time, application or group"}};
    co_return refuse(request, complaints);
  }
  auto analysed = co_await analyse(request, *query, most_groups_in_file);
  if (!analysed) co_return std::move(analysed.error());
  http::Response response = http::empty(200);
  response.headers.add("Content-Type", "text/csv; charset=utf-8");
  response.headers.add(
      "Content-Disposition", "attachment; filename=\"analytics-by-" + by + ".csv\""
  );
  if (by == "time") response.body = rows_by_time(analysed->period, analysed->analysis);
  if (by == "application") response.body = rows_by_application(analysed->analysis);
  if (by == "group") response.body = rows_by_group(*analysed);
  co_return response;
}

std::string Analytics::rows_by_group(const Analysed& analysed) const {
  std::string csv = header({"application", "group", "name"});
  for (const auto& each : analysed.analysis.groups)
    csv +=
        row({each.application, each.group, access_.name_of_group(each.application, each.group)},
            each.figures);
  return csv;
}

}  // namespace belfry::admin
