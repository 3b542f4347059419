#pragma once
#include <variant>

#include "admin/problem.hpp"
#include "call/schedule/campaign.hpp"
#include "call/schedule/schedules.hpp"

/// Schedules and campaigns in the words of the API. Pure.
namespace belfry::admin {

/// `kind`? ("call"), `name`?, `rule`, `zone`?, `start`?, `end`?, `quiet_hours`? {`from`, `until`,
/// `then`?: "postpone" | "skip"}, `grace_s`?, `enabled`?, `parameters`?.
std::variant<call::schedule::ScheduleTerms, Complaints> read_schedule(
    const base::json::object& body, const std::string& id, const std::string& default_from
);
base::json::object render(const call::schedule::Schedule& schedule);
base::json::object render(const call::schedule::Occurrence& occurrence);
/// A moment in UTC, and what the clock shows in the zone.
base::json::object render_moment(base::WallTime moment, const std::string& zone);

/// The terms of `CallTerms` and `name`?, `calls_per_second`?, `at_once`?.
std::variant<call::schedule::Campaign, Complaints> read_campaign(
    const base::json::object& body, const std::string& default_from
);
/// `numbers`: texts, or objects {`number`, `variables`?}. At least `fewest`.
std::variant<std::vector<call::schedule::CampaignNumber>, Complaints> read_numbers(
    const base::json::object& body, std::size_t fewest
);
base::json::object render(const call::schedule::Campaign& campaign);
base::json::object render(const call::schedule::Progress& progress);

}  // namespace belfry::admin
