#pragma once
#include <string>

#include "base/json.hpp"

/// One call for the terminal: what it is, what happened in it, and how its audio did. Pure.
namespace belfry::server {

/// @param call as `/admin/api/calls/{sid}` shows it. @param events as `…/events` does.
std::string trace_text(const base::json::value& call, const base::json::value& events);

/// The verdict on its audio names a fault.
bool has_audio_fault(const base::json::value& call);

}  // namespace belfry::server
