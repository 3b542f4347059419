#include "call/schedule/campaign.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/csv.hpp"
#include "call/json_members.hpp"
#include "call/schedule/call_runner.hpp"

namespace belfry::call::schedule {
namespace {

constexpr std::array<std::string_view, 5> states = {
    "draft", "running", "paused", "completed", "cancelled"
};

std::optional<base::WallTime> time_member(const base::json::object& value, std::string_view name) {
  if (!value.contains(name)) return std::nullopt;
  return base::from_unix_micros(number_member(value, name));
}

double real_member(const base::json::object& value, std::string_view name) {
  const auto* member = base::json::find(value, name);
  boost::system::error_code no_number;
  return member == nullptr ? 0 : member->to_number<double>(no_number);
}

}  // namespace

std::string_view to_string(Campaign::State state) {
  return states.at(static_cast<std::size_t>(state));
}

Document Campaign::to_document() const {
  base::json::object value{
      {"name", name},
      {"account_sid", account_sid},
      {"terms", terms.to_json()},
      {"per_second", pace.per_second},
      {"at_once", static_cast<std::int64_t>(pace.at_once)},
      {"state", to_string(state)},
      {"numbers", static_cast<std::int64_t>(numbers)},
      {"revision", static_cast<std::int64_t>(revision)}
  };
  if (started) value["started"] = base::to_unix_micros(*started);
  if (ended) value["ended"] = base::to_unix_micros(*ended);
  return {
      .collection = std::string(collection),
      .key = id,
      .tag = std::string(to_string(state)),
      .value = std::move(value),
      .created = created
  };
}

Campaign Campaign::from_document(const Document& document) {
  const base::json::object& value = document.value;
  Campaign campaign;
  campaign.id = document.key;
  campaign.name = text_member(value, "name");
  campaign.account_sid = text_member(value, "account_sid");
  if (auto terms = CallTerms::from_json(object_member(value, "terms")))
    campaign.terms = std::move(*terms);
  campaign.pace.per_second = real_member(value, "per_second");
  campaign.pace.at_once = static_cast<std::size_t>(number_member(value, "at_once"));
  const auto state = std::ranges::find(states, text_member(value, "state"));
  campaign.state =
      state == states.end() ? State::paused : static_cast<State>(state - states.begin());
  campaign.created = document.created;
  campaign.started = time_member(value, "started");
  campaign.ended = time_member(value, "ended");
  campaign.numbers = static_cast<std::uint64_t>(number_member(value, "numbers"));
  campaign.revision = static_cast<std::uint64_t>(number_member(value, "revision"));
  return campaign;
}

std::string render_results(const std::vector<Job>& jobs) {
  std::set<std::string> names;
  for (const Job& job : jobs)
    for (const auto& [name, value] : read_variables(object_member(job.parameters, "variables")))
      names.insert(name);
  std::vector<std::string> header = {"number",   "state",      "outcome", "attempts",
                                     "call_sid", "duration_s", "ended",   "reason"};
  header.insert(header.end(), names.begin(), names.end());
  std::string text = base::csv_row(header);
  for (const Job& job : jobs) {
    std::vector<std::string> cells = {
        text_member(job.parameters, "to"),
        std::string(to_string(job.state)),
        job.outcome,
        std::to_string(job.attempts),
        text_member(job.result, "call_sid"),
        job.result.contains("duration_s") ? std::to_string(number_member(job.result, "duration_s"))
                                          : std::string(),
        job.ended ? base::to_rfc3339_seconds(*job.ended) : std::string(),
        text_member(job.result, "reason")
    };
    Variables variables = read_variables(object_member(job.parameters, "variables"));
    for (const std::string& name : names) cells.push_back(variables[name]);
    text += base::csv_row(cells);
  }
  return text;
}

}  // namespace belfry::call::schedule
