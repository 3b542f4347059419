#pragma once
#include <string>

#include "base/json.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "call/media.hpp"
#include "call/recognition.hpp"
#include "call/record.hpp"

namespace belfry::call {
class Leg;
}

namespace belfry::twiml {

/// The verbs of a leg that documents use, each as `call::Leg` describes it. Between interpreter and
/// leg so that a document runs on virtual time against a scripted party. Control thread.
class Voice {
 public:
  virtual ~Voice() = default;
  virtual base::Loop& loop() = 0;
  virtual const call::LegRecord& record() const = 0;
  /// The leg itself, for verbs that bring in others (Dial, Conference, Record …); nullptr for a
  /// scripted party, which those verbs skip.
  virtual call::Leg* leg() { return nullptr; }
  virtual void ring() = 0;
  virtual base::Task<base::Result<>> answer() = 0;
  virtual base::Task<void> play(call::Playback playback, call::Words words) = 0;
  virtual base::Task<char> next_digit() = 0;
  virtual void forget_digits() = 0;
  /// Understands what the party says from now on, as long as the ears live; `listener` outlives
  /// them. @return Errc::unavailable, Errc::unsupported for the language.
  virtual base::Result<std::unique_ptr<call::Ears>> listen(
      call::RecognitionTerms terms, call::RecognitionListener& listener
  ) = 0;
  virtual void hang_up(call::HangupCause cause, std::string detail) = 0;
  virtual void note(std::string type, base::json::object data) = 0;
  virtual void note_error(int code, std::string message) = 0;
};

}  // namespace belfry::twiml
