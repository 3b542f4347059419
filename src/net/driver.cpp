#include "net/driver.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

namespace belfry::net {

namespace asio = boost::asio;

struct Driver::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer alarm{context};
  std::optional<base::Instant> armed_for;
  asio::signal_set signals{context};
  std::function<void(int)> on_signal;
  std::atomic<bool> stopped = false;

  void wait_for_signal() {
    signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      on_signal(signal);
      wait_for_signal();
    });
  }
  void arm(std::optional<base::Instant> due, base::Instant now) {
    if (due == armed_for) return;
    armed_for = due;
    alarm.cancel();
    if (!due) return;
    alarm.expires_after(std::max(*due - now, base::Duration::zero()));
    alarm.async_wait([this](const boost::system::error_code& error) {
      if (!error) armed_for.reset();
    });
  }
};

Driver::Driver(base::Loop& loop) : loop_(loop), state_(std::make_unique<State>()) {
  loop_.on_wake([this] { asio::post(state_->context, [] {}); });
}

Driver::~Driver() {
  loop_.on_wake({});
}

asio::io_context& Driver::context() {
  return state_->context;
}

void Driver::wait() {
  // Sockets get at most this many callbacks before the loop's own work has its turn again.
  constexpr int callbacks_per_turn = 64;
  state_->arm(loop_.next_due(), loop_.now());
  state_->context.run_one();
  for (int i = 1; i < callbacks_per_turn && state_->context.poll_one() > 0; ++i) continue;
}

void Driver::run() {
  for (loop_.run_ready(); !state_->stopped; loop_.run_ready()) wait();
  state_->stopped = false;
}

bool Driver::run_until(const std::function<bool()>& done, base::Duration limit) {
  bool expired = false;
  const base::TimerId alarm = loop_.call_after(limit, [&] { expired = true; });
  for (loop_.run_ready(); !done() && !expired && !state_->stopped; loop_.run_ready()) wait();
  loop_.cancel(alarm);
  return done();
}

void Driver::stop() {
  state_->stopped = true;
  asio::post(state_->context, [] {});
}

void Driver::on_signal(std::function<void(int)> handler) {
  const bool first = !state_->on_signal;
  state_->on_signal = [this, handler = std::move(handler)](int signal) {
    loop_.post([handler, signal] { handler(signal); });
  };
  if (!first) return;
  state_->signals.add(SIGTERM);
  state_->signals.add(SIGINT);
  state_->wait_for_signal();
}

}  // namespace belfry::net
