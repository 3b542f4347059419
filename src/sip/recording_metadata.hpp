#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace belfry::sip {

/// What a session recording client tells the recorder of a call (RFC 7865).
struct RecordingMetadata {
  /// Who takes part.
  struct Participant {
    std::string address;  // a number, or a URI such as sip:ann@example.org or client:ann
  };
  struct Stream {
    std::string label;       // that of its m-line (RFC 4574)
    std::size_t sender = 0;  // of `participants`; all others hear it
  };

  std::string recording_sid;  // SR…, this recording
  std::string call_sid;       // CA…, the communication session
  std::string account_sid;
  base::WallTime started{};
  std::vector<Participant> participants;
  std::vector<Stream> streams;
  std::vector<std::pair<std::string, std::string>> parameters;  // of whoever asked for it
};

/// A complete document of type application/rs-metadata+xml (RFC 7865 section 6). Its UUIDs are made
/// of the SIDs: two recordings of one call name the same session and the same participants. The
/// SIDs themselves and the parameters are extension data of the session, in a namespace of ours.
std::string to_xml(const RecordingMetadata& metadata);

inline constexpr const char* recording_metadata_type = "application/rs-metadata+xml";

}  // namespace belfry::sip
