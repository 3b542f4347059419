#include "twiml/transcription_callback.hpp"

namespace belfry::twiml {

call::FormFields TranscriptionFormat::render(
    const call::TranscriptionRecord& transcription, const std::string& recording_url
) const {
  const std::string account = recording_url.substr(0, recording_url.find("/Recordings/"));
  return {
      {"TranscriptionSid", transcription.sid},
      {"TranscriptionText", transcription.text},
      {"TranscriptionStatus", std::string(call::to_string(transcription.status))},
      {"TranscriptionUrl", account + "/Transcriptions/" + transcription.sid},
      {"TranscriptionType", "fast"},
      {"RecordingSid", transcription.recording_sid},
      {"RecordingUrl", recording_url},
  };
}

}  // namespace belfry::twiml
