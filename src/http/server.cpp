#include "http/server.hpp"

#include <set>

#include "base/log.hpp"
#include "base/wait.hpp"
#include "http/connection.hpp"

namespace belfry::http {

using base::Task;

struct Server::State {
  State(net::Driver& on, Gate& through, Settings given)
      : driver(on), gate(through), settings(given), tasks(on.loop()) {}

  void accept(net::ByteStream stream) {
    // A queue of its own for the turned away, so that a flood cannot grow us either.
    constexpr std::size_t turned_away_at_once = 64;
    const net::IpAddress from = stream.remote().ip;
    const bool fits = open.size() - turned_away - sockets.size() < settings.connections &&
                      per_address[from] < settings.connections_per_address;
    if (!fits && turned_away >= turned_away_at_once) return;
    const std::uint64_t id = ++last_id;
    auto connection = std::make_unique<Connection>(driver, gate, settings, std::move(stream));
    Task<void> task;
    if (fits) {
      task = connection->run([this, id, from] { return take_socket_place(id, from); });
    } else {
      task = connection->turn_away();
    }
    open.emplace(id, std::move(connection));
    if (fits) ++per_address[from];
    if (!fits) ++turned_away;
    tasks.spawn(own(*this, id, from, fits, std::move(task)));
  }

  bool take_socket_place(std::uint64_t id, const net::IpAddress& from) {
    if (sockets.size() >= settings.websockets ||
        sockets_per_address[from] >= settings.websockets_per_address)
      return false;
    sockets.insert(id);
    ++sockets_per_address[from];
    give_back(per_address, from);
    return true;
  }

  using Counts = std::map<net::IpAddress, std::size_t>;
  static void give_back(Counts& counts, const net::IpAddress& from) {
    const auto found = counts.find(from);
    if (--found->second == 0) counts.erase(found);
  }

  static Task<void> own(
      State& self, std::uint64_t id, net::IpAddress from, bool counted, Task<void> task
  ) {
    try {
      co_await std::move(task);
    } catch (const std::exception& error) {
      base::log::error("http.connection_threw", {{"what", error.what()}});
    }
    self.open.erase(id);
    if (!counted) --self.turned_away;
    const bool was_socket = self.sockets.erase(id) != 0;
    if (counted) give_back(was_socket ? self.sockets_per_address : self.per_address, from);
    if (self.open.empty() && self.all_gone) self.all_gone->set();
  }

  net::Driver& driver;
  Gate& gate;
  Settings settings;
  std::vector<net::Listener> listeners;
  std::map<std::uint64_t, std::unique_ptr<Connection>> open;
  Counts per_address;
  std::set<std::uint64_t> sockets;  // connections that have become WebSockets
  Counts sockets_per_address;
  std::size_t turned_away = 0;
  std::uint64_t last_id = 0;
  std::optional<base::Event> all_gone;
  base::TaskGroup tasks;
};

Server::Server(net::Driver& driver, Gate& gate, Settings settings)
    : state_(std::make_unique<State>(driver, gate, settings)) {}
Server::~Server() = default;

base::Result<net::Address> Server::listen(const net::Address& address, const net::TlsContext* tls) {
  BELFRY_TRY(
      listener, net::Listener::open(
                    state_->driver, address, tls,
                    [this](net::ByteStream stream) { state_->accept(std::move(stream)); }
                )
  );
  state_->listeners.push_back(std::move(listener));
  return state_->listeners.back().local();
}

std::size_t Server::connections() const {
  return state_->open.size();
}

namespace {

Task<void> wait_for(base::Event& event) {
  co_await event.wait();
}

}  // namespace

Task<void> Server::stop(base::Instant deadline) {
  base::Loop& loop = state_->driver.loop();
  state_->listeners.clear();
  state_->all_gone.emplace(loop);
  for (auto& [id, connection] : state_->open) connection->drain();
  if (!state_->open.empty()) {
    Task<void> emptying = wait_for(*state_->all_gone);
    const base::Duration left = std::max(deadline - loop.now(), base::Duration::zero());
    auto limited = base::with_time_limit(loop, std::move(emptying), left);
    co_await std::move(limited);
  }
  state_->all_gone.reset();
  state_->tasks.cancel();
}

}  // namespace belfry::http
