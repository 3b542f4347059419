#pragma once
#include "call/recordings.hpp"
#include "compat/twilio/resource.hpp"

namespace belfry::compat::twilio {

/// A recording as Twilio's Recording object.
base::json::object render_recording(
    const call::Services& services, const call::RecordingRecord& recording
);
/// The object below a call: with its track.
base::json::object render_call_recording(
    const call::Services& services, const call::RecordingRecord& recording
);
/// The object below a conference.
base::json::object render_conference_recording(
    const call::Services& services, const call::RecordingRecord& recording
);

/// The recording of that account, running or finished; nothing when there is none or its media was
/// deleted (rule H6).
base::Task<base::Result<std::optional<call::RecordingRecord>>> find_recording(
    Context& context, std::string account_sid, std::string sid
);

}  // namespace belfry::compat::twilio
