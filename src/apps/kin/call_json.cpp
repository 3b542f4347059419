#include "apps/kin/call_json.hpp"

namespace belfry::apps::kin {
namespace {

using base::json::value;

value time_or_null(const std::optional<base::WallTime>& time) {
  return time ? value(base::to_rfc3339(*time)) : value(nullptr);
}

}  // namespace

base::json::object render_placed(const call::LegRecord& leg) {
  return {
      {"success", true},
      {"callSid", leg.sid},
      {"status", to_string(leg.status)},
      {"direction", to_string(leg.direction)},
      {"from", leg.from},
      {"to", leg.to},
      {"startTime", time_or_null(leg.answered)},
      {"endTime", time_or_null(leg.ended)},
  };
}

base::json::object render_call(const call::LegRecord& leg, base::WallTime now) {
  const bool over = call::is_final(leg.status);
  const std::int64_t seconds = leg.duration_s(now).value_or(0);
  return {
      {"sid", leg.sid},
      {"status", to_string(leg.status)},
      {"direction", to_string(leg.direction)},
      {"from", leg.from},
      {"to", leg.to},
      {"startTime", time_or_null(leg.answered)},
      {"endTime", time_or_null(leg.ended)},
      {"duration", over ? value(std::to_string(seconds)) : value(nullptr)},
      {"price", nullptr},
      {"priceUnit", "USD"},
  };
}

}  // namespace belfry::apps::kin
