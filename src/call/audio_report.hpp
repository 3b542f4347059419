#pragma once
#include "base/json.hpp"
#include "call/audio_verdict.hpp"

/// What was seen of a leg's audio as the log of events and the API show it. Pure.
namespace belfry::call {

base::json::object render(const SeatStatistics& seen);
base::json::object render(const AudioVerdict& verdict);

}  // namespace belfry::call
