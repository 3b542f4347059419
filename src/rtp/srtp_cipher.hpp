#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "rtp/srtp_suite.hpp"

namespace belfry::rtp {

/// The session keys of one direction, for RTP or for RTCP: encrypts and authenticates one packet at
/// a time, in place. Knows no sequence; `SrtpSender` and `SrtpReceiver` do. Makes its contexts
/// once: a packet costs no allocation. One thread.
class SrtpCipher {
 public:
  enum class Use { rtp, rtcp };
  static constexpr std::size_t longest_tag = 16;

  /// Derives the session keys (RFC 3711 section 4.3, key derivation rate 0).
  /// @return Errc::invalid_argument when the master's length is not the suite's.
  [[nodiscard]] static base::Result<SrtpCipher> create(const SrtpMaster& master, Use use);
  SrtpCipher(SrtpCipher&&) noexcept;
  SrtpCipher& operator=(SrtpCipher&&) noexcept;
  ~SrtpCipher();

  /// Where a packet stands.
  struct Place {
    std::uint32_t ssrc = 0;
    std::uint64_t index = 0;  // RTP: roll-over counter and sequence number; RTCP: its own counter
    std::size_t clear = 0;    // bytes at the packet's begin that are not encrypted
    std::uint32_t word = 0;   // RTP: the roll-over counter; RTCP: E flag and index
  };
  std::size_t tag_size() const;
  /// @param tag takes `tag_size()` bytes
  void seal(const Place& place, std::span<std::byte> packet, std::byte* tag);
  /// @return false when it is not authentic; the packet is then not to be used.
  [[nodiscard]] bool open(const Place& place, std::span<std::byte> packet, const std::byte* tag);

 private:
  struct State;
  explicit SrtpCipher(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace belfry::rtp
