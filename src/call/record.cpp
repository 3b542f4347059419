#include "call/record.hpp"

namespace belfry::call {

std::optional<std::int64_t> LegRecord::duration_s(base::WallTime now) const {
  if (!answered) return std::nullopt;
  const auto length =
      std::chrono::floor<std::chrono::seconds>(ended.value_or(now) - *answered).count();
  return std::max<std::int64_t>(length, 0);
}

std::string_view to_string(LegRecord::Direction direction) {
  switch (direction) {
    case LegRecord::Direction::inbound:
      return "inbound";
    case LegRecord::Direction::outbound_api:
      return "outbound-api";
    case LegRecord::Direction::outbound_dial:
      return "outbound-dial";
  }
  return "";
}

std::optional<LegRecord::Direction> parse_direction(std::string_view text) {
  using enum LegRecord::Direction;
  for (const auto direction : {inbound, outbound_api, outbound_dial}) {
    if (to_string(direction) == text) return direction;
  }
  return std::nullopt;
}

}  // namespace belfry::call
