#pragma once
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/task.hpp"
#include "media/frame.hpp"

namespace belfry::call {

struct Utterance {
  std::string text;   // plain text of one sentence or so, any script, at most 4,096 characters
  std::string voice;  // as TwiML names it: "alice", "man", "Polly.Joanna"; unknown ones fall back
  std::string language;  // BCP 47, "en-US"
  double rate = 1.0;     // 0.5 to 2
  bool operator==(const Utterance&) const = default;
};

/// Text to speech. `speech` implements it; synthesis runs off the control thread and is cached by
/// content.
class Speech {
 public:
  virtual ~Speech() = default;
  /// The clip is shared by the cache and every seat that plays it.
  virtual base::Task<base::Result<std::shared_ptr<const media::PcmClip>>> synthesize(
      Utterance utterance
  ) = 0;
};

}  // namespace belfry::call
