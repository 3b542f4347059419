#include "media/concealment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace belfry::media {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t highest_pitch_hz = 400, lowest_pitch_hz = 66;  // of human voices

double mix(double from, double to, std::size_t at, std::size_t length) {
  const double weight = (static_cast<double>(at) + 0.5) / static_cast<double>(length);
  return from + (to - from) * weight;
}

}  // namespace

Concealment::Concealment(SampleRate rate)
    : shortest_(rate.hz / highest_pitch_hz),
      longest_(rate.hz / lowest_pitch_hz),
      window_(samples_in(milliseconds(20), rate)),
      join_(samples_in(milliseconds(4), rate)),
      steady_(samples_in(milliseconds(10), rate)),
      fade_(samples_in(milliseconds(50), rate)),
      history_(std::max(window_ + longest_, 2 * longest_)),
      cycle_(longest_) {}

/// The shift at which the newest 20 ms look most like what came before (average magnitude
/// difference). Every second sample is enough above 8 kHz: pitch is far below.
std::size_t Concealment::find_pitch() const {
  const std::size_t stride = history_.size() > 400 ? 2 : 1;
  const Sample* const newest = history_.data() + history_.size() - window_;
  std::size_t best = shortest_;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t lag = shortest_; lag <= longest_; ++lag) {
    std::int64_t difference = 0;
    for (std::size_t i = 0; i < window_; i += stride)
      difference += std::abs(int{newest[i]} - *(newest + i - lag));
    if (difference < least) {
      least = difference;
      best = lag;
    }
  }
  return best;
}

void Concealment::begin_loss() {
  pitch_ = find_pitch();
  const std::size_t quarter = pitch_ / 4;
  const Sample* const last = history_.data() + history_.size() - pitch_;
  for (std::size_t i = 0; i < pitch_; ++i) {
    const std::size_t to_end = pitch_ - i;
    // Towards its end the period turns into the one before, which leads to its own beginning.
    cycle_[i] =
        to_end > quarter ? last[i] : mix(last[i], *(last + i - pitch_), quarter - to_end, quarter);
  }
}

double Concealment::next_sample() {
  const std::size_t at = missing_++;
  double value = cycle_[at % pitch_];
  const std::size_t quarter = pitch_ / 4;
  // What was heard already cannot be faded any more; its mirror image leads away from it smoothly.
  if (at < quarter) value = mix(history_[history_.size() - 1 - at], value, at, quarter);
  if (at < steady_) return value;
  return value *
         std::max(0.0, 1.0 - static_cast<double>(at - steady_) / static_cast<double>(fade_));
}

void Concealment::conceal(Samples frame) {
  if (missing_ == 0) begin_loss();
  for (Sample& sample : frame) sample = static_cast<Sample>(std::lround(next_sample()));
}

void Concealment::handle_frame(Samples frame) {
  if (missing_ > 0) {
    const std::size_t join = std::min(join_, frame.size());
    for (std::size_t i = 0; i < join; ++i)
      frame[i] = static_cast<Sample>(std::lround(mix(next_sample(), frame[i], i, join)));
    missing_ = 0;
  }
  remember(frame);
}

void Concealment::remember(ConstSamples frame) {
  if (frame.size() > history_.size()) frame = frame.last(history_.size());
  std::copy(history_.begin() + std::ssize(frame), history_.end(), history_.begin());
  std::ranges::copy(frame, history_.end() - std::ssize(frame));
}

}  // namespace belfry::media
