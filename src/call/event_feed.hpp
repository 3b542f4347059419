#pragma once
#include <functional>
#include <map>

#include "call/record.hpp"

namespace belfry::call {

/// Live view of the event log, for pages, applications and the simulator: each event as it happens,
/// with the leg as it then is. What must not be lost is in the journal and its deliveries, not
/// here. Control thread.
class EventFeed {
 public:
  using Listener = std::function<void(const LegRecord&, const EventRecord&)>;

  /// Ends the subscription when it goes.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept
        : feed_(std::exchange(other.feed_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(feed_, other.feed_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (feed_ != nullptr) feed_->listeners_.erase(id_);
    }

   private:
    friend class EventFeed;
    Subscription(EventFeed& feed, std::uint64_t id) : feed_(&feed), id_(id) {}
    EventFeed* feed_ = nullptr;
    std::uint64_t id_ = 0;
  };

  [[nodiscard]] Subscription subscribe(Listener listener) {
    listeners_.emplace(++last_id_, std::move(listener));
    return {*this, last_id_};
  }

  void publish(const LegRecord& leg, const EventRecord& event) {
    // A listener may subscribe or leave while it is called.
    std::uint64_t done = 0;
    for (auto next = listeners_.begin(); next != listeners_.end();
         next = listeners_.upper_bound(done)) {
      done = next->first;
      const Listener listener = next->second;
      listener(leg, event);
    }
  }

 private:
  std::map<std::uint64_t, Listener> listeners_;
  std::uint64_t last_id_ = 0;
};

}  // namespace belfry::call
