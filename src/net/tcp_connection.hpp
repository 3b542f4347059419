#pragma once
#include <functional>
#include <memory>
#include <string>

#include "net/byte_stream.hpp"

namespace belfry::net {

/// A TCP or TLS connection for protocols that are fed by callbacks, such as SIP (RFC 3261 §18):
/// chunks in, a bounded queue out. Callbacks run on the loop and may destroy the connection.
class TcpConnection {
 public:
  struct Callbacks {
    std::function<void(std::string_view chunk)> receive;
    /// Once, unless the owner closed it: the peer ended (Errc::cancelled), it failed, or a write
    /// took longer than 30 s.
    std::function<void(const base::Error& why)> closed;
  };
  /// Takes over a connected stream; of an accepted TLS stream it does the handshake first (10 s).
  TcpConnection(Driver& driver, ByteStream stream, Callbacks callbacks);
  TcpConnection(TcpConnection&&) noexcept;
  TcpConnection& operator=(TcpConnection&&) noexcept;
  ~TcpConnection();

  /// Queues; Errc::unavailable when 1 MiB waits (the owner closes a peer that does not read).
  [[nodiscard]] base::Result<void> send(std::string bytes);
  /// At once and in silence.
  void close();

  const Address& local() const;
  const Address& remote() const;
  bool secure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::net
