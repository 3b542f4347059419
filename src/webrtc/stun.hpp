#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "webrtc/integrity_key.hpp"
#include "webrtc/path.hpp"

/// STUN Binding messages as ICE uses them (RFC 8489, RFC 8445 section 7). Functions without state
/// that allocate nothing; views point into the datagram. All lengths are checked by subtraction
/// from what is left (rule M5).
namespace belfry::webrtc::stun {

enum class Kind : std::uint8_t { request, indication, success, error };
using TransactionId = std::array<std::byte, 12>;

/// What a datagram is by its first byte (RFC 7983 section 7).
inline bool is_stun(std::span<const std::byte> datagram) {
  return !datagram.empty() && std::to_integer<unsigned>(datagram[0]) < 4;
}

/// One Binding message. Of an attribute that comes twice the first counts (RFC 8489 section 14);
/// what stands behind MESSAGE-INTEGRITY is not read, but for FINGERPRINT.
struct Message {
  Kind kind = Kind::request;
  TransactionId id{};
  std::string_view username;
  std::optional<std::uint32_t> priority;
  std::optional<std::uint64_t> controlling, controlled;  // the sender's role, its tie-breaker
  bool use_candidate = false;
  std::optional<Path> mapped;  // XOR-MAPPED-ADDRESS; its socket is 0
  std::uint16_t error_code = 0;
  std::uint16_t unknown = 0;  // the first attribute that must be understood and is not; 0: none
  std::span<const std::byte> bytes;
  std::size_t integrity_at = 0;  // where MESSAGE-INTEGRITY begins; 0: there is none
};

/// @return nothing when it is no Binding message, lengths do not fit, or a FINGERPRINT is wrong.
std::optional<Message> parse(std::span<const std::byte> datagram);

/// Whether it has a MESSAGE-INTEGRITY, made with that password.
bool is_authentic(const Message& message, const IntegrityKey& key);

/// The part of USERNAME before the colon: the ufrag of whom the request is for. Of a datagram that
/// is not yet parsed: @return empty when it is no request or has no such user name.
std::string_view receiver_ufrag(const Message& request);

/// Largest message that the writers below make, for a user name of up to 513 bytes.
inline constexpr std::size_t longest_written = 640;

/// The writers add MESSAGE-INTEGRITY and FINGERPRINT. @return the written part of `into`; empty
/// when it does not fit.
std::span<const std::byte> write_success(
    const TransactionId& id, const Path& mapped, const IntegrityKey& key, std::span<std::byte> into
);
/// @param unknown the attribute that 420 names; 0 for other codes
std::span<const std::byte> write_error(
    const TransactionId& id, std::uint16_t code, std::uint16_t unknown, const IntegrityKey& key,
    std::span<std::byte> into
);

struct Request {
  TransactionId id{};
  std::string_view username;  // receiver's ufrag, colon, sender's ufrag
  std::uint32_t priority = 0;
  std::uint64_t tie_breaker = 0;
  bool controlling = true;
  bool use_candidate = false;
};
std::span<const std::byte> write_request(
    const Request& request, const IntegrityKey& key, std::span<std::byte> into
);

}  // namespace belfry::webrtc::stun
