#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/task.hpp"
#include "call/journal.hpp"
#include "call/web.hpp"

namespace belfry::call {

/// Sends what the journal holds as deliveries (rule R7): at least once, same id and body each time,
/// in order per key. Without `#rc` in the URL a failure is tried again after 1 s, 5 s, 30 s, 2 min,
/// 10 min, then hourly for 24 h; with it, exactly as asked. A dead receiver holds the later
/// deliveries of its key back for 15 s at most. After 20 failures in a row an origin is left alone
/// for 60 s. Control thread.
class Outbox {
 public:
  Outbox(base::Loop& loop, Journal& journal, WebClient& web);
  ~Outbox();

  /// Call after a commit that holds deliveries, and once at start.
  void wake();
  /// Told of each attempt that failed, with what was answered.
  using FailureListener =
      std::function<void(const Delivery& delivery, const base::Result<WebResponse>& response)>;
  void on_failure(FailureListener listener) { on_failure_ = std::move(listener); }
  /// Nothing is being sent and nothing is due.
  bool idle() const { return in_flight_.empty() && !scanning_; }

 private:
  struct Breaker {
    int failures = 0;
    base::Instant closed_until{};
  };

  base::Task<void> scan();
  base::Task<void> deliver(Delivery delivery);
  void schedule_next(base::WallTime due);
  bool may_send(const Delivery& delivery);
  void settle(Delivery& delivery, bool success, std::string error);

  base::Loop& loop_;
  Journal& journal_;
  WebClient& web_;
  std::set<std::string> in_flight_;          // order keys
  std::map<std::string, Breaker> breakers_;  // by origin; at most 1,024
  bool scanning_ = false;
  bool scan_again_ = false;
  base::TimerId timer_ = 0;
  FailureListener on_failure_;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call
