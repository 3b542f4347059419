#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "base/task.hpp"
#include "http/gate.hpp"
#include "http/head.hpp"
#include "net/listener.hpp"

namespace belfry::http {

/// HTTP/1.1 over TCP and TLS: several listeners, one router. Requests of one connection are
/// answered in order, one at a time; what is pipelined waits in the kernel and one 16 KiB buffer.
/// Every limit of rules H1 and H2 is here. Control thread.
class Server {
 public:
  struct Settings {
    HeadLimits head;
    base::Duration head_time = std::chrono::seconds(10);   // 408, from a head's first byte
    base::Duration idle_time = std::chrono::seconds(60);   // silent close, between requests
    base::Duration body_grace = std::chrono::seconds(10);  // then the rate below counts
    std::size_t body_bytes_per_second = 1000;
    base::Duration write_time = std::chrono::seconds(30);  // for each 64 KiB that the peer reads
    std::size_t connections = 1024;
    std::size_t connections_per_address = 64;
    // WebSockets count by themselves: they stay, and behind one address is a whole office.
    std::size_t websockets = 10'000;
    std::size_t websockets_per_address = 2'500;
  };
  Server(net::Driver& driver, Gate& gate, Settings settings);
  ~Server();

  /// Port 0 takes a free one. @param tls outlives the server. @return the address listened on.
  [[nodiscard]] base::Result<net::Address> listen(
      const net::Address& address, const net::TlsContext* tls = nullptr
  );
  /// Rule R9: no new connections, idle ones are closed, requests under way are finished; what is
  /// left at `deadline` is cut.
  base::Task<void> stop(base::Instant deadline);
  std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belfry::http
