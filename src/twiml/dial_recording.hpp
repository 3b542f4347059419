#pragma once
#include <optional>

#include "call/leg.hpp"
#include "call/recordings.hpp"
#include "twiml/dial.hpp"

namespace belfry::twiml {

/// The recording that a `<Dial record>` asks for: of the caller's leg, so that in a dual one it is
/// the first channel and the dialled party (or who waited in a queue) the second. It ends with the
/// dial, however that ends.
class DialRecording {
 public:
  DialRecording(const Dial& dial, Session& session) : dial_(dial), session_(session) {}

  void on_ringing();
  /// The two have been joined.
  void on_answer();
  /// The same; the party's own callback tells of the recording too.
  void on_answer(call::Leg& party);
  void stop() { guard_.reset(); }
  /// RecordingUrl and RecordingSid, if there is one.
  void add_to(call::FormFields& fields) const;

 private:
  void start();

  const Dial& dial_;
  Session& session_;
  std::optional<call::RecordingGuard> guard_;
  std::string sid_;
  std::string url_;
};

}  // namespace belfry::twiml
