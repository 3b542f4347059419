#pragma once
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/wait.hpp"
#include "call/form_delivery.hpp"
#include "call/leg.hpp"
#include "call/recognition.hpp"

namespace belfry::twiml {

/// A transcription that is asked for.
struct TranscriptionOrder {
  std::string name;  // empty: its SID
  call::Track track = call::Track::both;
  std::string inbound_label = {};
  std::string outbound_label = {};
  std::string language = "en-US";
  std::vector<std::string> hints = {};
  bool partial_results = false;
  call::CallbackAddress status_callback = {};
};

/// Writes down what is said in calls while it is said, and reports it to each transcription's
/// status callback: transcription-started, -content, -stopped, -error, in order. One ends when it
/// is stopped or with its leg; what was heard by then is still told. Outlives the switchboard.
/// Control thread.
class LiveTranscriptions {
 public:
  static constexpr std::size_t max_per_leg = 4;

  explicit LiveTranscriptions(base::Loop& loop);
  LiveTranscriptions(const LiveTranscriptions&) = delete;
  LiveTranscriptions& operator=(const LiveTranscriptions&) = delete;
  ~LiveTranscriptions();

  /// @return the SID (GT…). Errc::unavailable, Errc::unsupported as the recogniser says, and then
  /// the callback is told too; Errc::refused: the leg has four; Errc::conflict: it has one of that
  /// name.
  base::Result<std::string> start(call::Leg& leg, TranscriptionOrder order);
  /// By SID or name; it ends on a later turn. @return its SID, or Errc::not_found.
  base::Result<std::string> stop(const std::string& leg_sid, const std::string& sid_or_name);

 private:
  class Running;
  class Leaving;
  base::Task<void> serve(std::shared_ptr<Running> transcription);

  base::Loop& loop_;
  std::map<std::string, std::shared_ptr<Running>> running_;  // by SID; shared with their tasks
  base::TaskGroup tasks_;
};

}  // namespace belfry::twiml
