#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/mixer_workspace.hpp"
#include "media/resampler.hpp"

namespace belfry::media {

/// One voice in a mix: its level, and its sound at every rate that is listened at. What stops
/// without having been faded out runs down from its last value, so that nothing clicks. One thread;
/// `prepare` allocates.
class MixerSource {
 public:
  /// What it is; 0: free.
  std::uint64_t owner = 0;
  std::uint64_t coached = 0;  // who alone hears it; 0: all
  bool is_gone = false;       // nothing more comes; only its end is heard
  float target = 0;           // gain at the end of the next frame

  bool is_free() const { return owner == 0; }
  void start(std::uint64_t id, std::uint64_t only_for);
  /// Can be given to somebody else: it has faded out.
  bool is_silent() const { return target == 0 && gain_ == 0 && !rings_; }

  /// Makes what converts from one of `from` to one of `to`, by rate.
  void prepare(const std::array<bool, rate_count>& from, const std::array<bool, rate_count>& to);
  /// Writes this tick's sound at each wanted rate to `into`. @param samples empty: nothing is said.
  void render(
      ConstSamples samples, SampleRate rate, const std::array<bool, rate_count>& wanted,
      std::array<Sum, rate_count>& into
  );

 private:
  void render_at(ConstSamples samples, std::size_t rate, Sum& into);
  void run_down(std::size_t rate, Sum& into);

  float gain_ = 0;                        // at the end of the last frame
  bool rings_ = false;                    // the last frame did not end with silence
  std::array<float, rate_count> last_{};  // its last values
  std::array<std::array<std::optional<Resampler>, rate_count>, rate_count> converters_;  // from, to
};

}  // namespace belfry::media
