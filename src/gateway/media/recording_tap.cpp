#include "gateway/media/recording_tap.hpp"

namespace belfry::gateway::media {

void RecordingTap::on_frame(const TappedFrame& frame) noexcept {
  Samples samples{};  // silence keeps the recording in step with time
  if (!frame.heard.empty()) converter_.process(frame.heard, frame.rate, samples);
  if (!frames_.push(samples)) dropped_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace belfry::gateway::media
