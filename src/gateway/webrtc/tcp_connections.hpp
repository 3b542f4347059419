#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/address.hpp"
#include "webrtc/path.hpp"

namespace belfry::gateway::webrtc {

struct PathHash {
  std::size_t operator()(const belfry::webrtc::Path& path) const;
};

/// ICE over TCP for browsers whose network lets no UDP through (RFC 6544, passive): datagrams in
/// frames of RFC 4571. Who connects and shows no valid check is cut off; who does not read loses
/// packets, as on a bad network. Used on the media worker's thread; allocates for each connection,
/// not for a packet.
class TcpConnections {
 public:
  static constexpr std::size_t most_connections = 2048;
  static constexpr std::size_t most_unchecked = 256;  // of strangers; the oldest makes room
  static constexpr base::Duration time_to_check = std::chrono::seconds(10);
  static constexpr std::size_t longest_frame = 2048;

  /// @return Errc::io when the port is taken at one of the addresses.
  [[nodiscard]] static base::Result<std::unique_ptr<TcpConnections>> open(
      const std::vector<net::IpAddress>& local, std::uint16_t number, std::uint8_t first_socket
  );
  ~TcpConnections();
  TcpConnections(const TcpConnections&) = delete;
  TcpConnections& operator=(const TcpConnections&) = delete;

  /// Readable when `receive` has work.
  int descriptor() const { return epoll_; }
  std::uint16_t number() const { return number_; }
  using Take =
      std::function<void(std::span<const std::byte> datagram, const belfry::webrtc::Path&)>;
  /// Accepts, reads, cuts off who is late. @param take must not call `receive`.
  void receive(base::Instant now, const Take& take);
  void send(const belfry::webrtc::Path& to, std::span<const std::byte> datagram);
  /// A check from there was valid: the connection may stay.
  void keep(const belfry::webrtc::Path& path);
  /// Whether paths of that socket are of here.
  bool owns(const belfry::webrtc::Path& path) const { return path.socket >= first_socket_; }

 private:
  struct Connection {
    int fd = -1;
    belfry::webrtc::Path path;
    base::Instant since;
    bool checked = false;
    std::array<std::byte, 2 * (longest_frame + 2)> in{};
    std::size_t in_size = 0;
    std::vector<std::byte> unsent;  // the rest of a frame that did not fit the kernel's buffer
  };
  using Known = std::unordered_map<belfry::webrtc::Path, std::unique_ptr<Connection>, PathHash>;

  explicit TcpConnections(std::uint8_t first_socket);
  void accept_from(std::size_t listener, base::Instant now);
  void add(int fd, const belfry::webrtc::Path& path, base::Instant now);
  void make_room();
  bool read(Connection& connection, const Take& take);
  static bool take_frames(Connection& connection, const Take& take);
  bool flush(Connection& connection);
  void watch(const Connection& connection, std::uint32_t events, int operation) const;
  void drop(const belfry::webrtc::Path& path);
  void cut_off_late_ones(base::Instant now);

  int epoll_ = -1;
  std::uint8_t first_socket_;
  std::uint16_t number_ = 0;
  std::vector<int> listeners_;
  Known connections_;
  std::unordered_map<int, belfry::webrtc::Path> paths_;  // by descriptor
  std::size_t unchecked_ = 0;
};

}  // namespace belfry::gateway::webrtc
