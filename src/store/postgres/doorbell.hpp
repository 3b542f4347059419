#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/loop.hpp"
#include "store/postgres/connection.hpp"

namespace belfry::store::postgres {

/// Tells other servers of the same database that there is something new, and hears it from them:
/// LISTEN and NOTIFY without a word of what it is. NOTIFY takes one lock for the whole database
/// until its transaction ends, so it never stands in one that writes: a statement of its own, on a
/// connection of its own, at most every 50 ms however often it is rung. Rings that come while the
/// database is away are rung once it is back. Control thread, but for the thread inside. The loop
/// outlives it.
class Doorbell {
 public:
  /// `heard` runs on the loop, for rings of others; and once after each connection, when what
  /// happened in between is unknown.
  Doorbell(std::string url, base::Loop& loop, std::function<void()> heard);
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;
  ~Doorbell();

  /// Any thread.
  void ring();

 private:
  struct Listener {
    base::Loop& loop;
    std::function<void()> heard;
  };

  void run();
  void listen(Connection& connection);
  void tell_loop();
  void pause(std::chrono::milliseconds longest);

  const std::string url_;
  std::shared_ptr<Listener> listener_;  // what is posted holds it weakly: the doorbell may be gone
  int wake_ = -1;                       // an eventfd
  std::atomic<bool> rung_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace belfry::store::postgres
