#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/loop.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/token_bucket.hpp"

namespace belfry::gateway::sip {

/// Lets calls out over a trunk at its pace: so many at once, so many new ones a second. What is too
/// much waits its turn, in order, for a short while; what cannot wait is refused at once, so that
/// another route is tried (rule O3). Outlives its places. Control thread.
class TrunkQueue {
 public:
  struct Limits {
    std::string trunk = {};  // its name, for the metrics
    std::size_t channels = 30;
    std::uint32_t calls_per_second = 5;
    std::size_t waiting = 100;
    base::Duration patience = std::chrono::seconds(10);
  };

  TrunkQueue(base::Loop& loop, Limits limits);
  TrunkQueue(const TrunkQueue&) = delete;
  TrunkQueue& operator=(const TrunkQueue&) = delete;
  ~TrunkQueue();

  /// One call's place: a channel in use, or a turn to come. Destroying it gives it up.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)), id_(other.id_) {}
    Place& operator=(Place&& other) noexcept;
    ~Place() { reset(); }

    void reset();
    /// False while the call has to wait.
    bool may_go() const;
    /// Either is called once, on a later turn: `go` when the call may go, `give_up` when it has
    /// waited too long. Before that, destroying the place calls neither.
    void wait(base::Work go, base::Work give_up);

   private:
    friend class TrunkQueue;
    Place(TrunkQueue& queue, std::uint64_t id) : queue_(&queue), id_(id) {}
    TrunkQueue* queue_ = nullptr;
    std::uint64_t id_ = 0;
  };

  /// A new call. @return Errc::unavailable when as many wait as may.
  [[nodiscard]] base::Result<Place> enter();
  /// A call that is there already, whatever the limits say: one that came in, one of the last
  /// process.
  Place occupy();

  std::size_t channels_in_use() const { return in_use_; }
  std::size_t waiting() const { return order_.size(); }

 private:
  struct Call {
    bool running = false;
    base::Work go, give_up;
    base::TimerId patience = 0;
  };
  void show() const;
  void leave(std::uint64_t id);
  void advance();
  void expire(std::uint64_t id);

  base::Loop& loop_;
  Limits limits_;
  base::KeyedBuckets rate_;
  base::metrics::Gauge& in_use_gauge_;
  base::metrics::Gauge& waiting_gauge_;
  std::map<std::uint64_t, Call> calls_;
  std::deque<std::uint64_t> order_;  // of those that wait
  std::size_t in_use_ = 0;
  std::uint64_t last_id_ = 0;
  base::TimerId timer_ = 0;
};

}  // namespace belfry::gateway::sip
