// Recordings and taps: the control thread's side.
#include "gateway/media/plane.hpp"

namespace belfry::gateway::media {

Recorder::Ended Plane::recording_ended() {
  return [this](call::RecordingId id, const call::RecordingResult& result) {
    auto tell = [this, id, result] {
      const auto found = recordings_.find(id);
      if (found == recordings_.end() || found->second.listener == nullptr) return;
      // A disk that failed has ended it while the worker still has the tap.
      recorder_.stop(id, loop_.now());
      call::RecordingListener& listener = *std::exchange(found->second.listener, nullptr);
      if (found->second.tap == nullptr) recordings_.erase(found);
      listener.on_recording_ended(id, result);
    };
    if (settings_.drive == Settings::Drive::thread) {
      loop_.post_from_any_thread(std::move(tell));
    } else {
      loop_.post(std::move(tell));
    }
  };
}

base::Result<call::RecordingId> Plane::start_recording(
    call::SeatId seat, call::RecordingTerms terms, call::RecordingListener* listener
) {
  if (!seats_.contains(seat)) return base::fail(base::Errc::not_found, "the seat is gone");
  const call::RecordingId id{++last_id_};
  RecordingTap& tap = recorder_.start(id, terms, loop_.now());
  recordings_[id] = {&tap, listener};
  submit(AddTap{seat, &tap});
  return id;
}

base::Result<call::RecordingId> Plane::start_recording(
    call::RoomId room, call::RecordingTerms terms, call::RecordingListener* listener
) {
  if (!rooms_.contains(room)) return base::fail(base::Errc::not_found, "the room is closed");
  // All that a room says comes as one track.
  terms.channels = call::RecordingTerms::Channels::mono;
  terms.track = call::Track::inbound;
  const call::RecordingId id{++last_id_};
  RecordingTap& tap = recorder_.start(id, terms, loop_.now());
  recordings_[id] = {&tap, listener};
  submit(AddRoomTap{room, &tap});
  return id;
}

void Plane::pause_recording(call::RecordingId recording, call::WhilePaused how) {
  recorder_.pause(recording, loop_.now(), how);
}
void Plane::resume_recording(call::RecordingId recording) {
  recorder_.resume(recording, loop_.now());
}
void Plane::stop_recording(call::RecordingId recording) {
  recorder_.stop(recording, loop_.now());
}

void Plane::forget_listener(call::RecordingListener* listener) {
  for (auto& [id, recording] : recordings_)
    if (recording.listener == listener) recording.listener = nullptr;
}

call::TapId Plane::add_tap(call::SeatId seat, call::Track track, call::AudioTap* tap) {
  const call::TapId id{++last_id_};
  Tap& added = taps_[id];
  added = {seat, std::make_unique<LiveTap>(track, loop_.now(), tap)};
  submit(AddTap{seat, added.tap.get()});
  return id;
}

void Plane::remove_tap(call::TapId tap) {
  const auto found = taps_.find(tap);
  if (found == taps_.end()) return;
  found->second.tap->forget_listener();
  submit(RemoveTap{found->second.seat, found->second.tap.get()});
}

/// The worker has let go of it.
void Plane::release(const FrameTap* tap) {
  for (auto entry = recordings_.begin(); entry != recordings_.end(); ++entry) {
    if (entry->second.tap != tap) continue;
    entry->second.tap = nullptr;
    recorder_.release(entry->first);
    if (entry->second.listener == nullptr) recordings_.erase(entry);
    return;
  }
  const auto found =
      std::ranges::find_if(taps_, [&](const auto& entry) { return entry.second.tap.get() == tap; });
  if (found == taps_.end()) return;
  found->second.tap->deliver();
  taps_.erase(found);
}

void Plane::deliver_taps() {
  // A listener may add and remove taps while it is told: each is looked up again.
  for (auto next = taps_.begin(); next != taps_.end();) {
    const call::TapId id = next->first;
    next->second.tap->deliver();
    next = taps_.upper_bound(id);
  }
}

}  // namespace belfry::gateway::media
