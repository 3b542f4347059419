#pragma once
#include <string>
#include <variant>

#include "admin/problem.hpp"
#include "call/switchboard.hpp"

namespace belfry::admin {

/// Body of `POST /admin/api/calls` to the command of the call model: `to`, exactly one of `say`,
/// `twiml` and `url`, and optionally `from`, `method`, `fallback_url`, `status_callback`,
/// `status_callback_event`, `ring_timeout_s`. Pure.
/// @param default_from shown to the party when the body names no `from`.
std::variant<call::PlaceCall, Complaints> read_place_call(
    const base::json::object& body, const std::string& default_from
);

}  // namespace belfry::admin
