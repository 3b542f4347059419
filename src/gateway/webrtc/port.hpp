#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "gateway/media/shared_port.hpp"
#include "gateway/webrtc/tcp_connections.hpp"
#include "net/address.hpp"
#include "webrtc/path.hpp"

namespace belfry::gateway::webrtc {

class BrowserWire;

/// The UDP port that all browsers of a media worker share, with one socket for each local address:
/// what is sent must leave from the address that the browser asked. Tells datagrams apart by ICE
/// user name, then by the address that a valid check came from; those of strangers are dropped
/// unread (rule M2). Made on the control thread, then used on the worker's; a datagram costs no
/// allocation.
class Port final : public media::SharedPort {
 public:
  /// @param number 0: any free one, the same at each address
  /// @return Errc::io when it is taken at one of them.
  [[nodiscard]] static base::Result<std::unique_ptr<Port>> open(
      const std::vector<net::IpAddress>& local, std::uint16_t number
  );
  ~Port() override;
  /// The same for those whose network lets no UDP through. Once, before it is used.
  /// @return Errc::io when the port is taken at one of the addresses.
  [[nodiscard]] base::Result<> open_tcp(
      const std::vector<net::IpAddress>& local, std::uint16_t number
  );

  std::uint16_t number() const { return number_; }
  std::uint16_t tcp_number() const { return tcp_ ? tcp_->number() : std::uint16_t{0}; }

  std::span<const int> sockets() const override { return sockets_; }
  void receive_from(std::size_t socket, base::Instant now) override;

  // For wires
  void add(const std::string& ufrag, BrowserWire& wire) { by_ufrag_[ufrag] = &wire; }
  void remove(const std::string& ufrag) { by_ufrag_.erase(ufrag); }
  /// A check from there was valid: what comes from there is this wire's.
  void add(const belfry::webrtc::Path& path, BrowserWire& wire);
  /// Nothing when it is another wire's by now.
  void remove(const belfry::webrtc::Path& path, const BrowserWire& wire);
  void send(const belfry::webrtc::Path& to, std::span<const std::byte> datagram);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  explicit Port(std::vector<int> sockets)
      : sockets_(std::move(sockets)), udp_sockets_(sockets_.size()) {}
  void take(
      std::span<const std::byte> datagram, const belfry::webrtc::Path& from, base::Instant arrived
  );
  BrowserWire* find(std::span<const std::byte> datagram, const belfry::webrtc::Path& from);

  std::vector<int> sockets_;  // UDP, then the one of `tcp_`
  std::size_t udp_sockets_;
  std::unique_ptr<TcpConnections> tcp_;
  std::uint16_t number_ = 0;
  std::unordered_map<std::string, BrowserWire*, TextHash, std::equal_to<>> by_ufrag_;
  std::unordered_map<belfry::webrtc::Path, BrowserWire*, PathHash> by_path_;
};

}  // namespace belfry::gateway::webrtc
