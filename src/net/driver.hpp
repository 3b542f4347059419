#pragma once
#include <functional>
#include <memory>

#include "base/loop.hpp"

namespace boost::asio {
class io_context;
}

namespace belfry::net {

/// Turns a `base::Loop` on real sockets: the control thread sleeps in the kernel until a socket, a
/// timer of the loop or another thread has something, then runs the loop until it is idle. Asio
/// callbacks run between turns of the loop, never inside one, so they may touch what it owns.
///
/// The thread that calls `run` is the control thread. Everything made with a driver (sockets,
/// listeners, resolvers, clients) goes before it. Only `stop` and the loop's
/// `post_from_any_thread` may be called from elsewhere, and not once the destructor has begun.
class Driver {
 public:
  explicit Driver(base::Loop& loop);
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver();

  /// Until `stop`. An exception that leaves a piece of work leaves here too.
  void run();
  /// Until `done()` holds, asked after each turn of the loop, or `limit` has passed.
  /// @return whether it held.
  bool run_until(const std::function<bool()>& done, base::Duration limit);
  void stop();

  /// `handler` gets SIGTERM and SIGINT as work of the loop from now on (rule R9: the first drains,
  /// the second ends at once; which is which is the handler's business).
  void on_signal(std::function<void(int signal)> handler);

  base::Loop& loop() { return loop_; }
  boost::asio::io_context& context();

 private:
  struct State;
  void wait();

  base::Loop& loop_;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::net
