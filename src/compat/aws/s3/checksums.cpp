#include "compat/aws/s3/checksums.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/encoding.hpp"

namespace belfry::compat::aws::s3 {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, algorithm, nullptr);
  return {reinterpret_cast<const char*>(result.data()), length};
}

std::string to_base64(std::string_view bytes) {
  return base::to_base64(base::as_bytes(bytes));
}

/// A reflected cyclic redundancy check that begins and ends with all ones, as all of these do.
template <class Number, Number polynomial>
std::string cyclic_check(std::string_view bytes) {
  static constexpr auto table = [] {
    std::array<Number, 256> made{};
    for (std::size_t index = 0; index < made.size(); ++index) {
      Number value = static_cast<Number>(index);
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
      made.at(index) = value;
    }
    return made;
  }();
  Number sum = ~Number{0};
  for (const char each : bytes)
    sum = table[(sum ^ static_cast<unsigned char>(each)) & 0xFF] ^ (sum >> 8);
  sum = ~sum;
  std::string big_endian;
  for (int shift = 8 * static_cast<int>(sizeof(Number)) - 8; shift >= 0; shift -= 8)
    big_endian += static_cast<char>(sum >> shift & 0xFF);
  return big_endian;
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
  const std::string hash = digest(EVP_md5(), bytes);
  return base::to_hex(base::as_bytes(hash));
}

std::string md5_base64(std::string_view bytes) {
  return to_base64(digest(EVP_md5(), bytes));
}

std::optional<std::string> checksum_base64(std::string_view algorithm, std::string_view bytes) {
  if (algorithm == "crc32")
    return to_base64(cyclic_check<std::uint32_t, 0xEDB8'8320>(bytes));  // ISO 3309
  if (algorithm == "crc32c")
    return to_base64(cyclic_check<std::uint32_t, 0x82F6'3B78>(bytes));  // RFC 3720 B.4
  if (algorithm == "crc64nvme")
    return to_base64(cyclic_check<std::uint64_t, 0x9A6C'9329'AC4B'C9B5>(bytes));
  if (algorithm == "sha1") return to_base64(digest(EVP_sha1(), bytes));
  if (algorithm == "sha256") return to_base64(digest(EVP_sha256(), bytes));
  return std::nullopt;
}

}  // namespace belfry::compat::aws::s3
