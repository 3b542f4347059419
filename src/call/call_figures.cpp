#include "call/call_figures.hpp"

#include <algorithm>
#include <array>

#include "call/json_members.hpp"

namespace belfry::call {
namespace {

/// Carriers that are none: nobody is paid for their calls. The third step of the store's schema has
/// them too.
constexpr std::array<std::string_view, 3> own_carriers = {
    "simulator", "registration", "application"
};

bool is_paid(const LegRecord& leg) {
  return leg.direction != LegRecord::Direction::inbound && leg.attempt &&
         std::ranges::find(own_carriers, leg.attempt->carrier) == own_carriers.end();
}

}  // namespace

CallFigures& CallFigures::operator+=(const CallFigures& other) {
  calls += other.calls;
  answered += other.answered;
  seconds += other.seconds;
  minutes += other.minutes;
  paid_calls += other.paid_calls;
  paid_minutes += other.paid_minutes;
  return *this;
}

CallFigures figures_of(const LegRecord& leg) {
  CallFigures figures{.calls = 1};
  if (leg.answered) {
    figures.answered = 1;
    figures.seconds = leg.duration_s(*leg.answered).value_or(0);
    figures.minutes = std::max<std::int64_t>((figures.seconds + 59) / 60, 1);
  }
  if (is_paid(leg)) {
    figures.paid_calls = 1;
    figures.paid_minutes = figures.minutes;
  }
  return figures;
}

std::string group_of(const LegRecord& leg) {
  return text_member(leg.program.parameters, "group");
}

}  // namespace belfry::call
