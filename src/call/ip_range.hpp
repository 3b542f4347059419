#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace belfry::call {

/// The addresses that begin with the same bits (RFC 4632): `192.0.2.0` with 24. A value. An IPv4
/// address that is written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
class IpRange {
 public:
  /// @param prefix_bits of 32 or 128; nothing when it is more, or the text is no address
  static std::optional<IpRange> make(std::string_view address, unsigned prefix_bits);
  /// False for what is no address.
  bool contains(std::string_view address) const;

 private:
  struct Address {
    std::array<std::uint8_t, 16> bytes{};
    unsigned bits = 0;  // 32 or 128
  };
  static std::optional<Address> read(std::string_view text);

  Address first_;
  unsigned prefix_bits_ = 0;
};

}  // namespace belfry::call
