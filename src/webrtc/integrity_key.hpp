#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace belfry::webrtc {

/// Makes the MESSAGE-INTEGRITY of STUN (HMAC-SHA1, RFC 8489 section 14.5) under one password. The
/// pads are hashed once: a message costs no allocation. One thread.
class IntegrityKey {
 public:
  using Mac = std::array<std::byte, 20>;

  /// @param password of an ICE description: its characters need no preparation (RFC 8445 5.3)
  explicit IntegrityKey(std::string_view password);
  IntegrityKey(IntegrityKey&&) noexcept;
  IntegrityKey& operator=(IntegrityKey&&) noexcept;
  ~IntegrityKey();

  /// Over both, one after the other.
  Mac mac(std::span<const std::byte> head, std::span<const std::byte> rest) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// In time that depends on the lengths only.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace belfry::webrtc
