#include "media/tone_detector.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "media/level.hpp"

namespace belfry::media {
namespace {

using namespace std::chrono_literals;

constexpr double quietest_dbov = -45;
constexpr double lowest_hz = 400, highest_hz = 2500;
constexpr double drift_hz = 20;      // of one beep, from frame to frame
constexpr double pure_share = 0.85;  // of a frame's energy
constexpr base::Duration shortest_beep = 120ms;
constexpr base::Duration long_beep = 1s;

constexpr int frames_a_block = 5;       // 100 ms: the meters tell tones 10 Hz apart
constexpr int remembered_blocks = 8;    // a busy tone pauses for half a second
constexpr double network_share = 0.8;   // of both tones together
constexpr double smallest_share = 0.2;  // of each of a pair
constexpr double single_share = 0.9;

/// The frequency of the sine that fits best: x[n] + x[n-2] = 2 cos(w) x[n-1].
double frequency_of(ConstSamples samples, SampleRate rate) {
  double product = 0;
  double energy = 0;
  for (std::size_t n = 2; n < samples.size(); ++n) {
    const double middle = samples[n - 1];
    product += middle * (static_cast<double>(samples[n]) + samples[n - 2]);
    energy += middle * middle;
  }
  if (energy <= 0) return 0;
  const double cosine = product / energy / 2;
  if (cosine <= -1 || cosine >= 1) return 0;
  return std::acos(cosine) * rate.hz / (2 * std::numbers::pi);
}

template <std::size_t... Index>
std::array<ToneMeter, sizeof...(Index)>
make_meters(SampleRate rate, const std::array<double, sizeof...(Index)>& hz, std::index_sequence<Index...>) {
  return {ToneMeter(rate, hz[Index])...};
}

}  // namespace

ToneDetector::ToneDetector(SampleRate rate)
    : rate_(rate),
      meters_(make_meters(rate, network_hz, std::make_index_sequence<network_hz.size()>())) {}

void ToneDetector::handle_frame(ConstSamples samples) {
  follow_network(samples);
  follow_beep(samples);
}

std::optional<ToneDetector::Beep> ToneDetector::poll_beep() {
  return std::exchange(beep_, std::nullopt);
}

void ToneDetector::follow_beep(ConstSamples samples) {
  const double hz = level_dbov(samples) > quietest_dbov ? frequency_of(samples, rate_) : 0;
  const bool pure = hz >= lowest_hz && hz <= highest_hz && !hears_network() &&
                    tone_share(samples, rate_, hz) > pure_share;
  if (!pure) return end_beep();
  if (length_ > 0ns && std::abs(hz - hz_) > drift_hz) end_beep();
  hz_ = hz;
  length_ += duration_of(samples.size(), rate_);
  if (length_ < long_beep || reported_) return;
  beep_ = Beep{hz_, length_};
  reported_ = true;
}

void ToneDetector::end_beep() {
  // The network's tones are known 100 ms after they began.
  if (length_ >= shortest_beep && !reported_ && !hears_network()) beep_ = Beep{hz_, length_};
  length_ = 0ns;
  reported_ = false;
}

void ToneDetector::follow_network(ConstSamples samples) {
  for (ToneMeter& meter : meters_) meter.handle_samples(samples);
  if (++frames_in_block_ < frames_a_block) return;
  judge_block();
  frames_in_block_ = 0;
  meters_ = make_meters(rate_, network_hz, std::make_index_sequence<network_hz.size()>());
}

void ToneDetector::judge_block() {
  constexpr std::pair<std::size_t, std::size_t> pairs[] = {
      {0, 3},  // dial: 350 + 440
      {3, 5},  // ringing: 440 + 480
      {5, 6},  // busy, reorder: 480 + 620
      {1, 4},  // ringing in the United Kingdom: 400 + 450
  };
  constexpr std::size_t single = 2;  // 425
  if (network_blocks_left_ > 0) --network_blocks_left_;
  bool heard = meters_[single].share() > single_share;
  for (const auto& [low, high] : pairs) {
    const double one = meters_[low].share();
    const double other = meters_[high].share();
    heard =
        heard || (one > smallest_share && other > smallest_share && one + other > network_share);
  }
  heard = heard && meters_[single].level_dbov() > silence_dbov;
  if (heard) network_blocks_left_ = remembered_blocks;
}

}  // namespace belfry::media
