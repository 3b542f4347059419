#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "media/frame.hpp"

namespace belfry::call {

/// How somebody is listened to.
struct RecognitionTerms {
  std::string language = "en-US";  // BCP 47
  /// What will probably be said. An engine prefers these phrases; other words are still heard.
  std::vector<std::string> hints = {};
  bool partial_results = false;
  /// This much silence ends an utterance, which is then a final result.
  base::Duration pause = std::chrono::milliseconds(500);
};

/// What was understood of one utterance: so far, or as a whole.
struct Recognized {
  std::string transcript;  // empty: somebody made a sound, but no word was understood
  double confidence = 0;   // 0 to 1, of a final one
  bool final = false;
};

/// Is told on the control thread, never from within a call of the stream.
class RecognitionListener {
 public:
  virtual ~RecognitionListener() = default;
  /// The party began or stopped speaking (100 ms of silence); earlier than what it said.
  virtual void on_speaking(bool /*speaking*/) {}
  virtual void on_recognized(const Recognized& result) = 0;
  /// After `finish`: everything has been told.
  virtual void on_recognition_finished() = 0;
  /// The machine cannot follow: this much of the audio was left out, since the last time it was
  /// said.
  virtual void on_recognition_behind(base::Duration left_out) = 0;
  /// Nothing more comes: Errc::unavailable, the engine does not work.
  virtual void on_recognition_failed(const base::Error& why) = 0;
};

/// Somebody listens. Destroying it forgets what has not been told. Control thread.
class Ears {
 public:
  virtual ~Ears() = default;
  /// No more audio comes; what was heard is understood to the end.
  virtual void finish() = 0;
};

/// Ears for audio that is brought to them.
class RecognitionStream : public Ears {
 public:
  /// 20 ms at 8 kHz, in order; never blocks. What is lost on the way may be left out.
  virtual void hear(std::span<const std::int16_t> frame) = 0;
  /// Within the utterance's last pause this is false again after 100 ms.
  virtual bool is_speaking() const = 0;
};

/// Speech to text. `speech` implements it; the work is done off the control thread, and the engine
/// is loaded when it is first needed. Control thread.
class Recognizer {
 public:
  virtual ~Recognizer() = default;
  /// "pocketsphinx"
  virtual std::string_view engine() const = 0;
  virtual bool understands(std::string_view language) const = 0;
  /// `listener` outlives the stream. @return Errc::unsupported for a language that it does not
  /// understand, Errc::unavailable when as many are listened to as the machine can.
  virtual base::Result<std::unique_ptr<RecognitionStream>> open(
      RecognitionTerms terms, RecognitionListener& listener
  ) = 0;
  /// A whole recording; its utterances joined by spaces. Beside the streams, for one at a time.
  /// @return Errc::unsupported, Errc::unavailable
  virtual base::Task<base::Result<Recognized>> transcribe(
      media::PcmClipPtr clip, RecognitionTerms terms
  ) = 0;
};

}  // namespace belfry::call
