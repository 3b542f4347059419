#pragma once
#include <optional>

#include "base/time.hpp"
#include "call/machine_detection.hpp"

namespace belfry::call {

/// Tells a person from an answering machine by when the party speaks and by the machine's beep: one
/// short utterance and then silence is a person, long speech is a greeting. A machine of events and
/// time without I/O; it begins at the answer. Tones of the network are not speech: who feeds this
/// leaves them out.
class AnsweringMachine {
 public:
  AnsweringMachine(const MachineDetection& rules, base::Instant answered)
      : rules_(rules), started_(answered) {}

  void handle_speech(bool speaking, base::Instant now);
  /// A pure tone has ended. 2,100 Hz before any word is a fax (ITU-T T.30 CED).
  void handle_beep(double hz, base::Instant now);
  void handle_timeout(base::Instant now);
  /// When `handle_timeout` is due; nothing once there is a verdict.
  std::optional<base::Instant> next_timeout() const;
  const std::optional<AnsweredBy>& verdict() const { return verdict_; }

 private:
  MachineDetection rules_;
  base::Instant started_;
  std::optional<base::Instant> began_;  // to speak
  base::Instant paused_{};              // the last end of speech
  bool speaking_ = false;
  bool is_machine_ = false;  // waiting for the end of its message
  std::optional<AnsweredBy> verdict_;
};

}  // namespace belfry::call
