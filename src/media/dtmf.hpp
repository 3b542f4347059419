#pragma once
#include <array>
#include <memory>
#include <optional>

#include "media/frame.hpp"

namespace belfry::media {

/// `0-9 A-D * #`, capital letters.
bool is_dtmf_digit(char digit);

/// Finds key presses in the audio itself (spandsp), for parties without telephone-event. Works at
/// 8 kHz; other rates are resampled inside. A digit is reported once, about 25 ms after it began.
/// Allocates at construction only. One thread.
class DtmfDetector {
 public:
  explicit DtmfDetector(SampleRate rate);
  ~DtmfDetector();
  DtmfDetector(DtmfDetector&&) noexcept;
  DtmfDetector& operator=(DtmfDetector&&) noexcept;

  /// @param samples at most one frame (20 ms) at a time.
  void handle_frame(ConstSamples samples);
  /// The oldest digit that was not taken yet; at most 128 are kept.
  std::optional<char> poll_digit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::media
