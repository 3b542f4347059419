#pragma once
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "media/frame.hpp"

namespace belfry::speech {

/// espeak-ng, run as a program of its own: its licence does not allow it inside, and what crashes
/// there crashes there. Text goes in by a pipe, never as an argument. Blocks: for worker threads.
class Espeak {
 public:
  /// @param program full path; empty: not used.
  explicit Espeak(std::string program);
  bool available() const { return available_; }

  /// @param voice one of espeak's own names. @param rate 0.5 to 2.
  /// @return Errc::timed_out after 10 s, Errc::too_large above 16 MiB, Errc::unavailable when it
  /// cannot be run or fails.
  base::Result<media::PcmClip> speak(const std::string& voice, const std::string& text, double rate)
      const;

 private:
  std::string program_;
  bool available_ = false;
};

}  // namespace belfry::speech
