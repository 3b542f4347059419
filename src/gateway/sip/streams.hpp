#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/task.hpp"
#include "gateway/sip/transports.hpp"
#include "net/driver.hpp"
#include "net/listener.hpp"
#include "net/tcp_connection.hpp"
#include "sip/stream_framer.hpp"

namespace belfry::gateway::sip {

/// SIP over TCP and TLS (RFC 3261 sections 18 and 26; rule S10): accepts connections, opens one
/// when there is none to a peer, uses each for both directions, and closes those that are slow,
/// idle or too many. Control thread. Memory: 1,024 connections, 64 KiB waiting bytes for each.
class Streams {
 public:
  struct Limits {
    std::size_t connections = 1024;
    std::size_t per_source = 16;
    base::Duration idle = std::chrono::seconds(120);
  };
  struct Owner {
    std::function<void(const belfry::sip::Flow&, std::span<const std::byte>)> on_message;
    std::function<void(const belfry::sip::Flow&)> on_failure;
    /// A phone is registered or a call is live over it: it may be idle.
    std::function<bool(std::uint64_t connection)> is_in_use;
  };

  Streams(net::Driver& driver, Owner owner) : Streams(driver, std::move(owner), Limits()) {}
  Streams(net::Driver& driver, Owner owner, Limits limits);
  ~Streams();

  /// @param tls our certificate, outlives this; nullptr: TCP
  [[nodiscard]] base::Result<net::Address> listen(
      const net::Address& local, const net::TlsContext* tls = nullptr
  );
  /// Whose certificates we believe; outlives this. Without, no TLS connection is opened.
  void set_authorities(const net::TlsContext& authorities) { authorities_ = &authorities; }
  void send(const belfry::sip::Flow& flow, std::string bytes);
  std::size_t connection_count() const { return connections_.size(); }

 private:
  struct Connection {
    explicit Connection(belfry::sip::Flow way) : flow(std::move(way)) {}
    belfry::sip::Flow flow;
    std::optional<net::TcpConnection> tcp;  // none while it is being opened
    belfry::sip::StreamFramer framer;
    std::string waiting;
    base::Instant last_heard{};
    bool leaving = false;  // nothing more is read; what was answered still goes out
    base::TimerId timer = 0;
  };

  void accept(net::ByteStream stream);
  void join(Connection& connection, net::ByteStream stream);
  base::Task<void> open(std::uint64_t id);
  void on_bytes(std::uint64_t id, std::string_view chunk);
  /// @return false when the connection is gone or going.
  bool drain(std::uint64_t id);
  void watch(std::uint64_t id);
  void on_timer(std::uint64_t id);
  void fail(std::uint64_t id);
  void close(std::uint64_t id);
  Connection* find(std::uint64_t id);
  Connection* find(const belfry::sip::Flow& flow);
  std::size_t count_from(const std::string& address) const;

  net::Driver& driver_;
  Owner owner_;
  Limits limits_;
  const net::TlsContext* authorities_ = nullptr;
  std::vector<net::Listener> listeners_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> closed_;  // until no call is inside them
  base::TimerId cleanup_ = 0;
  std::uint64_t last_id_ = 0;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::gateway::sip
