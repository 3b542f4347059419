#pragma once
#include "call/transcriptions.hpp"

namespace belfry::twiml {

/// `transcribeCallback` as Twilio words it: TranscriptionSid, TranscriptionText,
/// TranscriptionStatus, TranscriptionUrl, TranscriptionType, RecordingSid, RecordingUrl.
class TranscriptionFormat final : public call::TranscriptionCallbackFormat {
 public:
  call::FormFields render(
      const call::TranscriptionRecord& transcription, const std::string& recording_url
  ) const override;
};

}  // namespace belfry::twiml
