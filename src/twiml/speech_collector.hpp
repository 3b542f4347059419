#pragma once
#include <optional>
#include <string>

#include "call/recognition.hpp"

namespace belfry::twiml {

/// What speech means to a `<Gather>`: a machine of what is heard and of time, without I/O. The
/// time-out runs from the end of the prompt. Speech ends it when `speech_timeout` of silence
/// follows, or after `max_speech_time`; sound in which no word was understood is no input: the
/// time-out begins again.
class SpeechCollector {
 public:
  struct Rules {
    base::Duration timeout = std::chrono::seconds(5);
    base::Duration speech_timeout = std::chrono::seconds(1);
    base::Duration max_speech_time = std::chrono::seconds(60);
  };
  struct Outcome {
    std::string transcript;  // empty: nothing was understood until the time-out
    double confidence = 0;
  };
  /// What whoever drives it has to do.
  enum class Need {
    nothing,
    finish,  // the ears are to finish
    listen,  // new ears
  };

  explicit SpeechCollector(Rules rules) : rules_(rules) {}

  /// Harmless when somebody speaks.
  void handle_prompt_ended(base::Instant now);
  void handle_speaking(bool speaking, base::Instant now);
  void handle_recognized(const call::Recognized& result);
  /// The ears have told everything.
  void handle_finished(base::Instant now);
  /// There are no ears any more: without words so far, silence until the time-out.
  void handle_failed(base::Instant now);
  void handle_timeout(base::Instant now);
  std::optional<base::Instant> next_timeout() const;
  /// Once for each need.
  Need take_need();
  const std::optional<Outcome>& outcome() const { return outcome_; }
  /// What is final so far.
  const std::string& stable() const { return heard_.transcript; }

 private:
  enum class State { waiting, speaking, silent, finishing };

  Rules rules_;
  State state_ = State::waiting;
  std::optional<base::Instant> deadline_;
  std::optional<base::Instant> first_sound_;
  Outcome heard_;
  int utterances_ = 0;  // understood ones
  Need need_ = Need::nothing;
  std::optional<Outcome> outcome_;
};

}  // namespace belfry::twiml
