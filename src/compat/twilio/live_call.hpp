#pragma once
#include <expected>

#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// The leg of `{CallSid}` in the path, for operations on a call that is in progress. Valid until
/// the loop's next turn.
/// @return 404/20404 for a call that is not there or another account's (rule H6), 400/21220 for one
/// that has not been answered or is over.
base::Task<std::expected<call::Leg*, http::Response>> find_live_call(
    const Context& context, const Ask& ask
);

}  // namespace belfry::compat::twilio
