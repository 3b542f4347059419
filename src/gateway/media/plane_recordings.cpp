// Recordings and taps: the control thread's side.
#include "gateway/media/plane.hpp"

namespace belfry::gateway::media {

base::Result<call::RecordingId>
Plane::start_recording(call::SeatId, call::RecordingTerms, call::RecordingListener*) {
  return base::fail(base::Errc::unsupported, "recordings of a seat");
}
base::Result<call::RecordingId>
Plane::start_recording(call::RoomId, call::RecordingTerms, call::RecordingListener*) {
  return base::fail(base::Errc::unsupported, "recordings of a room");
}
void Plane::pause_recording(call::RecordingId, call::WhilePaused) {}
void Plane::resume_recording(call::RecordingId) {}
void Plane::stop_recording(call::RecordingId) {}
call::TapId Plane::add_tap(call::SeatId, call::Track, call::AudioTap*) {
  return {};
}
void Plane::remove_tap(call::TapId) {}

}  // namespace belfry::gateway::media
