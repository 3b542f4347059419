// Rooms of many: the control thread's side.
#include "gateway/media/plane.hpp"

namespace belfry::gateway::media {

call::RoomId Plane::open_room(call::RoomListener*) {
  return {};
}
void Plane::close_room(call::RoomId) {}
void Plane::enter(call::RoomId, call::SeatId, call::RoomPlace) {}
void Plane::set_place(call::SeatId, call::RoomPlace) {}
call::PlaybackId Plane::play_to_room(call::RoomId, call::Playback) {
  return {};
}
void Plane::stop_playing_to_room(call::RoomId) {}

}  // namespace belfry::gateway::media
