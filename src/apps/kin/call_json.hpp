#pragma once
#include "base/json.hpp"
#include "call/record.hpp"

/// Calls as KIN's clients read them. Pure.
namespace belfry::apps::kin {

/// The answer to a new call: {"success", "callSid", "status", …}.
base::json::object render_placed(const call::LegRecord& leg);
/// {"sid", "status", "direction", "from", "to", "startTime", "endTime", "duration", "price",
/// "priceUnit"}; `duration` is a text, as the vendor's client gives it.
base::json::object render_call(const call::LegRecord& leg, base::WallTime now);

}  // namespace belfry::apps::kin
