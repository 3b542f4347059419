#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/task.hpp"
#include "net/address.hpp"
#include "net/driver.hpp"
#include "net/tls_context.hpp"

namespace belfry::net {

class AnyStream;

/// A TCP or TLS connection for the coroutines of the control plane. One read and one write may
/// wait at a time. Destroying a waiting `read` loses nothing: what arrives is kept for the next
/// one. After a `write` was destroyed or timed out, only `close` makes sense.
/// Memory: 8 KiB for reading, 10 more for TLS, and what is being written.
class ByteStream {
 public:
  ByteStream(Driver& driver, AnyStream stream, Address local, Address remote, bool secure);
  ByteStream(ByteStream&&) noexcept;
  ByteStream& operator=(ByteStream&&) noexcept;
  ~ByteStream();

  /// TLS only; for TCP it is done at once. Before anything else. Errc::timed_out or Errc::io.
  base::Task<base::Result<void>> handshake(base::Instant deadline);
  /// What has arrived, at least one byte; empty at the peer's orderly end.
  base::Task<base::Result<std::string>> read(base::Instant deadline);
  /// All of it.
  base::Task<base::Result<void>> write(std::string bytes, base::Instant deadline);
  /// Done when the peer has closed or the connection has failed. Keeps what arrives meanwhile, but
  /// looks no further once something has, so that nobody can fill our memory.
  base::Task<void> wait_until_closed();
  /// Says goodbye and waits for the peer's, so that what was written is not lost to a reset; what
  /// still comes is dropped, 256 KiB of it at most.
  base::Task<void> finish(base::Instant deadline);
  /// At once; waiting reads and writes fail.
  void close();

  const Address& local() const;
  const Address& remote() const;
  bool secure() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with pending Asio operations, which fill its buffers
};

/// Whom a client expects to find at the address.
struct TlsPeer {
  const TlsContext& context;
  std::string host;
};

/// The `detail` of a failed TLS handshake's error.
inline constexpr int tls_failed = 1;

/// TCP connect and, with `tls`, its handshake. Errc::refused, Errc::timed_out or Errc::io.
/// Destroying the task gives up.
base::Task<base::Result<ByteStream>> connect(
    Driver& driver, Address to, base::Instant deadline, std::optional<TlsPeer> tls = std::nullopt
);

}  // namespace belfry::net
