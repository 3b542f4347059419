#pragma once
#include <cstdint>
#include <memory>
#include <variant>

#include "call/media.hpp"
#include "gateway/media/room.hpp"
#include "gateway/media/seat.hpp"
#include "gateway/media/shared_port.hpp"

/// What the control thread tells a media worker, and what a worker tells back. Values in bounded
/// rings; whatever was allocated for the worker comes back to be freed.
namespace belfry::gateway::media {

struct AddSeat {
  std::unique_ptr<Seat> seat;
};
struct RemoveSeat {
  call::SeatId seat;
};
struct SetCoding {
  call::SeatId seat;
  std::unique_ptr<Coding> coding;
};
struct Play {
  call::SeatId seat;
  call::PlaybackId playback;
  call::Playback what;
};
struct StopPlaying {
  call::SeatId seat;
};
struct Connect {
  call::SeatId one;
  call::SeatId other;
};
struct Disconnect {
  call::SeatId seat;
};
struct WatchSpeech {
  call::SeatId seat;
};
struct WatchBeep {
  call::SeatId seat;
};
struct PressKey {
  call::SeatId seat;
  char key = 0;
};
struct LoopBack {
  call::SeatId seat;
};
struct AddTap {
  call::SeatId seat;
  FrameTap* tap = nullptr;
};
struct RemoveTap {
  call::SeatId seat;
  FrameTap* tap = nullptr;
};
struct OpenRoom {
  std::unique_ptr<Room> room;
};
struct CloseRoom {
  call::RoomId room;
};
struct EnterRoom {
  call::RoomId room;
  call::SeatId seat;
  call::RoomPlace place;
  std::unique_ptr<RoomMember> member;
};
struct SetPlace {
  call::SeatId seat;
  call::RoomPlace place;
};
struct PlayToRoom {
  call::RoomId room;
  call::PlaybackId playback;
  call::Playback what;
};
struct StopPlayingToRoom {
  call::RoomId room;
};
struct AddRoomTap {
  call::RoomId room;
  FrameTap* tap = nullptr;
};
struct RemoveRoomTap {
  call::RoomId room;
  FrameTap* tap = nullptr;
};
struct AskStatistics {
  call::SeatId seat;
  std::uint64_t question = 0;
};
struct AddPort {
  std::unique_ptr<SharedPort> port;
};
struct OrderWire {
  call::SeatId seat;
  std::unique_ptr<WireOrder> order;
};
using Command = std::variant<
    AddSeat, RemoveSeat, SetCoding, Play, StopPlaying, Connect, Disconnect, WatchSpeech, WatchBeep,
    PressKey, LoopBack, AddTap, RemoveTap, OpenRoom, CloseRoom, EnterRoom, SetPlace, PlayToRoom,
    StopPlayingToRoom, AddRoomTap, RemoveRoomTap, AskStatistics, AddPort, OrderWire>;

struct StatisticsAnswer {
  std::uint64_t question = 0;
  call::SeatStatistics statistics;
};
/// The last that is heard of a tap, also when its seat is gone or had no room for it.
struct TapReleased {
  FrameTap* tap = nullptr;  // the worker calls it no more
};
struct ConnectionChanged {
  call::SeatId seat;
  Connection connection = Connection::connected;
};
struct Retired {
  std::unique_ptr<Seat> seat;
  std::unique_ptr<Coding> coding;
  std::unique_ptr<RoomMember> member;
  std::unique_ptr<Room> room;
  std::unique_ptr<WireOrder> order;
};
using Report = std::variant<
    PlaybackStarted, PlaybackFinished, DigitHeard, MediaTimedOut, SpeechChanged, BeepHeard,
    RoomPlaybackFinished, StatisticsAnswer, TapReleased, ConnectionChanged, Retired>;

}  // namespace belfry::gateway::media
