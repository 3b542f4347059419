#include "call/usage.hpp"

#include <algorithm>

#include "call/json_members.hpp"

namespace belfry::call {
namespace {

constexpr std::size_t page = 500;

std::string to_text(Usage::Day day) {
  return base::to_rfc3339_seconds(base::WallTime(day)).substr(0, 10);
}

std::string key_of(const std::string& account_sid, Usage::Day day) {
  return account_sid + " " + to_text(day);
}

Usage::Day day_of(base::WallTime time) {
  return std::chrono::floor<std::chrono::days>(time);
}

Usage::Counts read_counts(const base::json::object& value) {
  Usage::Counts counts;
  for (const auto& [category, count] : object_member(value, "counts")) {
    if (!count.is_object()) continue;
    counts[std::string(category)] = {
        number_member(count.as_object(), "count"), number_member(count.as_object(), "amount")
    };
  }
  return counts;
}

}  // namespace

base::Task<base::Result<>> Usage::load() {
  const Day day = day_of(loop_.wall_now());
  std::string after;
  while (true) {
    DocumentQuery query{.collection = std::string(collection), .limit = page};
    query.created_from = base::WallTime(day);
    query.after_key = after;
    const auto found = co_await journal_.find_documents(std::move(query));
    if (!found) co_return base::fail(found.error());
    for (const Document& document : *found)
      today_[document.tag] = {day, read_counts(document.value), document.created};
    if (found->size() < page) co_return base::Result<>{};
    after = found->back().key;
  }
}

void Usage::watch(EventFeed& feed, std::function<bool(const LegRecord&)> is_paid) {
  is_paid_ = std::move(is_paid);
  events_ = feed.subscribe([this](const LegRecord& leg, const EventRecord& event) {
    if (is_final(leg.status) && event.type == "call." + std::string(to_string(leg.status)))
      count_ended(leg);
  });
}

void Usage::count_ended(const LegRecord& leg) {
  const std::int64_t seconds = leg.duration_s(loop_.wall_now()).value_or(0);
  // A call that was answered has begun a minute.
  const std::int64_t minutes = leg.answered ? std::max<std::int64_t>((seconds + 59) / 60, 1) : 0;
  const bool inbound = leg.direction == LegRecord::Direction::inbound;
  // One row for the day, whatever the call counts as.
  Running& day = running(leg.account_sid);
  const auto count = [&](std::string_view category) { bump(day, category, {1, minutes}); };
  count("calls");
  count(inbound ? "calls-inbound" : "calls-outbound");
  if (!inbound && is_paid_(leg)) count(paid_calls);
  if (leg.to.starts_with("client:") || leg.from.starts_with("client:")) count("calls-client");
  if (leg.to.starts_with("sip:") || leg.from.starts_with("sip:")) count("calls-sip");
  store(leg.account_sid, day);
}

void Usage::bump(Running& day, std::string_view category, UsageCount by) {
  UsageCount& count = day.counts[std::string(category)];
  count.count += by.count;
  count.amount += by.amount;
}

Usage::Running& Usage::running(const std::string& account_sid) {
  Running& day = today_[account_sid];
  const base::WallTime now = loop_.wall_now();
  if (day.day != day_of(now)) day = {day_of(now), {}, now};
  return day;
}

void Usage::add(const std::string& account_sid, std::string_view category, std::int64_t amount) {
  change(account_sid, category, {1, amount});
}

void Usage::change(const std::string& account_sid, std::string_view category, UsageCount by) {
  Running& day = running(account_sid);
  bump(day, category, by);
  store(account_sid, day);
}

void Usage::store(const std::string& account_sid, const Running& day) {
  Document document;
  document.collection = collection;
  document.key = key_of(account_sid, day.day);
  document.tag = account_sid;
  document.created = day.created;
  document.value["day"] = to_text(day.day);
  base::json::object& counts = document.value["counts"].emplace_object();
  for (const auto& [category, count] : day.counts)
    counts[category] = {{"count", count.count}, {"amount", count.amount}};
  Changes changes;
  changes.documents.push_back(std::move(document));
  journal_.commit_later(std::move(changes));
}

UsageCount Usage::today(const std::string& account_sid, std::string_view category) const {
  const auto day = today_.find(account_sid);
  if (day == today_.end() || day->second.day != day_of(loop_.wall_now())) return {};
  const auto found = day->second.counts.find(category);
  return found == day->second.counts.end() ? UsageCount{} : found->second;
}

base::Task<base::Result<std::vector<Usage::DayCounts>>> Usage::between(
    std::string account_sid, Day first, Day last
) {
  std::vector<DayCounts> days;
  std::string after;
  while (true) {
    DocumentQuery query{.collection = std::string(collection), .tag = account_sid, .limit = page};
    query.created_from = base::WallTime(first);
    query.created_before = base::WallTime(last + std::chrono::days(1));
    query.after_key = after;
    auto found = co_await journal_.find_documents(std::move(query));
    if (!found) co_return base::fail(found.error());
    for (const Document& document : *found)
      days.push_back({day_of(document.created), read_counts(document.value)});
    if (found->size() < page) break;
    after = found->back().key;
  }
  std::ranges::reverse(days);
  co_return days;
}

}  // namespace belfry::call
