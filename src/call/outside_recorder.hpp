#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "call/media.hpp"
#include "call/party_terms.hpp"

/// Recording by somebody else: a leg's audio goes to a recorder outside, which is told what call it
/// is. `gateway/sip` implements it by SIPREC (RFC 7866).
namespace belfry::call {

struct OutsideRecordingOrder {
  std::string recorder;  // its name in the configuration
  std::string sid;       // SR…
  std::string account_sid;
  std::string call_sid;
  std::string party;  // who speaks on the inbound track: a number or a URI
  std::string other;  // and who on the outbound one
  SeatId seat;
  Track track = Track::both;
  NamedValues parameters;  // for the recorder, as they are
};

/// Control thread. Never called from inside `open`.
class OutsideRecordingListener {
 public:
  virtual ~OutsideRecordingListener() = default;
  /// The recorder takes the audio.
  virtual void on_recording_started() = 0;
  /// The last thing it says. An error when the recorder could not be reached, refused or was lost;
  /// none when it wanted no more. It does not destroy the recording from in here.
  virtual void on_recording_ended(base::Result<> how) = 0;
};

/// Destroying it ends the recording, and tells the recorder so; the listener hears nothing then.
class OutsideRecording {
 public:
  virtual ~OutsideRecording() = default;
};

class OutsideRecorders {
 public:
  virtual ~OutsideRecorders() = default;
  virtual bool knows(std::string_view recorder) const = 0;
  /// `listener` outlives the recording.
  /// @return Errc::not_found when no recorder has that name; Errc::unavailable without a free port.
  virtual base::Result<std::unique_ptr<OutsideRecording>> open(
      OutsideRecordingOrder order, OutsideRecordingListener& listener
  ) = 0;
};

}  // namespace belfry::call
