#include "compat/twilio/usage.hpp"

#include <algorithm>
#include <array>

#include "compat/twilio/paging.hpp"
#include "compat/twilio/rendering.hpp"

namespace belfry::compat::twilio {
namespace {

using Day = call::Usage::Day;
using namespace std::chrono;

struct Category {
  std::string_view name;
  std::string_view description;
  std::string_view unit;  // of the amount
  std::string_view count_unit;
};

constexpr auto categories = std::to_array<Category>({
    {"calls", "Voice minutes", "minutes", "calls"},
    {"calls-inbound", "Inbound voice minutes", "minutes", "calls"},
    {"calls-outbound", "Outbound voice minutes", "minutes", "calls"},
    {"calls-client", "Client voice minutes", "minutes", "calls"},
    {"calls-sip", "SIP minutes", "minutes", "calls"},
    {"calls-recordings", "Recorded minutes", "minutes", "recordings"},
    {"recordings", "Recordings", "minutes", "recordings"},
    {call::Usage::stored_recordings, "Recordings stored at the end", "minutes", "recordings"},
    {"sms", "Messages", "messages", "messages"},
    {"sms-inbound", "Inbound messages", "messages", "messages"},
    {"sms-outbound", "Outbound messages", "messages", "messages"},
    {"transcriptions", "Transcriptions", "minutes", "transcriptions"},
    {"phonenumbers", "Phone numbers", "numbers", "numbers"},
    {"totalprice", "Total price", "usd", ""},
});

struct Span {
  Day first;
  Day last;
};

/// One record per span: all of it, or cut by day, month or year.
std::vector<Span> cut(Span whole, std::string_view by) {
  if (by.empty()) return {whole};
  std::vector<Span> spans;
  for (Day at = whole.first; at <= whole.last;) {
    Day end = at;
    const year_month_day date{at};
    if (by == "Monthly") end = sys_days(date.year() / date.month() / last);
    if (by == "Yearly") end = sys_days(date.year() / December / 31);
    spans.push_back({at, std::min(end, whole.last)});
    at = end + days(1);
  }
  std::ranges::reverse(spans);
  return spans;
}

/// The days that a sub-resource stands for.
Span span_of(std::string_view which, Day today, Day since) {
  const year_month_day date{today};
  if (which == "Today") return {today, today};
  if (which == "Yesterday") return {today - days(1), today - days(1)};
  if (which == "ThisMonth") return {sys_days(date.year() / date.month() / 1), today};
  if (which == "LastMonth") {
    const year_month before = date.year() / date.month() - months(1);
    return {sys_days(before / 1), sys_days(before / last)};
  }
  return {since, today};
}

/// Of what is kept, what there is at the end of the span; else what was used in it.
call::UsageCount sum_of(
    std::string_view category, const Span& span, const std::vector<call::Usage::DayCounts>& used
) {
  const bool is_kept = category == call::Usage::stored_recordings;
  call::UsageCount sum;
  for (const call::Usage::DayCounts& day : used) {
    const auto found = day.counts.find(category);
    if (found == day.counts.end() || day.day > span.last) continue;
    if (day.day < span.first && !is_kept) continue;
    sum.count += found->second.count;
    sum.amount += found->second.amount;
  }
  // Days are forgotten after a while; a recording may be older than what is known of its beginning.
  return is_kept
             ? call::
                   UsageCount{std::max<std::int64_t>(sum.count, 0), std::max<std::int64_t>(sum.amount, 0)}
             : sum;
}

std::string day_text(Day day) {
  return base::to_rfc3339_seconds(base::WallTime(day)).substr(0, 10);
}

base::json::object render_record(
    const Ask& ask, const Category& category, const Span& span, const call::UsageCount& used,
    base::WallTime now
) {
  base::json::object json;
  json["account_sid"] = ask.account.sid;
  json["api_version"] = "2010-04-01";
  json["as_of"] = base::to_rfc3339_seconds(now);
  json["category"] = category.name;
  json["count"] = std::to_string(used.count);
  json["count_unit"] = category.count_unit;
  json["description"] = category.description;
  json["start_date"] = day_text(span.first);
  json["end_date"] = day_text(span.last);
  json["usage"] = std::to_string(used.amount);
  json["usage_unit"] = category.unit;
  json["price"] = "0";
  json["price_unit"] = "usd";
  json["uri"] = ask.uri("/Usage/Records.json?Category=" + std::string(category.name));
  json["subresource_uris"].emplace_object();
  return json;
}

std::string_view last_part(const Ask& ask) {
  std::string_view last =
      std::string_view(ask.request.path).substr(ask.request.path.rfind('/') + 1);
  if (last.ends_with(".json")) last.remove_suffix(5);
  return last == "Records" || last == "AllTime" ? "" : last;
}

}  // namespace

void UsageResource::add_to(Api& api) {
  api.get("/Usage/Records", this, &UsageResource::list);
  for (const std::string span :
       {"Daily", "Monthly", "Yearly", "AllTime", "Today", "Yesterday", "ThisMonth", "LastMonth"})
    api.get("/Usage/Records/" + span, this, &UsageResource::list);
  api.get("/Balance", this, &UsageResource::fetch_balance);
}

base::Task<http::Response> UsageResource::list(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  const std::string wanted = ask.parameters.text("Category");
  const auto from = parse_moment(ask.parameters.text("StartDate"));
  const auto until = parse_moment(ask.parameters.text("EndDate"));
  if ((!from && ask.parameters.has("StartDate")) || (!until && ask.parameters.has("EndDate")))
    ask.parameters.refuse(20001, "StartDate and EndDate are days: 2026-01-02");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);

  const base::WallTime now = context_.loop.wall_now();
  const std::string_view which = last_part(ask);
  Span whole = span_of(which, floor<days>(now), floor<days>(ask.account.created));
  if (from) whole.first = floor<days>(from->at);
  if (until) whole.last = floor<days>(until->at);
  const bool is_cut = which == "Daily" || which == "Monthly" || which == "Yearly";
  // What is kept at the end of a span may have come long before it.
  const Day beginning{};
  const auto used = co_await context_.usage.between(ask.account.sid, beginning, whole.last);
  if (!used) co_return refusal(used.error());

  std::vector<base::json::object> records;
  for (const Span& span : cut(whole, is_cut ? which : ""))
    for (const Category& category : categories) {
      if (!wanted.empty() && wanted != category.name) continue;
      call::UsageCount sum = sum_of(category.name, span, *used);
      if (category.name == "phonenumbers")
        sum.count = sum.amount =
            static_cast<std::int64_t>(context_.directory.count_of(ask.account.sid));
      records.push_back(render_record(ask, category, span, sum, now));
    }
  Page page;
  const std::size_t begin = std::min(request.page * request.size, records.size());
  const std::size_t end = std::min(begin + request.size, records.size());
  for (std::size_t i = begin; i < end; ++i) page.items.emplace_back(std::move(records[i]));
  page.more = end < records.size();
  page.last_sid = page.more ? ask.account.sid : "";
  co_return render_page(ask, "usage_records", request, std::move(page));
}

base::Task<http::Response> UsageResource::fetch_balance(Ask ask) {
  base::json::object json;
  json["account_sid"] = ask.account.sid;
  json["balance"] = "0.00";
  json["currency"] = "USD";
  co_return http::json(200, json);
}

}  // namespace belfry::compat::twilio
