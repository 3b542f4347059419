#include "apps/take5/texts.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Task;
using namespace std::chrono_literals;

/// A wall clock that is stepped is noticed after this (rule R5).
constexpr base::Duration longest_wait = 1h;
/// "In 5 minutes" must not be told when it is no longer true.
constexpr std::chrono::seconds latest = 60s;

std::string reminder_text(std::chrono::seconds before) {
  const auto minutes = std::chrono::round<std::chrono::minutes>(before).count();
  return "Your Take5 call is starting in " + std::to_string(minutes) +
         (minutes == 1 ? " minute!" : " minutes!");
}

}  // namespace

Texts::Texts(base::Loop& loop, call::Messages& messages, Directory& directory, Settings settings)
    : loop_(loop),
      messages_(messages),
      directory_(directory),
      settings_(std::move(settings)),
      tasks_(loop) {}

Texts::~Texts() {
  for (const auto& [name, planned] : planned_) loop_.cancel(planned.timer);
}

Task<std::vector<Texts::Result>> Texts::send(
    std::vector<std::string> numbers, std::string text, std::string once
) {
  std::vector<Result> results;
  for (std::string& number : numbers) {
    call::SendMessage message;
    message.account_sid = settings_.account_sid;
    message.from = settings_.from;
    message.to = number;
    message.body = text;
    if (!once.empty()) {
      std::string name = "take5 ";
      name.append(once).append(" ").append(number);
      message.sid = "SM" + base::sha256_hex(name).substr(0, 32);
    }
    const auto sent = co_await messages_.send(std::move(message));
    Result result{std::move(number), "", ""};
    if (sent) {
      result.message_id = sent->sid;
    } else {
      result.error = sent.error().message;
    }
    results.push_back(std::move(result));
  }
  co_return results;
}

void Texts::plan_reminder(const std::string& name, std::int64_t group, base::WallTime moment) {
  forget_reminder(name);
  if (moment - settings_.reminder + latest < loop_.wall_now()) return;
  planned_[name] = {group, moment, 0};
  arm(name);
}

void Texts::forget_reminder(const std::string& name) {
  const auto found = planned_.find(name);
  if (found == planned_.end()) return;
  loop_.cancel(found->second.timer);
  planned_.erase(found);
}

void Texts::arm(const std::string& name) {
  Planned& planned = planned_.at(name);
  const base::Duration wait = planned.moment - settings_.reminder - loop_.wall_now();
  planned.timer = loop_.call_after(
      std::clamp<base::Duration>(wait, 0s, longest_wait), [this, name] { ring(name); }
  );
}

void Texts::ring(const std::string& name) {
  const Planned planned = planned_.at(name);
  const auto late = loop_.wall_now() - (planned.moment - settings_.reminder);
  if (late < 0s) return arm(name);
  planned_.erase(name);
  if (late <= latest) tasks_.spawn(remind(name, planned));
}

Task<void> Texts::remind(std::string name, Planned planned) {
  const Group* group = directory_.group(planned.group);
  if (group == nullptr || !group->reminder) co_return;
  std::vector<std::string> numbers;
  for (const User* member : directory_.members_of(*group))
    numbers.push_back("+1" + member->phone_number);
  std::string text = reminder_text(settings_.reminder);
  std::string once = name + "@" + base::to_rfc3339(planned.moment);
  const auto results = co_await send(std::move(numbers), std::move(text), std::move(once));
  for (const Result& result : results)
    if (!result.error.empty())
      base::log::warning("take5.not_reminded", {{"group", planned.group}, {"why", result.error}});
}

}  // namespace belfry::apps::take5
