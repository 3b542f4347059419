#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ring.hpp"
#include "base/time.hpp"
#include "gateway/media/command.hpp"

namespace belfry::gateway::media {

/// One media worker: owns its seats and rooms and drives them by `step(now)`. Wakes by tick: every
/// millisecond while a room of two relays, packets are recorded or a handshake goes on, every 20 ms
/// while it only plays and listens, not at all without seats. No lock, no log line; packets cost no
/// allocation. `step` and `next_step` on the worker's thread; `submit` and `take_report` on the
/// control thread.
class Worker {
 public:
  Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // Control thread
  /// Takes `command`. @return false when the queue is full; it is then untouched.
  bool submit(Command& command);
  std::optional<Report> take_report() { return reports_.pop(); }
  /// Called by the worker when it has something to report, at most once per step.
  void on_report(std::function<void()> notify) { notify_ = std::move(notify); }

  // Worker's thread
  void step(base::Instant now) noexcept;
  /// Nothing: sleep until a command comes.
  std::optional<base::Instant> next_step() const;
  /// Runs `step` until `stop` is asked for: the ten-line loop of a server.
  void run(const base::Clock& clock, const std::atomic<bool>& stop);
  /// Wakes `run` from another thread.
  void wake() const;

  // Any thread
  /// All ticks, and those that began more than 5 ms late (rule O3).
  std::uint64_t ticks() const { return ticks_.load(std::memory_order_relaxed); }
  std::uint64_t late_ticks() const { return late_ticks_.load(std::memory_order_relaxed); }

 private:
  void apply(Command& command, base::Instant now);
  void receive(base::Instant now);
  void tick_until(base::Instant now);
  void tick(base::Instant now);
  void add(std::unique_ptr<Seat> seat, base::Instant now);
  void remove(call::SeatId seat, base::Instant now);
  void tend(FrameTaps& taps);
  void join(Seat& one, Seat& other);
  void part(Seat& seat);
  void count_relays();
  void add(std::unique_ptr<SharedPort> port);
  void ask_wires();
  void set_coding(Seat& seat, std::unique_ptr<Coding>& coding, base::Instant now);
  Seat* find(call::SeatId seat);
  Room* find(call::RoomId room);
  void close_room(call::RoomId room);
  void enter(EnterRoom& command);
  void play(const PlayToRoom& command);
  void report(Report report);
  void sleep_until(std::optional<base::Instant> when, base::Instant now);

  base::Ring<Command> commands_{4096};
  base::Ring<Report> reports_{4096};
  std::vector<Report> overflow_;   // what did not fit, while the control thread is busy
  std::atomic<bool> idle_ = true;  // asleep until a command comes
  std::function<void()> notify_;
  bool reported_ = false;

  std::vector<std::unique_ptr<SharedPort>> ports_;  // outlive the seats
  std::vector<std::unique_ptr<Seat>> seats_;
  std::unordered_map<call::SeatId, Seat*> by_id_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::unique_ptr<belfry::media::MixerWorkspace> workspace_;
  std::size_t relaying_ = 0;
  bool handshaking_ = false;
  std::optional<base::Instant> tick_due_;
  std::atomic<std::uint64_t> ticks_ = 0, late_ticks_ = 0;
  int epoll_ = -1;
  int doorbell_ = -1;
};

}  // namespace belfry::gateway::media
