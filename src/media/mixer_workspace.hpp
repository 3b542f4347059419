#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/codec.hpp"
#include "media/frame.hpp"

namespace belfry::media {

/// The rates that a mixer works at.
inline constexpr std::size_t rate_count = 3;
inline constexpr std::array<SampleRate, rate_count> mixer_rates{narrowband, wideband, fullband};
constexpr std::size_t rate_index(SampleRate rate) {
  return rate == narrowband ? 0 : rate == wideband ? 1 : 2;
}

/// Talkers, talkers that fade out, coaches, and what is played to the room.
inline constexpr std::size_t max_mixer_sources = 18;

/// 20 ms before they are rounded and limited.
using Sum = std::array<float, Frame::max_samples>;

/// A sum of sources that somebody hears: its samples at each rate and its packets in each codec are
/// made when first asked for.
struct Mix {
  std::uint32_t sources = 0;
  std::array<bool, rate_count> has_samples{};
  std::array<std::array<Sample, Frame::max_samples>, rate_count> samples;
  std::array<std::size_t, codec_count> payload_size{};  // 0: not encoded
  std::array<std::array<std::byte, max_payload>, codec_count> payload;
};

/// What mixers need during a tick only: one serves all rooms of a thread. About 450 KiB, of which a
/// tick touches what it uses.
struct MixerWorkspace {
  static constexpr std::size_t max_mixes = 32;

  std::array<std::array<Sum, rate_count>, max_mixer_sources> sources;
  std::array<std::uint32_t, rate_count> rendered{};  // which of them, at each rate
  std::array<Mix, max_mixes> mixes;
  std::size_t mix_count = 0;
  std::array<Sample, Frame::max_samples> own;  // of the member in turn

  /// Forgets the last room.
  void clear();
  /// The mix of these sources; the first is what most hear.
  Mix& mix_of(std::uint32_t sources);
  ConstSamples samples_of(Mix& mix, SampleRate rate);
};

}  // namespace belfry::media
