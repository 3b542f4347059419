#pragma once
#include <string>

#include "base/json.hpp"

/// A call's events in words for the terminal. Pure.
namespace belfry::server {

/// One line, without its time; empty for events that only a flight recorder needs.
/// @param event as `/admin/api/calls/{sid}/events` shows it.
std::string narrate(const base::json::value& event);

/// Whether the call is over with this event, and how.
enum class CallOutcome { goes_on, completed, failed };
CallOutcome outcome_of(const base::json::value& event);

}  // namespace belfry::server
