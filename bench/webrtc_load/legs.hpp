#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "webrtc_load/leg.hpp"
#include "webrtc_load/millisecond_timer.hpp"

namespace belfry::bench {

/// All legs' media on one thread, which wakes every millisecond: a twentieth of the legs speaks in
/// each, so that frames leave evenly. `add`, `restart_counts` and `stop` on another thread.
class Legs {
 public:
  /// @param on_connected of the leg of that number; called on the media thread
  Legs(const webrtc::DtlsContext& context, std::function<void(std::size_t number)> on_connected);
  ~Legs();
  Legs(const Legs&) = delete;
  Legs& operator=(const Legs&) = delete;

  void add(std::size_t number, LegTerms terms);
  void restart_counts() { restart_ = true; }
  /// Says goodbye for all, ends the thread.
  void stop();

  /// After `stop`.
  struct Totals {
    std::size_t legs = 0;
    std::uint64_t sent = 0, not_authentic = 0;
    std::uint64_t own_late_ticks = 0;  // milliseconds that the thread slept through
    ArrivalCounts arrivals;            // sums; the worst of all
    std::uint64_t fewest = 0;          // packets that a leg received
  };
  Totals totals() const;

 private:
  struct Entry {
    std::size_t number;
    std::unique_ptr<Leg> leg;
    bool told = false;
  };
  static constexpr std::size_t slots = 20;

  void run();
  void receive(base::Instant now);
  void admit(base::Instant now);
  void tick(base::Instant now);

  const webrtc::DtlsContext& context_;
  std::function<void(std::size_t)> on_connected_;
  const Speeches speeches_;
  base::SecureRandom random_;  // the thread's
  std::vector<Entry> entries_;
  std::size_t slot_ = 0;
  std::uint64_t slept_through_ = 0;
  int epoll_;
  MillisecondTimer timer_;

  std::mutex mutex_;
  std::vector<std::pair<std::size_t, LegTerms>> waiting_;
  std::atomic<bool> restart_ = false, stop_ = false;
  std::thread thread_;  // last: begins when all else is there
};

}  // namespace belfry::bench
