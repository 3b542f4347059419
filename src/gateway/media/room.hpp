#pragma once
#include <memory>
#include <vector>

#include "call/media.hpp"
#include "gateway/media/frame_tap.hpp"
#include "gateway/media/seat.hpp"
#include "media/mixer.hpp"
#include "media/player.hpp"

namespace belfry::gateway::media {

struct RoomPlaybackFinished {
  call::RoomId room;
  call::PlaybackId playback;
};

/// A seat as the mixer sees it. Made by the control thread for one stay in one room.
class RoomMember final : public belfry::media::Mixer::Member {
 public:
  /// What `seat` says and hears; the seat outlives the stay.
  explicit RoomMember(call::SeatId seat) : Member(seat.value) {}
  void sit(Seat& seat) { seat_ = &seat; }
  Seat& seat() const { return *seat_; }

 private:
  float power() noexcept override { return seat_->power(); }
  belfry::media::ConstSamples samples() noexcept override { return seat_->heard(); }
  belfry::media::Encoder& encoder() noexcept override { return *seat_->coding()->encoder; }
  bool is_occupied() const noexcept override { return seat_->is_playing(); }
  std::optional<belfry::media::Codec> codec() const noexcept override;
  double loss() const noexcept override { return seat_->loss(); }

  Seat* seat_ = nullptr;
};

/// A room of many: its seats hear each other by a mixer, and what is played to all of them. Made by
/// the control thread, used on the worker's. After the worker has let all seats `hear`, `tick`
/// mixes and lets those of this room `speak`.
class Room {
 public:
  explicit Room(call::RoomId id) : id_(id), player_(belfry::media::wideband) {}

  call::RoomId id() const { return id_; }
  void enter(std::unique_ptr<RoomMember> member, Seat& seat, const call::RoomPlace& place);
  /// @return what stood for it, to be freed elsewhere.
  std::unique_ptr<RoomMember> leave(Seat& seat);
  void set_place(const Seat& seat, const call::RoomPlace& place);
  void change_codec(const Seat& seat);
  /// Anyone in it, or nullptr.
  Seat* anyone() const { return members_.empty() ? nullptr : &members_.back()->seat(); }

  /// Clips at 16 kHz. @return false when it cannot be played.
  bool play(call::PlaybackId playback, const call::Playback& what);
  void stop_playing() { player_.stop(); }
  /// Frames of these have all that the room says, at the lowest rate that somebody listens at.
  FrameTaps& taps() { return taps_; }

  void tick(base::Instant now, belfry::media::MixerWorkspace& workspace);
  std::optional<RoomPlaybackFinished> poll_event() { return events_.pop(); }

 private:
  RoomMember* member_of(const Seat& seat) const;
  void take_player_events();

  call::RoomId id_;
  belfry::media::Mixer mixer_;
  belfry::media::Player player_;
  std::vector<std::unique_ptr<RoomMember>> members_;
  FrameTaps taps_;
  base::FixedQueue<RoomPlaybackFinished, 2 * belfry::media::Player::capacity> events_;
};

}  // namespace belfry::gateway::media
