#pragma once
#include <string>

#include "base/result.hpp"
#include "base/task.hpp"
#include "call/media.hpp"
#include "call/web.hpp"

namespace belfry::call {

class Leg;

/// A document whose sound is heard beside a leg's own program: what those who wait or are held in a
/// conference hear, an announcement. Few verbs are allowed in it (TwiML: Say, Play, Pause,
/// Redirect).
struct SideDocument {
  std::string url;  // absolute
  std::string method = "POST";
  FormFields parameters = {};    // besides the standard ones of the leg
  bool own_application = false;  // served in process
  /// Audio without a document round it is repeated until it is stopped.
  enum class Audio { once, loops } audio = Audio::once;
};

/// Where the sound of a document goes when it is not one leg's seat.
class SoundTarget {
 public:
  virtual ~SoundTarget() = default;
  virtual const std::string& account_sid() const = 0;
  virtual base::Loop& loop() = 0;
  /// Plays to the end; destroying the task stops the sound.
  virtual base::Task<void> play(Playback playback, Words words) = 0;
};

/// Runs side documents; `twiml` implements it. Control thread.
class SideDocuments {
 public:
  virtual ~SideDocuments() = default;
  /// Fetches it and plays it to its end, to a leg that has been answered. Destroying the task stops
  /// the sound.
  /// @return Twilio's code in `Error::detail` when it could not be had, or holds a forbidden verb
  /// (13238); the leg's timeline has it then.
  virtual base::Task<base::Result<>> play(Leg& leg, SideDocument document) = 0;
  virtual base::Task<base::Result<>> play(SoundTarget& target, SideDocument document) = 0;
};

}  // namespace belfry::call
