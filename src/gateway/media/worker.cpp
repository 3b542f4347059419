#include "gateway/media/worker.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/metrics.hpp"

namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration frame_tick = belfry::media::frame_duration;
constexpr base::Duration late_after = 5ms;
/// A longer one is not made up for: receivers have bridged and forgotten it.
constexpr base::Duration longest_stall = 300ms;
constexpr base::Duration relay_tick = 1ms;
constexpr std::uint64_t max_sockets = 2;                     // of a seat: RTP and RTCP
constexpr std::uint64_t port_mark = std::uint64_t{1} << 63;  // an event of a port, not of a seat

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

void count_tick() {
  static auto& ticks = base::metrics::counter("belfry_media_ticks_total", "Ticks of media workers");
  ticks.add();
}

void count_late_ticks(std::uint64_t count) {
  static auto& late = base::metrics::counter(
      "belfry_media_late_ticks_total",
      "Ticks of media workers that began more than 5 ms late, or were left out"
  );
  late.add(static_cast<double>(count));
}

}  // namespace

Worker::Worker()
    : workspace_(std::make_unique<belfry::media::MixerWorkspace>()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      doorbell_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Worker::~Worker() {
  for (const int fd : {epoll_, doorbell_}) {
    if (fd >= 0) close(fd);
  }
}

bool Worker::submit(Command& command) {
  if (!commands_.push(command)) return false;
  if (idle_.load(std::memory_order_acquire)) wake();
  return true;
}

void Worker::wake() const {
  constexpr std::uint64_t one = 1;
  (void)!write(doorbell_, &one, sizeof one);
}

void Worker::step(base::Instant now) noexcept {
  reported_ = false;
  while (auto command = commands_.pop()) apply(*command, now);
  receive(now);
  tick_until(now);
  if (reported_ && notify_) notify_();
}

/// A frame is 20 ms of everybody's time: those that a stall has put off are made up for at once,
/// each at the moment that it was due. Left out, they would be holes in what we send, and what came
/// in meanwhile would stay as delay.
void Worker::tick_until(base::Instant now) {
  if (tick_due_ && now - *tick_due_ > longest_stall) {
    const auto left_out = (now - *tick_due_ - longest_stall) / frame_tick;
    *tick_due_ += left_out * frame_tick;
    late_ticks_.fetch_add(static_cast<std::uint64_t>(left_out), std::memory_order_relaxed);
    count_late_ticks(static_cast<std::uint64_t>(left_out));
  }
  while (tick_due_ && now >= *tick_due_) {
    const base::Instant due = *tick_due_;
    count_tick();
    ticks_.fetch_add(1, std::memory_order_relaxed);
    if (now - due > late_after) {
      count_late_ticks(1);
      late_ticks_.fetch_add(1, std::memory_order_relaxed);
    }
    *tick_due_ += frame_tick;
    tick(due);
  }
}

std::optional<base::Instant> Worker::next_step() const {
  if (!commands_.empty()) return base::Instant{};
  if (!tick_due_) return std::nullopt;
  return tick_due_;
}

void Worker::run(const base::Clock& clock, const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_acquire)) {
    const base::Instant now = clock.now();
    step(now);
    std::optional<base::Instant> next = tick_due_;
    if (next && (relaying_ > 0 || handshaking_)) next = std::min(*next, now + relay_tick);
    sleep_until(next, clock.now());
  }
}

void Worker::sleep_until(std::optional<base::Instant> when, base::Instant now) {
  idle_.store(!when, std::memory_order_release);
  if (!when && !commands_.empty()) return;  // one came in before it could see that we are idle
  pollfd doorbell{doorbell_, POLLIN, 0};
  timespec wait{};
  if (when) {
    const auto left = std::max<base::Duration>(*when - now, 0ns);
    wait.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
    wait.tv_nsec = (left % 1s).count();
  }
  ppoll(&doorbell, 1, when ? &wait : nullptr, nullptr);
  if ((doorbell.revents & POLLIN) != 0) {
    std::uint64_t rings = 0;
    (void)!read(doorbell_, &rings, sizeof rings);
  }
}

void Worker::report(Report report) {
  reported_ = true;
  if (overflow_.empty() && reports_.push(report)) return;
  overflow_.push_back(std::move(report));
}

Seat* Worker::find(call::SeatId seat) {
  const auto found = by_id_.find(seat);
  return found == by_id_.end() ? nullptr : found->second;
}

void Worker::apply(Command& command, base::Instant now) {
  const auto with = [&](call::SeatId id, auto&& act) {
    if (Seat* seat = find(id)) act(*seat);
  };
  std::visit(
      Overloaded{
          [&](AddSeat& add_seat) { add(std::move(add_seat.seat), now); },
          [&](RemoveSeat& gone) { remove(gone.seat, now); },
          [&](SetCoding& change) {
            if (Seat* seat = find(change.seat)) set_coding(*seat, change.coding, now);
            report(Retired{.coding = std::move(change.coding)});
            count_relays();
          },
          [&](Play& play) {
            Seat* seat = find(play.seat);
            if (seat == nullptr || !seat->play(play.playback, play.what)) {
              report(PlaybackFinished{play.seat, play.playback});
            }
          },
          [&](StopPlaying& stop) { with(stop.seat, [](Seat& seat) { seat.stop_playing(); }); },
          [&](Connect& connect) {
            Seat* one = find(connect.one);
            Seat* other = find(connect.other);
            if (one != nullptr && other != nullptr && one != other) join(*one, *other);
          },
          [&](Disconnect& leave) { with(leave.seat, [&](Seat& seat) { part(seat); }); },
          [&](PressKey& press) {
            with(press.seat, [&](Seat& seat) { seat.press(press.key, now); });
          },
          [&](WatchBeep& watch) { with(watch.seat, [](Seat& seat) { seat.watch_beeps(); }); },
          [&](LoopBack& loop) {
            with(loop.seat, [&](Seat& seat) {
              part(seat);
              seat.join(&seat);
            });
          },
          [&](WatchSpeech& watch) { with(watch.seat, [](Seat& seat) { seat.watch_speech(); }); },
          [&](AddTap& add_tap) {
            Seat* seat = find(add_tap.seat);
            if (seat == nullptr || !seat->add_tap(add_tap.tap)) report(TapReleased{add_tap.tap});
            count_relays();
          },
          [&](RemoveTap& gone) {
            Seat* seat = find(gone.seat);
            if (seat != nullptr && seat->taps().remove(gone.tap)) report(TapReleased{gone.tap});
            count_relays();
          },
          [&](OpenRoom& open) { rooms_.push_back(std::move(open.room)); },
          [&](CloseRoom& gone) { close_room(gone.room); },
          [&](EnterRoom& enter_room) { enter(enter_room); },
          [&](SetPlace& change) {
            Seat* seat = find(change.seat);
            if (seat != nullptr && seat->room() != nullptr)
              seat->room()->set_place(*seat, change.place);
          },
          [&](PlayToRoom& to_room) { play(to_room); },
          [&](StopPlayingToRoom& stop) {
            if (Room* room = find(stop.room)) room->stop_playing();
          },
          [&](AddRoomTap& add_tap) {
            Room* room = find(add_tap.room);
            if (room == nullptr || !room->taps().add(add_tap.tap)) report(TapReleased{add_tap.tap});
          },
          [&](RemoveRoomTap& gone) {
            Room* room = find(gone.room);
            if (room != nullptr && room->taps().remove(gone.tap)) report(TapReleased{gone.tap});
          },
          [&](AskStatistics& ask) {
            const Seat* seat = find(ask.seat);
            report(StatisticsAnswer{
                ask.question, seat != nullptr ? seat->statistics(now) : call::SeatStatistics{}
            });
          },
          [&](AddPort& add_port) { add(std::move(add_port.port)); },
          [&](OrderWire& order) {
            with(order.seat, [&](Seat& seat) { seat.wire().obey(*order.order, now); });
            report(Retired{.order = std::move(order.order)});
          },
      },
      command
  );
}

void Worker::add(std::unique_ptr<Seat> seat, base::Instant now) {
  if (seats_.empty()) tick_due_ = now + frame_tick;
  const std::span<const int> sockets = seat->wire().sockets();
  for (std::size_t socket = 0; socket < sockets.size(); ++socket) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = seat->id().value * max_sockets + socket;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets[socket], &event);
  }
  by_id_[seat->id()] = seat.get();
  seat->attach();
  handshaking_ = handshaking_ || seat->wire().is_impatient();
  seats_.push_back(std::move(seat));
}

void Worker::add(std::unique_ptr<SharedPort> port) {
  const std::span<const int> sockets = port->sockets();
  for (std::size_t socket = 0; socket < sockets.size(); ++socket) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = port_mark | (ports_.size() * SharedPort::most_sockets + socket);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets[socket], &event);
  }
  ports_.push_back(std::move(port));
}

void Worker::remove(call::SeatId id, base::Instant now) {
  const auto found = std::ranges::find(seats_, id, [](const auto& seat) { return seat->id(); });
  if (found == seats_.end()) return;
  (*found)->flush_taps(now);
  part(**found);
  (*found)->say_goodbye();
  for (const int fd : (*found)->wire().sockets()) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  (*found)->wire().detach();
  for (FrameTap* tap : (*found)->taps().all()) report(TapReleased{tap});
  by_id_.erase(id);
  std::unique_ptr<Seat> gone = std::exchange(*found, std::move(seats_.back()));
  seats_.pop_back();
  if (seats_.empty()) tick_due_.reset();
  report(Retired{.seat = std::move(gone)});
}

void Worker::join(Seat& one, Seat& other) {
  part(one);
  part(other);
  one.join(&other);
  other.join(&one);
  count_relays();
}

void Worker::part(Seat& seat) {
  if (Seat* peer = seat.peer()) peer->join(nullptr);
  seat.join(nullptr);
  if (Room* room = seat.room()) report(Retired{.member = room->leave(seat)});
  count_relays();
}

void Worker::set_coding(Seat& seat, std::unique_ptr<Coding>& coding, base::Instant now) {
  coding = seat.set_coding(std::move(coding), now);
  if (Room* room = seat.room()) room->change_codec(seat);
}

Room* Worker::find(call::RoomId room) {
  const auto found = std::ranges::find(rooms_, room, [](const auto& each) { return each->id(); });
  return found == rooms_.end() ? nullptr : found->get();
}

void Worker::enter(EnterRoom& command) {
  Seat* seat = find(command.seat);
  Room* room = find(command.room);
  if (seat == nullptr || room == nullptr)
    return report(Retired{.member = std::move(command.member)});
  part(*seat);
  room->enter(std::move(command.member), *seat, command.place);
}

void Worker::close_room(call::RoomId id) {
  const auto found = std::ranges::find(rooms_, id, [](const auto& each) { return each->id(); });
  if (found == rooms_.end()) return;
  Room& room = **found;
  while (Seat* seat = room.anyone()) report(Retired{.member = room.leave(*seat)});
  for (FrameTap* tap : room.taps().all()) report(TapReleased{tap});
  std::unique_ptr<Room> gone = std::exchange(*found, std::move(rooms_.back()));
  rooms_.pop_back();
  report(Retired{.room = std::move(gone)});
}

void Worker::play(const PlayToRoom& command) {
  Room* room = find(command.room);
  if (room == nullptr || !room->play(command.playback, command.what))
    report(RoomPlaybackFinished{command.room, command.playback});
}

void Worker::count_relays() {
  relaying_ = static_cast<std::size_t>(std::ranges::count_if(seats_, [](const auto& seat) {
    return seat->relays() || seat->is_timed();
  }));
}

void Worker::receive(base::Instant now) {
  std::array<epoll_event, 256> ready;
  // Level-triggered: what does not fit this round is there in the next.
  while (true) {
    const int count = epoll_wait(epoll_, ready.data(), ready.size(), 0);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t source = ready[static_cast<std::size_t>(i)].data.u64;
      if ((source & port_mark) != 0) {
        const std::uint64_t socket = source & ~port_mark;
        ports_[socket / SharedPort::most_sockets]->receive_from(
            socket % SharedPort::most_sockets, now
        );
      } else if (Seat* seat = find(call::SeatId{source / max_sockets}))
        seat->receive_from(source % max_sockets, now);
    }
    if (count < static_cast<int>(ready.size())) break;
  }
}

void Worker::tend(FrameTaps& taps) {
  if (taps.empty()) return;
  if (taps.has_news()) reported_ = true;
  bool any_done = false;
  while (FrameTap* done = taps.take_done()) {
    report(TapReleased{done});
    any_done = true;
  }
  if (any_done) count_relays();
}

void Worker::ask_wires() {
  handshaking_ = false;
  for (const auto& seat : seats_) {
    while (const auto news = seat->wire().poll_connection())
      report(ConnectionChanged{seat->id(), *news});
    handshaking_ = handshaking_ || seat->wire().is_impatient();
  }
}

void Worker::tick(base::Instant now) {
  for (const auto& seat : seats_) {
    if (seat->wire().sockets().empty()) seat->receive(now);
    seat->hear(now);
  }
  ask_wires();
  for (const auto& room : rooms_) {
    room->tick(now, *workspace_);
    tend(room->taps());
    while (auto event = room->poll_event()) report(*event);
  }
  for (const auto& seat : seats_) {
    if (seat->room() == nullptr) seat->speak(now);
    tend(seat->taps());
    while (auto event = seat->poll_event()) {
      std::visit([&](auto& what) { report(std::move(what)); }, *event);
    }
  }
  // What did not fit the ring before goes first.
  std::size_t sent = 0;
  while (sent < overflow_.size() && reports_.push(overflow_[sent])) ++sent;
  overflow_.erase(overflow_.begin(), overflow_.begin() + static_cast<std::ptrdiff_t>(sent));
  if (sent > 0) reported_ = true;
}

}  // namespace belfry::gateway::media
