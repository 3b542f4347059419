#include "apps/take5/application.hpp"

#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Result;
using base::Task;

UserRequest sample_user(const char* given_name, const char* family_name, const char* number) {
  UserRequest user;
  user.given_name = given_name;
  user.family_name = family_name;
  user.phone_number = number;
  user.timezone = "America/New_York";
  return user;
}

GroupRequest sample_group(
    const char* name, std::vector<std::int64_t> users, Cadence cadence, int frequency
) {
  GroupRequest group;
  group.name = name;
  group.users = std::move(users);
  group.cadence = cadence;
  group.frequency = frequency;
  return group;
}

}  // namespace

Application::Application(const Parts& parts, const Settings& settings)
    : seeds_(settings.seed),
      directory_(
          parts.loop, parts.switchboard.services().journal, settings.calls.most_participants
      ),
      figures_(parts.loop, parts.metrics, {settings.account_sid, settings.environment}),
      calls_(
          {parts.loop, parts.switchboard, parts.conferences, parts.speech, parts.jobs, directory_,
           figures_},
          settings.calls
      ),
      start_jobs_(calls_, parts.switchboard.services().journal, parts.loop),
      texts_(
          parts.loop, parts.messages, directory_,
          {settings.account_sid, settings.calls.outbound_number, settings.calls.reminder}
      ),
      planner_(
          {parts.loop, parts.random, parts.switchboard.services().journal, parts.schedules,
           directory_, calls_, texts_, settings.account_sid}
      ),
      door_(parts.loop, parts.accounts, settings.door),
      people_routes_({door_, directory_, planner_, calls_, parts.loop}),
      call_routes_({door_, directory_, planner_, calls_, texts_, figures_, parts.loop}) {
  parts.jobs.add_handler(start_jobs_);
  parts.schedules.add_handler(planner_);
  calls_.on_planned([this](const CallRecord& call) {
    texts_.plan_reminder(call.id, call.group, call.scheduled);
  });
  calls_.on_change([this](const CallRecord& call) {
    if (call.status != CallStatus::created) texts_.forget_reminder(call.id);
    if (listener_) listener_(call);
  });
}

void Application::add_to(http::Router& router) {
  people_routes_.add_to(router);
  call_routes_.add_to(router);
}

void Application::set_outbound_number(const std::string& number) {
  calls_.set_outbound_number(number);
  texts_.set_sender(number);
}

Task<Result<>> Application::load() {
  const Result<> people = co_await directory_.load();
  if (!people) co_return people;
  co_return co_await calls_.load();
}

Task<Result<>> Application::recover() {
  co_return co_await calls_.recover();
}

Task<Result<>> Application::start() {
  const Result<> planned = co_await planner_.start();
  if (!planned || !seeds_) co_return planned;
  co_return co_await seed();
}

/// Numbers of the document's examples; nobody has 555-01xx.
Task<Result<>> Application::seed() {
  if (!directory_.users().empty() || !directory_.groups().empty()) co_return Result<>{};
  base::log::info("take5.seeded", {});
  std::vector<std::int64_t> ids;
  for (UserRequest& user : std::vector<UserRequest>{
           sample_user("Alice", "Johnson", "5551234567"),
           sample_user("Bob", "Smith", "5559876543"),
           sample_user("Carol", "Diaz", "5555550123"),
       }) {
    const auto added = co_await directory_.add_user(std::move(user));
    if (!added) co_return base::fail(added.error());
    ids.push_back(added->id);
  }
  for (GroupRequest& group : std::vector<GroupRequest>{
           sample_group("Daily Check-in", ids, Cadence::daily, 1),
           sample_group("Weekly Catch-up", ids, Cadence::weekly, 2),
           sample_group("Monthly Round-table", ids, Cadence::monthly, 3),
       }) {
    const auto added = co_await directory_.add_group(std::move(group));
    if (!added) co_return base::fail(added.error());
  }
  co_return Result<>{};
}

}  // namespace belfry::apps::take5
