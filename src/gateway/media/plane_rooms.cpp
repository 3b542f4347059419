// Rooms of many: the control thread's side.
#include "gateway/media/plane.hpp"

namespace belfry::gateway::media {

call::RoomId Plane::open_room(call::RoomListener* listener) {
  const call::RoomId id{++last_id_};
  rooms_[id] = listener;
  submit(OpenRoom{std::make_unique<Room>(id)});
  return id;
}

void Plane::close_room(call::RoomId room) {
  if (rooms_.erase(room) > 0) submit(CloseRoom{room});
}

void Plane::enter(call::RoomId room, call::SeatId seat, call::RoomPlace place) {
  if (!rooms_.contains(room) || !seats_.contains(seat)) return;
  submit(EnterRoom{room, seat, place, std::make_unique<RoomMember>(seat)});
}

void Plane::set_place(call::SeatId seat, call::RoomPlace place) {
  submit(SetPlace{seat, place});
}

call::PlaybackId Plane::play_to_room(call::RoomId room, call::Playback playback) {
  const call::PlaybackId id{++last_id_};
  if (!rooms_.contains(room)) return id;
  if (auto* clip = std::get_if<call::ClipPlayback>(&playback)) {
    clip->clip = clip_rates_.at_rate(clip->clip, belfry::media::wideband);
  }
  submit(PlayToRoom{room, id, std::move(playback)});
  return id;
}

void Plane::stop_playing_to_room(call::RoomId room) {
  submit(StopPlayingToRoom{room});
}

void Plane::tell(const RoomPlaybackFinished& what) const {
  const auto found = rooms_.find(what.room);
  if (found != rooms_.end() && found->second != nullptr)
    found->second->on_room_playback_finished(what.playback);
}

}  // namespace belfry::gateway::media
