#include "admin/call_json.hpp"

namespace belfry::admin {
namespace {

using base::json::value;

value text_or_null(const std::string& text) {
  return text.empty() ? value(nullptr) : value(text);
}

value time_or_null(const std::optional<base::WallTime>& time) {
  return time ? value(base::to_rfc3339(*time)) : value(nullptr);
}

}  // namespace

base::json::object render_call(const call::LegRecord& leg, base::WallTime now) {
  const auto duration = leg.duration_s(now);
  return {
      {"sid", leg.sid},
      {"parent_sid", text_or_null(leg.parent_sid)},
      {"direction", to_string(leg.direction)},
      {"from", leg.from},
      {"to", leg.to},
      {"status", to_string(leg.status)},
      {"created_at", base::to_rfc3339(leg.created)},
      {"answered_at", time_or_null(leg.answered)},
      {"ended_at", time_or_null(leg.ended)},
      {"duration_s", duration ? value(*duration) : value(nullptr)},
      {"end_reason", text_or_null(leg.end_reason)},
      {"answered_by", nullptr},  // nothing here tells a person from a machine yet
      {"error_code", leg.error_code == 0 ? value(nullptr) : value(leg.error_code)},
      {"endpoint", text_or_null(leg.endpoint)},
      {"application", leg.application},
  };
}

base::json::object render_event(const call::EventRecord& event) {
  return {
      {"seq", event.seq},
      {"at", base::to_rfc3339(event.at)},
      {"type", event.type},
      {"data", event.data},
  };
}

}  // namespace belfry::admin
