#include "gateway/sip/streams.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace std::chrono_literals;
using belfry::sip::Endpoint;
using belfry::sip::Flow;
using belfry::sip::Transport;

constexpr base::Duration connect_time = 10s;
constexpr base::Duration farewell = 200ms;
constexpr std::size_t max_waiting = std::size_t{64} * 1024;

Endpoint to_endpoint(const net::Address& address) {
  return {address.ip.unmapped().to_string(), address.port};
}

}  // namespace

Streams::Streams(net::Driver& driver, Owner owner, Limits limits)
    : driver_(driver), owner_(std::move(owner)), limits_(limits), tasks_(driver.loop()) {}

Streams::~Streams() {
  driver_.loop().cancel(cleanup_);
  for (const auto& [id, connection] : connections_) driver_.loop().cancel(connection->timer);
}

base::Result<net::Address> Streams::listen(const net::Address& local, const net::TlsContext* tls) {
  auto listener = net::Listener::open(driver_, local, tls, [this](net::ByteStream stream) {
    accept(std::move(stream));
  });
  if (!listener) return base::fail(listener.error());
  const net::Address bound = listener->local();
  listeners_.push_back(std::move(*listener));
  return bound;
}

std::size_t Streams::count_from(const std::string& address) const {
  return static_cast<std::size_t>(std::ranges::count_if(connections_, [&](const auto& entry) {
    return entry.second->flow.remote.address == address;
  }));
}

void Streams::accept(net::ByteStream stream) {
  const Transport transport = stream.secure() ? Transport::tls : Transport::tcp;
  Flow flow{transport, to_endpoint(stream.local()), to_endpoint(stream.remote()), ++last_id_};
  const bool too_many = connections_.size() >= limits_.connections ||
                        count_from(flow.remote.address) >= limits_.per_source;
  if (too_many) return stream.close();
  auto& connection = connections_[flow.connection] = std::make_unique<Connection>(flow);
  join(*connection, std::move(stream));
}

void Streams::join(Connection& connection, net::ByteStream stream) {
  const std::uint64_t id = connection.flow.connection;
  connection.flow.local = to_endpoint(stream.local());
  connection.last_heard = driver_.loop().now();
  net::TcpConnection::Callbacks callbacks;
  callbacks.receive = [this, id](std::string_view chunk) { on_bytes(id, chunk); };
  callbacks.closed = [this, id](const base::Error&) { fail(id); };
  connection.tcp.emplace(driver_, std::move(stream), std::move(callbacks));
  watch(id);
  if (connection.waiting.empty()) return;
  if (!connection.tcp->send(std::exchange(connection.waiting, {}))) fail(id);
}

Streams::Connection* Streams::find(std::uint64_t id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

/// The connection itself, or any other to the same peer: one that showed the same certificate.
Streams::Connection* Streams::find(const Flow& flow) {
  if (Connection* named = find(flow.connection)) return named;
  const auto found = std::ranges::find_if(connections_, [&](const auto& entry) {
    const Flow& known = entry.second->flow;
    return known.transport == flow.transport && known.remote == flow.remote &&
           known.certified_host == flow.certified_host;
  });
  return found == connections_.end() ? nullptr : found->second.get();
}

void Streams::send(const Flow& flow, std::string bytes) {
  Connection* connection = find(flow);
  if (connection == nullptr) {
    const bool nameless = flow.transport == Transport::tls && flow.certified_host.empty();
    if (nameless || connections_.size() >= limits_.connections) {
      driver_.loop().post([this, flow] { owner_.on_failure(flow); });
      return;
    }
    Flow fresh = flow;
    fresh.connection = ++last_id_;
    connection = (connections_[last_id_] = std::make_unique<Connection>(std::move(fresh))).get();
    tasks_.spawn(open(last_id_));
  }
  const std::uint64_t id = connection->flow.connection;
  if (!connection->tcp) {
    if (connection->waiting.size() + bytes.size() <= max_waiting) connection->waiting += bytes;
  } else if (!connection->tcp->send(std::move(bytes))) {
    driver_.loop().post([this, id] { fail(id); });
  }
}

base::Task<void> Streams::open(std::uint64_t id) {
  Connection* connection = find(id);
  if (connection == nullptr) co_return;
  const Flow flow = connection->flow;
  const auto address = net::Address::from(flow.remote.address, flow.remote.port);
  const bool secure = flow.transport == Transport::tls;
  if (!address || (secure && authorities_ == nullptr)) {
    fail(id);
    co_return;
  }
  std::optional<net::TlsPeer> peer;
  if (secure) peer.emplace(*authorities_, flow.certified_host);
  const base::Instant deadline = driver_.loop().now() + connect_time;
  auto stream = co_await net::connect(driver_, *address, deadline, std::move(peer));
  connection = find(id);
  if (connection == nullptr) co_return;
  if (stream) {
    join(*connection, std::move(*stream));
  } else {
    base::log::info(
        "sip.not_connected", {{"peer", to_string(flow.remote)}, {"why", stream.error().message}}
    );
    fail(id);
  }
}

void Streams::on_bytes(std::uint64_t id, std::string_view chunk) {
  Connection* connection = find(id);
  if (connection == nullptr || connection->leaving) return;
  const base::Instant now = driver_.loop().now();
  connection->last_heard = now;
  connection->framer.handle_bytes(std::as_bytes(std::span(chunk.data(), chunk.size())), now);
  if (drain(id)) watch(id);
}

bool Streams::drain(std::uint64_t id) {
  Connection* connection = find(id);
  while (connection != nullptr) {
    if (const auto pong = connection->framer.poll_transmit()) {
      if (!connection->tcp->send(std::string(*pong))) {
        fail(id);
        return false;
      }
      continue;
    }
    const auto message = connection->framer.poll_message();
    if (!message) break;
    const Flow flow = connection->flow;
    owner_.on_message(flow, std::as_bytes(std::span(message->data(), message->size())));
    connection = find(id);  // the owner may have closed it
  }
  if (connection == nullptr) return false;
  if (!connection->framer.is_broken()) return true;
  // Rule S7: the 400 gets its time to leave, then the connection is closed.
  connection->leaving = true;
  driver_.loop().cancel(connection->timer);
  connection->timer = driver_.loop().call_after(farewell, [this, id] { fail(id); });
  return false;
}

void Streams::watch(std::uint64_t id) {
  Connection* connection = find(id);
  if (connection == nullptr) return;
  base::Instant next = connection->last_heard + limits_.idle;
  if (const auto framer = connection->framer.next_timeout()) next = std::min(next, *framer);
  next = std::max(next, driver_.loop().now());
  driver_.loop().cancel(connection->timer);
  connection->timer = driver_.loop().call_at(next, [this, id] { on_timer(id); });
}

void Streams::on_timer(std::uint64_t id) {
  Connection* connection = find(id);
  if (connection == nullptr) return;
  connection->timer = 0;
  const base::Instant now = driver_.loop().now();
  connection->framer.handle_timeout(now);
  if (!drain(id)) return;
  if (now - connection->last_heard >= limits_.idle) {
    if (!owner_.is_in_use(id)) return fail(id);
    connection->last_heard = now;  // looked at again after another idle time
  }
  watch(id);
}

void Streams::fail(std::uint64_t id) {
  const Connection* connection = find(id);
  if (connection == nullptr) return;
  const Flow flow = connection->flow;
  close(id);
  driver_.loop().post([this, flow] { owner_.on_failure(flow); });
}

void Streams::close(std::uint64_t id) {
  auto gone = connections_.extract(id);
  if (gone.empty()) return;
  driver_.loop().cancel(gone.mapped()->timer);
  closed_.push_back(std::move(gone.mapped()));
  if (cleanup_ != 0) return;
  cleanup_ = driver_.loop().call_at(driver_.loop().now(), [this] {
    cleanup_ = 0;
    closed_.clear();
  });
}

}  // namespace belfry::gateway::sip
