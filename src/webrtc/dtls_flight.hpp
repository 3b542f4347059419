#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace belfry::webrtc {

/// The datagrams of one DTLS flight (RFC 6347 section 4.2.4), kept so that they can be sent again,
/// and one alert. Memory is fixed. One thread.
class DtlsFlight {
 public:
  /// Largest datagram that we make: fits through tunnels, and through IPv6's smallest path.
  static constexpr std::size_t mtu = 1200;

  /// The next handshake datagram begins another flight.
  void expect_next() { ended_ = true; }
  /// @return false when there is no room, which our own certificate is too small for.
  bool add(std::span<const std::byte> datagram) {
    if (datagram.size() > mtu || datagram.empty()) return false;
    if (std::to_integer<unsigned>(datagram[0]) == alert_type) {
      put(alert_, datagram);
      return true;
    }
    if (ended_) count_ = unsent_ = 0;
    ended_ = false;
    if (count_ == flight_.size()) return false;
    put(flight_[count_++], datagram);
    return true;
  }
  void send_again() { unsent_ = 0; }
  bool empty() const { return count_ == 0; }
  bool has_unsent() const { return unsent_ < count_; }
  /// @return the next to be sent, or empty; good until the next call that is not const.
  std::span<const std::byte> poll() {
    if (unsent_ < count_) return bytes_of(flight_[unsent_++]);
    const auto alert = bytes_of(alert_);
    alert_.size = 0;
    return alert;
  }

 private:
  static constexpr unsigned alert_type = 21;
  struct Datagram {
    std::array<std::byte, mtu> bytes{};
    std::size_t size = 0;
  };
  static std::span<const std::byte> bytes_of(const Datagram& datagram) {
    return std::span(datagram.bytes).first(datagram.size);
  }
  static void put(Datagram& into, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) into.bytes[i] = bytes[i];
    into.size = bytes.size();
  }

  std::array<Datagram, 4> flight_{};
  Datagram alert_;
  std::size_t count_ = 0, unsent_ = 0;
  bool ended_ = false;
};

}  // namespace belfry::webrtc
