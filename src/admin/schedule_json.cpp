#include "admin/schedule_json.hpp"

#include "call/schedule/call_runner.hpp"
#include "call/schedule/local_time.hpp"

namespace belfry::admin {
namespace {

using namespace call::schedule;
using base::json::object;
using base::json::value;

constexpr std::size_t max_name = 200;
constexpr std::size_t max_rule = 1100;
constexpr std::size_t max_zone = 64;
constexpr std::int64_t max_grace_s = 86'400;
constexpr std::int64_t default_grace_s = 600;
constexpr double most_per_second = 1000;
constexpr std::int64_t most_at_once = 10'000;

value time_or_null(const std::optional<base::WallTime>& time) {
  return time ? value(base::to_rfc3339_seconds(*time)) : value(nullptr);
}

std::optional<base::WallTime> read_time(BodyReader& body, std::string_view name) {
  const auto text = body.optional_text(name, 40);
  if (!text) return std::nullopt;
  const auto time = parse_utc(*text);
  if (!time)
    body.complain(name, "invalid", std::string(name) + " is a time like 2026-03-08T09:30:00Z");
  return time;
}

bool read_flag(BodyReader& body, std::string_view name, bool otherwise) {
  const value* member = body.find(name);
  if (member == nullptr) return otherwise;
  if (!member->is_bool()) body.complain(name, "type", std::string(name) + " must be true or false");
  return member->is_bool() ? member->as_bool() : otherwise;
}

object read_object_member(BodyReader& body, std::string_view name) {
  const value* member = body.find(name);
  if (member == nullptr) return {};
  if (!member->is_object()) body.complain(name, "type", std::string(name) + " must be an object");
  return member->is_object() ? member->as_object() : object();
}

std::optional<QuietHours> read_quiet_hours(BodyReader& body) {
  constexpr std::string_view name = "quiet_hours";
  if (!body.has(name)) return std::nullopt;
  const object member = read_object_member(body, name);
  BodyReader hours(member);
  const auto from = parse_time_of_day(hours.optional_text("from", 8).value_or(""));
  const auto until = parse_time_of_day(hours.optional_text("until", 8).value_or(""));
  const std::string then = hours.optional_text("then", 16).value_or("postpone");
  if (!from || !until || *from == *until || (then != "postpone" && then != "skip")) {
    body.complain(
        name, "invalid",
        R"(quiet_hours is like {"from": "21:00", "until": "08:00", "then": "postpone" or "skip"})"
    );
    return std::nullopt;
  }
  return QuietHours{
      .from = *from,
      .until = *until,
      .then = then == "skip" ? QuietHours::Then::skip : QuietHours::Then::postpone
  };
}

double read_rate(BodyReader& body, std::string_view name, double otherwise) {
  const value* member = body.find(name);
  if (member == nullptr) return otherwise;
  boost::system::error_code no_number;
  const auto rate = member->is_number() ? member->to_number<double>(no_number) : 0;
  if (rate > 0 && rate <= most_per_second) return rate;
  body.complain(name, "range", std::string(name) + " must be a number above 0, at most 1000");
  return otherwise;
}

object render_quiet_hours(const QuietHours& quiet) {
  return {
      {"from", to_text(quiet.from)},
      {"until", to_text(quiet.until)},
      {"then", quiet.then == QuietHours::Then::skip ? "skip" : "postpone"}
  };
}

}  // namespace

std::variant<ScheduleTerms, Complaints> read_schedule(
    const object& body, const std::string& id, const std::string& default_from
) {
  BodyReader reader(body);
  ScheduleTerms terms{.id = id};
  terms.kind = reader.optional_text("kind", 64).value_or("call");
  terms.name = reader.optional_text("name", max_name).value_or("");
  terms.recurrence.rule = reader.required_text("rule", max_rule).value_or("");
  terms.recurrence.zone = reader.optional_text("zone", max_zone).value_or("UTC");
  terms.recurrence.start = read_time(reader, "start").value_or(base::WallTime{});
  terms.recurrence.end = read_time(reader, "end");
  terms.recurrence.quiet = read_quiet_hours(reader);
  terms.grace = std::chrono::seconds(
      reader.optional_integer("grace_s", 0, max_grace_s).value_or(default_grace_s)
  );
  terms.enabled = read_flag(reader, "enabled", true);
  terms.parameters = read_object_member(reader, "parameters");
  if (terms.kind == "call" && !terms.parameters.contains("from"))
    terms.parameters["from"] = default_from;
  const auto recurrence = Recurrence::make(terms.recurrence);
  if (!recurrence && reader.complaints().empty())
    reader.complain(
        base::is_time_zone(terms.recurrence.zone) ? "rule" : "zone", "invalid",
        recurrence.error().message
    );
  if (!reader.complaints().empty()) return reader.complaints();
  return terms;
}

object render(const Schedule& schedule) {
  const RecurrenceTerms& recurrence = schedule.recurrence;
  return {
      {"id", schedule.id},
      {"kind", schedule.kind},
      {"name", schedule.name},
      {"state", to_string(schedule.state)},
      {"rule", recurrence.rule},
      {"zone", recurrence.zone},
      {"start", base::to_rfc3339_seconds(recurrence.start)},
      {"end", time_or_null(recurrence.end)},
      {"quiet_hours",
       recurrence.quiet ? value(render_quiet_hours(*recurrence.quiet)) : value(nullptr)},
      {"grace_s", schedule.grace.count()},
      {"parameters", schedule.parameters},
      {"created", base::to_rfc3339_seconds(schedule.created)},
      {"next", time_or_null(schedule.next)},
      {"last", time_or_null(schedule.last)},
      {"fired", static_cast<std::int64_t>(schedule.fired)},
      {"missed", static_cast<std::int64_t>(schedule.missed)},
  };
}

object render(const Occurrence& occurrence) {
  return {
      {"key", occurrence.key()},
      {"schedule", occurrence.schedule_id},
      {"state", to_string(occurrence.state)},
      {"due", base::to_rfc3339_seconds(occurrence.due)},
      {"at", base::to_rfc3339_seconds(occurrence.at)},
      {"reason", occurrence.reason},
      {"count", static_cast<std::int64_t>(occurrence.count)},
      {"jobs", static_cast<std::int64_t>(occurrence.jobs)},
      {"by_hand", !occurrence.extra.empty()},
  };
}

object render_moment(base::WallTime moment, const std::string& zone) {
  const auto local = base::to_local(zone, moment);
  return {
      {"at", base::to_rfc3339_seconds(moment)}, {"local", local ? to_text(*local) : std::string()}
  };
}

std::variant<Campaign, Complaints> read_campaign(
    const object& body, const std::string& default_from
) {
  BodyReader reader(body);
  Campaign campaign;
  campaign.name = reader.optional_text("name", max_name).value_or("");
  campaign.pace.per_second = read_rate(reader, "calls_per_second", campaign.pace.per_second);
  campaign.pace.at_once =
      static_cast<std::size_t>(reader.optional_integer("at_once", 1, most_at_once)
                                   .value_or(static_cast<std::int64_t>(campaign.pace.at_once)));
  auto terms = CallTerms::from_json(body);
  if (terms)
    campaign.terms = std::move(*terms);
  else  // its message begins with the member's name
    reader.complain(
        terms.error().message.substr(0, terms.error().message.find(' ')), "invalid",
        terms.error().message
    );
  if (campaign.terms.from.empty()) campaign.terms.from = default_from;
  campaign.terms.application = "campaign";
  if (!reader.complaints().empty()) return reader.complaints();
  return campaign;
}

std::variant<std::vector<CampaignNumber>, Complaints> read_numbers(
    const object& body, std::size_t fewest
) {
  constexpr std::string_view name = "numbers";
  BodyReader reader(body);
  std::vector<CampaignNumber> numbers;
  const value* member = reader.find(name);
  const base::json::array* list = member == nullptr ? nullptr : member->if_array();
  if (member != nullptr && list == nullptr) reader.complain(name, "type", "numbers must be a list");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const value& each = (*list)[i];
    CampaignNumber number;
    if (each.is_string()) {
      number.number = each.as_string();
    } else if (const auto* text = base::json::find_string(each, "number")) {
      number.number = *text;
      const auto* variables = base::json::find(each, "variables");
      if (variables != nullptr && variables->is_object())
        number.variables = read_variables(variables->as_object());
    }
    if (!call::Party::parse(number.number)) {
      reader.complain(name, "invalid", "numbers[" + std::to_string(i) + "] is no telephone number");
      break;
    }
    numbers.push_back(std::move(number));
  }
  if (reader.complaints().empty() && numbers.size() < fewest)
    reader.complain(name, "missing", "numbers is required");
  if (!reader.complaints().empty()) return reader.complaints();
  return numbers;
}

object render(const Campaign& campaign) {
  object rendered = campaign.terms.to_json();
  rendered.erase("account_sid");
  rendered.erase("application");
  rendered["id"] = campaign.id;
  rendered["name"] = campaign.name;
  rendered["state"] = to_string(campaign.state);
  rendered["calls_per_second"] = campaign.pace.per_second;
  rendered["at_once"] = static_cast<std::int64_t>(campaign.pace.at_once);
  rendered["numbers"] = static_cast<std::int64_t>(campaign.numbers);
  rendered["created"] = base::to_rfc3339_seconds(campaign.created);
  rendered["started"] = time_or_null(campaign.started);
  rendered["ended"] = time_or_null(campaign.ended);
  return rendered;
}

object render(const Progress& progress) {
  object results;
  std::uint64_t done = 0;
  for (const auto& [outcome, count] : progress.results) {
    results[outcome] = static_cast<std::int64_t>(count);
    done += count;
  }
  return {
      {"numbers", static_cast<std::int64_t>(progress.numbers)},
      {"waiting", static_cast<std::int64_t>(progress.waiting)},
      {"calling", static_cast<std::int64_t>(progress.calling)},
      {"done", static_cast<std::int64_t>(done)},
      {"results", std::move(results)},
  };
}

}  // namespace belfry::admin
