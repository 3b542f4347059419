#include "gateway/media/live_tap.hpp"

namespace belfry::gateway::media {

void LiveTap::on_frame(const TappedFrame& frame) noexcept {
  if (!frame.heard.empty() && !frame.lost && tracks_ != call::Track::outbound) {
    TimedFrame heard = heard_.follow_heard(frame);
    frames_.write(heard);
  }
  if (!frame.spoken.empty() && tracks_ != call::Track::inbound) {
    TimedFrame spoken = spoken_.follow_spoken(frame);
    frames_.write(spoken);
  }
}

void LiveTap::deliver() {
  while (const auto frame = frames_.read()) {
    if (listener_ == nullptr || frame->at < begin_) continue;
    listener_->on_audio(frame->track, frame->at - begin_, frame->samples);
  }
}

}  // namespace belfry::gateway::media
