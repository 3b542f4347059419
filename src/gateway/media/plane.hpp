#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/loop.hpp"
#include "base/random.hpp"
#include "base/wait.hpp"
#include "call/media.hpp"
#include "gateway/media/clip_rates.hpp"
#include "gateway/media/live_tap.hpp"
#include "gateway/media/network_model.hpp"
#include "gateway/media/piecewise_sound.hpp"
#include "gateway/media/recorder.hpp"
#include "gateway/media/terms.hpp"
#include "gateway/media/udp_wire.hpp"
#include "gateway/media/worker.hpp"

namespace belfry::gateway::media {

/// The control thread's side of the media plane: makes seats, sends commands to the worker, hands
/// its reports to the listeners. With a thread, the worker runs by itself; without (simulation),
/// its owner calls `step()` with the loop's clock, and a whole server runs on one virtual time.
class Plane final : public call::MediaPlane {
 public:
  struct Settings {
    net::IpAddress local = net::IpAddress::v4({127, 0, 0, 1});
    UdpWire::Range ports;
    base::Duration media_timeout = std::chrono::seconds(60);  // rule S9; 0: never
    enum class Drive { thread, by_owner } drive = Drive::thread;
  };

  Plane(base::Loop& loop, base::Random& random, Settings settings);
  ~Plane() override;

  // --- Seats, for gateways and the simulator ---

  struct NetworkSeat {
    call::SeatId seat;
    std::uint16_t port = 0;  // RTP; RTCP is on the next
  };
  /// A seat with a pair of UDP ports that is silent until it has terms.
  /// @param port the RTP port to take: that of a call that goes on after a restart (rule R3)
  base::Result<NetworkSeat> open_network_seat(std::optional<std::uint16_t> port = std::nullopt);
  /// A pair of UDP ports of the same range for an owner that sends by itself.
  /// @return Errc::unavailable when none is free.
  base::Result<std::unique_ptr<UdpWire>> open_wire() {
    return UdpWire::open(settings_.local, settings_.ports, random_);
  }
  /// Two seats joined by a modelled network: a leg's and its simulated phone's.
  struct LinkedSeats {
    call::SeatId leg;
    call::SeatId phone;
  };
  LinkedSeats open_linked_seats(LinkQuality to_phone, LinkQuality to_leg, std::uint64_t seed);
  /// Sockets that seats share from now on.
  void add_port(std::unique_ptr<SharedPort> port);
  /// A seat on a wire of the caller's making. @param tell what the wire says of its connection;
  /// control thread, until the seat is closed.
  call::SeatId open_seat(std::unique_ptr<Wire> wire, std::function<void(Connection)> tell);
  void order(call::SeatId seat, std::unique_ptr<WireOrder> order);
  /// Codec, addresses, direction; again whenever they change.
  void set_terms(call::SeatId seat, const MediaTerms& terms);
  void close_seat(call::SeatId seat);
  /// How well the worker keeps its time (rule O3). Any thread.
  std::uint64_t ticks() const { return worker_.ticks(); }
  std::uint64_t late_ticks() const { return worker_.late_ticks(); }
  const net::IpAddress& local() const { return settings_.local; }

  // --- call::MediaPlane ---
  void listen(call::SeatId seat, call::SeatListener* listener) override;
  call::PlaybackId play(call::SeatId seat, call::Playback playback) override;
  void stop_playing(call::SeatId seat) override;
  void connect(call::SeatId one, call::SeatId other) override;
  void disconnect(call::SeatId seat) override;
  void watch_speech(call::SeatId seat) override;
  void watch_beep(call::SeatId seat) override;
  void press(call::SeatId seat, char key) override;
  void loop_back(call::SeatId seat) override;
  base::Task<call::SeatStatistics> statistics(call::SeatId seat) override;
  void when_over(call::SeatId seat, std::function<void(const call::SeatStatistics&)> told) override;
  call::RoomId open_room(call::RoomListener* listener) override;
  void close_room(call::RoomId room) override;
  void enter(call::RoomId room, call::SeatId seat, call::RoomPlace place) override;
  void set_place(call::SeatId seat, call::RoomPlace place) override;
  call::PlaybackId play_to_room(call::RoomId room, call::Playback playback) override;
  void stop_playing_to_room(call::RoomId room) override;
  base::Result<call::RecordingId> start_recording(
      call::SeatId seat, call::RecordingTerms terms, call::RecordingListener* listener
  ) override;
  base::Result<call::RecordingId> start_recording(
      call::RoomId room, call::RecordingTerms terms, call::RecordingListener* listener
  ) override;
  void pause_recording(call::RecordingId recording, call::WhilePaused how) override;
  void resume_recording(call::RecordingId recording) override;
  void stop_recording(call::RecordingId recording) override;
  void forget_listener(call::RecordingListener* listener) override;
  call::TapId add_tap(call::SeatId seat, call::Track track, call::AudioTap* tap) override;
  void remove_tap(call::TapId tap) override;

  // --- Driving without a thread ---

  /// Does what is due at the loop's `now()` and delivers what the worker reports.
  void step();
  /// When `step()` is due next.
  std::optional<base::Instant> next_step() const;

 private:
  struct Known {
    call::SeatListener* listener = nullptr;
    belfry::media::SampleRate rate;
    PiecewiseSound pieces;
    std::function<void(Connection)> tell_connection;
  };

  call::SeatId add(std::unique_ptr<Wire> wire);
  struct Recording {
    RecordingTap* tap = nullptr;  // the recorder's
    call::RecordingListener* listener = nullptr;
  };
  struct Tap {
    call::SeatId seat;
    std::unique_ptr<LiveTap> tap;
  };

  void submit(Command command);
  void drain_reports();
  void release(const FrameTap* tap);
  void deliver_taps();
  Recorder::Ended recording_ended();
  void handle(Report& report);
  void tell_over(const Seat& seat);
  void tell(const RoomPlaybackFinished& what) const;
  call::SeatListener* listener_of(call::SeatId seat) const;

  base::Loop& loop_;
  base::Random& random_;
  Settings settings_;
  Worker worker_;
  std::map<call::RecordingId, Recording> recordings_;
  std::map<call::TapId, Tap> taps_;
  Recorder recorder_;
  std::map<call::SeatId, Known> seats_;
  std::map<call::RoomId, call::RoomListener*> rooms_;
  std::map<std::uint64_t, base::Completion<call::SeatStatistics>::Resolver> questions_;
  std::map<call::SeatId, std::function<void(const call::SeatStatistics&)>> told_when_over_;
  std::uint64_t last_id_ = 0;
  ClipRates clip_rates_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: it uses the worker
};

}  // namespace belfry::gateway::media
