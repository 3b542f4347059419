#pragma once
#include "base/json.hpp"
#include "call/record.hpp"

/// Calls and their events as the API and the live events show them. Pure; any thread.
namespace belfry::admin {

/// @param now for the duration of a call that still lives.
base::json::object render_call(const call::LegRecord& leg, base::WallTime now);
base::json::object render_event(const call::EventRecord& event);

}  // namespace belfry::admin
