#pragma once
#include "call/record.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// A leg as Twilio's Call object.
base::json::object render_call(
    const call::Services& services, const call::LegRecord& leg, base::WallTime now
);
/// The HTTP exchanges of a call, oldest first, from its timeline.
base::json::array render_exchanges(const std::vector<call::EventRecord>& events);

/// The call of that account, live or from the journal; nothing when there is none (rule H6).
base::Task<base::Result<std::optional<call::LegRecord>>> find_call(
    Context& context, std::string account_sid, std::string sid
);

}  // namespace belfry::compat::twilio
