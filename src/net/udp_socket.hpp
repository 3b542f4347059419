#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "net/address.hpp"
#include "net/driver.hpp"

namespace belfry::net {

/// A UDP socket of the control thread, for signalling (media workers own theirs). Datagrams come
/// up to 65,507 bytes; a readable socket is drained, at most 64 at a time, so that others get
/// their turn. Memory: one 64 KiB buffer.
class UdpSocket {
 public:
  /// The bytes are valid during the call. It may destroy the socket.
  using Receive = std::function<void(const Address& from, std::span<const std::byte> datagram)>;

  /// Port 0 takes a free one. Errc::io with the system's reason.
  [[nodiscard]] static base::Result<UdpSocket> bind(
      Driver& driver, const Address& local, Receive receive
  );
  UdpSocket(UdpSocket&&) noexcept;
  UdpSocket& operator=(UdpSocket&&) noexcept;
  ~UdpSocket();

  /// Never waits: Errc::unavailable when the kernel's queue is full (the protocol retransmits),
  /// Errc::io otherwise.
  [[nodiscard]] base::Result<void> send(const Address& to, std::span<const std::byte> datagram);
  const Address& local() const;

 private:
  struct State;
  explicit UdpSocket(std::shared_ptr<State> state);
  void close();
  std::shared_ptr<State> state_;  // shared with the pending wait, which outlives the socket
};

}  // namespace belfry::net
