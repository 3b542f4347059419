#pragma once
#include <functional>
#include <memory>

#include "net/byte_stream.hpp"

namespace belfry::net {

/// Accepts TCP or TLS connections on one address. The handshake is the receiver's business, so
/// that limits on connections hold before it costs anything. When descriptors run out it pauses
/// for 100 ms instead of spinning.
class Listener {
 public:
  using Accept = std::function<void(ByteStream)>;

  /// Port 0 takes a free one; IPv6 sockets take IPv6 only. @param tls if given, outlives this.
  [[nodiscard]] static base::Result<Listener> open(
      Driver& driver, const Address& local, const TlsContext* tls, Accept accept
  );
  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

  const Address& local() const;
  /// Accepted connections stay.
  void close();

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the pending accept, which outlives the listener
};

}  // namespace belfry::net
