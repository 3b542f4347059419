#pragma once
#include "call/recordings.hpp"

namespace belfry::twiml {

/// Recording status callbacks as Twilio words them: AccountSid, CallSid or ConferenceSid,
/// RecordingSid, RecordingUrl, RecordingStatus, RecordingChannels, RecordingStartTime,
/// RecordingSource, RecordingTrack; at the end RecordingDuration, or ErrorCode.
class RecordingStatusFormat final : public call::RecordingCallbackFormat {
 public:
  call::Delivery render(const call::RecordingRecord& recording, const std::string& url)
      const override;
};

}  // namespace belfry::twiml
