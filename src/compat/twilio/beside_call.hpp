#pragma once
#include <functional>
#include <string>

#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// What the operations on `/Calls/{CallSid}/Streams`, `/Siprec` and `/Transcriptions` have in
/// common: something that runs beside a call until it is stopped, by its SID or its name.

/// @param collection the last part of its path: "Streams"
base::json::object render_beside_call(
    const Context& context, const Ask& ask, std::string_view collection, const std::string& sid,
    std::string_view name, std::string_view status
);

/// The request that stops it. @param stop gives the SID of what it stopped.
using StopBesideCall = std::function<
    base::Result<std::string>(const std::string& call_sid, const std::string& sid_or_name)>;
base::Task<http::Response> stop_beside_call(
    const Context& context, Ask ask, std::string_view collection, StopBesideCall stop
);

}  // namespace belfry::compat::twilio
