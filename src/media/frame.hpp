#pragma once
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace belfry::media {

/// PCM here is always 16-bit, mono, native byte order; spans of it are what functions exchange.
using Sample = std::int16_t;
using Samples = std::span<Sample>;
using ConstSamples = std::span<const Sample>;

/// Samples per second: 8000, 16000 and 48000 inside the media plane; files may have any rate.
struct SampleRate {
  std::uint32_t hz = 8000;
  auto operator<=>(const SampleRate&) const = default;
};
inline constexpr SampleRate narrowband{8000};
inline constexpr SampleRate wideband{16000};
inline constexpr SampleRate fullband{48000};

/// The tick of the media plane: every frame is this long.
inline constexpr base::Duration frame_duration = std::chrono::milliseconds(20);

/// Samples in one frame: 160, 320, 960 for 8, 16, 48 kHz.
constexpr std::size_t samples_per_frame(SampleRate rate) {
  return rate.hz / 50;
}
/// Rounded down to whole samples. A negative duration is 0 samples.
constexpr std::size_t samples_in(base::Duration duration, SampleRate rate) {
  using std::chrono::microseconds;
  const auto micros = std::chrono::duration_cast<microseconds>(duration).count();
  return micros <= 0 ? 0 : static_cast<std::size_t>(micros) * rate.hz / 1'000'000;
}
constexpr base::Duration duration_of(std::size_t samples, SampleRate rate) {
  return rate.hz == 0
             ? base::Duration{0}
             : base::Duration{static_cast<std::int64_t>(samples) * 1'000'000 / rate.hz * 1'000};
}

/// 20 ms of PCM by value, room for the highest rate; no allocation.
class Frame {
 public:
  static constexpr std::size_t max_samples = samples_per_frame(fullband);

  /// Silence. @param rate at most 48 kHz.
  explicit Frame(SampleRate rate = narrowband)
      : rate_(rate), size_(static_cast<std::uint16_t>(samples_per_frame(rate))) {
    assert(rate.hz <= fullband.hz);
  }
  SampleRate rate() const { return rate_; }
  Samples samples() { return Samples(storage_).first(size_); }
  ConstSamples samples() const { return ConstSamples(storage_).first(size_); }

 private:
  std::array<Sample, max_samples> storage_{};
  SampleRate rate_;
  std::uint16_t size_;
};

/// A finished piece of audio. Immutable, so any thread may read it.
struct PcmClip {
  SampleRate rate;
  std::vector<Sample> samples;

  base::Duration duration() const { return duration_of(samples.size(), rate); }
};
/// Shared by the cache of the control plane and by every player that plays it at the moment.
using PcmClipPtr = std::shared_ptr<const PcmClip>;

}  // namespace belfry::media
