#pragma once
#include <array>
#include <optional>

#include "base/time.hpp"
#include "media/frame.hpp"
#include "media/tone_meter.hpp"

namespace belfry::media {

/// Finds what sounds in a call without being speech: beeps (one pure tone of 400 to 2,500 Hz for at
/// least 120 ms, as answering machines and faxes make) and the tones by which networks tell how a
/// call goes on (ringing, busy, reorder, dial: the pairs of ITU-T E.180 for North America and the
/// United Kingdom, 425 Hz elsewhere). Keys are neither. One thread, no allocation; counts samples,
/// reads no clock.
class ToneDetector {
 public:
  struct Beep {
    double hz = 0;
    base::Duration length{0};
  };

  explicit ToneDetector(SampleRate rate);

  /// @param samples one frame (20 ms)
  void handle_frame(ConstSamples samples);
  /// A beep that has ended, or that has lasted for a second.
  std::optional<Beep> poll_beep();
  /// The network's tones have been there for the last 100 ms. Goes on through the short pauses of
  /// a busy tone, not through those of ringing.
  bool hears_network() const { return network_blocks_left_ > 0; }

 private:
  static constexpr std::array<double, 7> network_hz = {350, 400, 425, 440, 450, 480, 620};

  void follow_beep(ConstSamples samples);
  void follow_network(ConstSamples samples);
  void end_beep();
  void judge_block();

  SampleRate rate_;
  // The tone that may be a beep
  double hz_ = 0;
  base::Duration length_{0};
  bool reported_ = false;
  std::optional<Beep> beep_;
  // 100 ms of the network's frequencies
  std::array<ToneMeter, network_hz.size()> meters_;
  int frames_in_block_ = 0;
  int network_blocks_left_ = 0;
};

}  // namespace belfry::media
