#include "call/destination_policy.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "numbering/emergency.hpp"
#include "numbering/number.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

constexpr int invalid_number = 21217;
constexpr int invalid_number_of_message = 21211;
constexpr int without_route = 21214;
constexpr int not_allowed = 21215;
constexpr int messages_not_allowed = 21408;
constexpr int blocked = 21216;
constexpr int beyond_cap = 20429;

/// Kinds whose price nobody can guess from the number are refused, wherever they are.
bool is_ordinary(numbering::LineType type) {
  switch (type) {
    case numbering::LineType::fixed:
    case numbering::LineType::mobile:
    case numbering::LineType::fixed_or_mobile:
    case numbering::LineType::toll_free:
    case numbering::LineType::voip:
    case numbering::LineType::uan:
    case numbering::LineType::voicemail:
      return true;
    case numbering::LineType::premium:
    case numbering::LineType::shared_cost:
    case numbering::LineType::personal:
    case numbering::LineType::pager:
    case numbering::LineType::unknown:
      return false;
  }
  return false;
}

std::unexpected<base::Error> refuse(int code, std::string message) {
  return base::fail(base::Errc::refused, std::move(message), code);
}

}  // namespace

DestinationPolicy::DestinationPolicy(
    base::Loop& loop, const DialPlan& dial_plan, const Usage& usage, Settings settings
)
    : loop_(loop),
      dial_plan_(dial_plan),
      usage_(usage),
      settings_(std::move(settings)),
      numbers_(settings_.calls_to_one_number_an_hour, 1h) {}

bool DestinationPolicy::allows_everything() const {
  return std::ranges::find(settings_.allowed_countries, "*") != settings_.allowed_countries.end();
}

base::Result<Party> DestinationPolicy::admit(
    const Party& party, const std::string& account_sid, std::size_t live
) {
  if (party.kind != Party::Kind::telephone) return party;
  if (numbering::is_emergency(party.address, settings_.allowed_countries))
    return refuse(
        blocked, "Belfry cannot reach emergency services: use another telephone (rule F3)"
    );
  if (!dial_plan_.serves(party)) return refuse(without_route, "no route leads to " + party.address);
  if (!is_paid(party)) return party;
  BELFRY_TRY(dialled, check_number(party));
  BELFRY_CHECK(check_caps(dialled, account_sid, live));
  return dialled;
}

base::Result<> DestinationPolicy::admit_message(const std::string& number, bool is_paid_for) const {
  if (numbering::is_emergency(number, settings_.allowed_countries))
    return refuse(
        blocked, "Belfry cannot reach emergency services: use another telephone (rule F3)"
    );
  if (!is_paid_for) return {};
  const auto checked = check_number({Party::Kind::telephone, number});
  if (checked) return {};
  const bool by_country = checked.error().detail == not_allowed;
  return refuse(
      by_country ? messages_not_allowed : invalid_number_of_message, checked.error().message
  );
}

base::Result<Party> DestinationPolicy::check_number(const Party& party) const {
  if (allows_everything()) return party;
  const auto number = numbering::parse(party.address);
  if (!number) return refuse(invalid_number, party.address + " is no number of any numbering plan");
  const auto& allowed = settings_.allowed_countries;
  if (std::ranges::find(allowed, number->country) == allowed.end())
    return refuse(
        not_allowed, "calls to " + number->country +
                         " are not allowed: see calls.allowed_countries in the configuration"
    );
  if (!is_ordinary(number->type))
    return refuse(not_allowed, party.address + " is a number of a kind that is not allowed");
  return Party{Party::Kind::telephone, number->e164};
}

base::Result<> DestinationPolicy::check_caps(
    const Party& party, const std::string& account_sid, std::size_t live
) {
  const UsageCount today = usage_.today(account_sid, Usage::paid_calls);
  const auto reached = [](std::uint32_t cap, std::uint64_t used) {
    return cap != 0 && used >= cap;
  };
  const auto used_calls = static_cast<std::uint64_t>(today.count) + live;
  std::string_view which;
  if (reached(settings_.calls_at_once, live)) {
    which = "calls at once";
  } else if (reached(settings_.calls_a_day, used_calls)) {
    which = "calls a day";
  } else if (reached(settings_.minutes_a_day, static_cast<std::uint64_t>(today.amount))) {
    which = "minutes a day";
  } else if (settings_.calls_to_one_number_an_hour != 0 &&
             numbers_.take(account_sid + " " + party.address, loop_.now())) {
    which = "calls to one number an hour";
  }
  if (which.empty()) {
    // Rule F2: somebody looks before it is too late.
    if (settings_.calls_a_day != 0 && used_calls * 5 == settings_.calls_a_day * 4ull)
      base::log::warning("account.cap_near", {{"account", account_sid}, {"cap", "calls a day"}});
    return {};
  }
  base::log::warning("account.cap_reached", {{"account", account_sid}, {"cap", which}});
  return refuse(beyond_cap, "the account has reached its cap of " + std::string(which));
}

}  // namespace belfry::call
