#pragma once
#include "call/program.hpp"

namespace belfry::twiml {

/// Status callbacks as Twilio words them: the standard parameters, CallStatus of the event,
/// Timestamp, CallbackSource, SequenceNumber; at the end CallDuration (seconds), Duration (minutes,
/// rounded up) and SipResponseCode when there is one.
class StatusCallbackFormat final : public call::CallbackFormat {
 public:
  call::Delivery render(
      const call::LegRecord& leg, std::string_view event, std::uint64_t sequence, base::WallTime at
  ) const override;
  /// CallSid, AccountSid, AnsweredBy, MachineDetectionDuration.
  call::Delivery render_detection(const call::LegRecord& leg, base::WallTime at) const override;
};

}  // namespace belfry::twiml
