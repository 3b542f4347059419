#include "gateway/media/room.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/media/play_item.hpp"

namespace belfry::gateway::media {
namespace {

using belfry::media::MixerPlace;

MixerPlace to_mixer(const call::RoomPlace& place) {
  MixerPlace result;
  result.muted = place.muted;
  result.deaf = place.deaf;
  result.coached = place.coached.value;
  result.gain = std::pow(10.0F, place.gain_db / 20.0F);
  return result;
}

}  // namespace

std::optional<belfry::media::Codec> RoomMember::codec() const noexcept {
  if (seat_->coding() == nullptr) return std::nullopt;
  return seat_->coding()->codec.codec;
}

void Room::enter(std::unique_ptr<RoomMember> member, Seat& seat, const call::RoomPlace& place) {
  member->sit(seat);
  mixer_.enter(*member, to_mixer(place));
  members_.push_back(std::move(member));
  seat.enter(this);
}

std::unique_ptr<RoomMember> Room::leave(Seat& seat) {
  const auto found =
      std::ranges::find_if(members_, [&](const auto& member) { return &member->seat() == &seat; });
  if (found == members_.end()) return nullptr;
  mixer_.leave(**found);
  seat.enter(nullptr);
  std::unique_ptr<RoomMember> gone = std::exchange(*found, std::move(members_.back()));
  members_.pop_back();
  return gone;
}

RoomMember* Room::member_of(const Seat& seat) const {
  const auto found =
      std::ranges::find_if(members_, [&](const auto& member) { return &member->seat() == &seat; });
  return found == members_.end() ? nullptr : found->get();
}

void Room::set_place(const Seat& seat, const call::RoomPlace& place) {
  if (RoomMember* member = member_of(seat)) mixer_.set_place(*member, to_mixer(place));
}

void Room::change_codec(const Seat& seat) {
  if (RoomMember* member = member_of(seat)) mixer_.change_codec(*member);
}

bool Room::play(call::PlaybackId playback, const call::Playback& what) {
  const auto item = to_play_item(what);
  return item && player_.enqueue({playback.value}, *item);
}

void Room::take_player_events() {
  while (auto event = player_.poll_event()) {
    if (event->kind == belfry::media::PlayEvent::Kind::started) continue;
    events_.push({id_, {event->id.value}});
  }
}

void Room::tick(base::Instant now, belfry::media::MixerWorkspace& workspace) {
  belfry::media::ConstSamples played;
  belfry::media::Frame frame(belfry::media::wideband);
  if (!player_.idle() && player_.next_frame(frame.samples())) played = frame.samples();
  take_player_events();
  mixer_.begin(played, workspace);
  for (const auto& member : members_) {
    const auto output = mixer_.output_for(*member, workspace);
    member->seat().speak({output.samples, output.payload, output.ramps}, now);
  }
  if (taps_.empty()) return;
  TappedFrame tapped;
  tapped.now = now;
  tapped.rate = mixer_.lowest_rate();
  tapped.heard = mixer_.everything(tapped.rate, workspace);
  tapped.of_room = true;
  taps_.on_frame(tapped);
}

}  // namespace belfry::gateway::media
