#include "call/schedule/call_schedules.hpp"

#include <set>

#include "call/party.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;

struct Order {
  CallTerms terms;
  std::set<std::string> numbers;  // each once
};

Result<Order> read_order(const base::json::object& parameters) {
  Order order;
  BELFRY_TRY(terms, CallTerms::from_json(parameters));
  order.terms = std::move(terms);
  const auto* to = base::json::find(parameters, "to");
  if (to == nullptr || !to->is_array() || to->as_array().empty() ||
      to->as_array().size() > CallSchedules::most_numbers)
    return base::fail(Errc::invalid_argument, "to is a list of 1 to 500 numbers");
  for (const base::json::value& each : to->as_array()) {
    if (!each.is_string())
      return base::fail(Errc::invalid_argument, "to is a list of numbers as texts");
    BELFRY_TRY(party, Party::parse(std::string_view(each.as_string())));
    order.numbers.insert(party.to_string());
  }
  return order;
}

}  // namespace

Result<> CallSchedules::check(const base::json::object& parameters) const {
  BELFRY_CHECK(read_order(parameters));
  return {};
}

base::Task<Result<Work>> CallSchedules::prepare(Schedule schedule, Occurrence occurrence) {
  auto order = read_order(schedule.parameters);
  if (!order) co_return base::fail(Errc::refused, order.error().message);
  if (order->terms.account_sid.empty()) order->terms.account_sid = schedule.account_sid;
  Work work;
  for (const std::string& number : order->numbers) {
    Job job;
    job.id = occurrence.key() + "/" + number;
    job.kind = CallJobs::job_kind;
    job.due = occurrence.due;
    job.expires = occurrence.due + schedule.grace;
    job.parameters = CallJobs::parameters(number, order->terms);
    work.jobs.push_back(std::move(job));
  }
  co_return work;
}

}  // namespace belfry::call::schedule
