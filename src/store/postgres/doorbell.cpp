#include "store/postgres/doorbell.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

#include "base/log.hpp"
#include "store/postgres/failure.hpp"

namespace belfry::store::postgres {
namespace {

using namespace std::chrono_literals;
using base::SystemClock;
using std::chrono::milliseconds;

constexpr auto ring_every = 50ms;
constexpr auto connect_every = 500ms;

}  // namespace

Doorbell::Doorbell(std::string url, base::Loop& loop, std::function<void()> heard)
    : url_(std::move(url)),
      listener_(std::make_shared<Listener>(loop, std::move(heard))),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {}

Doorbell::~Doorbell() {
  stopping_ = true;
  ::eventfd_write(wake_, 1);
  thread_.join();
  ::close(wake_);
}

void Doorbell::ring() {
  if (!rung_.exchange(true)) ::eventfd_write(wake_, 1);
}

void Doorbell::run() {
  while (!stopping_) {
    try {
      Connection connection(url_, "belfry doorbell");
      connection.ask("LISTEN belfry");
      tell_loop();
      listen(connection);
    } catch (const sql::DatabaseError& error) {
      base::log::debug("store.doorbell_lost", {{"reason", error.message}});
      pause(connect_every);
    }
  }
}

void Doorbell::listen(Connection& connection) {
  auto next_ring = SystemClock().now();
  while (!stopping_) {
    const auto now = SystemClock().now();
    if (rung_ && now >= next_ring) {
      next_ring = now + ring_every;
      rung_ = false;
      connection.ask("NOTIFY belfry");
    }
    if (PQconsumeInput(connection.get()) == 0) raise_lost(last_words(connection.get()));
    bool others = false;
    while (const base::Handle<PGnotify, PQfreemem> note{PQnotifies(connection.get())})
      others |= note->be_pid != connection.process();
    if (others) tell_loop();
    std::array<pollfd, 2> sources{{{PQsocket(connection.get()), POLLIN, 0}, {wake_, POLLIN, 0}}};
    const auto until_ring = std::chrono::ceil<milliseconds>(next_ring - SystemClock().now());
    ::poll(
        sources.data(), sources.size(),
        rung_ ? static_cast<int>(std::max(until_ring, 0ms).count()) : -1
    );
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
  }
}

void Doorbell::tell_loop() {
  listener_->loop.post_from_any_thread([listener = std::weak_ptr(listener_)] {
    if (const auto alive = listener.lock()) alive->heard();
  });
}

void Doorbell::pause(milliseconds longest) {
  pollfd source{wake_, POLLIN, 0};
  const auto until = SystemClock().now() + longest;
  while (!stopping_ && SystemClock().now() < until) {
    const auto left = std::chrono::ceil<milliseconds>(until - SystemClock().now());
    ::poll(&source, 1, static_cast<int>(std::max(left, 0ms).count()));
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
  }
}

}  // namespace belfry::store::postgres
