#include "base/encoding.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace belfry::base {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_unreserved(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || std::string_view("-._~").contains(character);
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::vector<std::byte> hmac(
    const EVP_MD* digest, std::span<const std::byte> key, std::string_view text
) {
  std::vector<std::byte> mac(static_cast<std::size_t>(EVP_MD_get_size(digest)));
  HMAC(
      digest, key.data(), static_cast<int>(key.size()), raw(as_bytes(text)), text.size(),
      reinterpret_cast<unsigned char*>(mac.data()), nullptr
  );
  return mac;
}

}  // namespace

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    text += hex_digits[value >> 4];
    text += hex_digits[value & 15];
  }
  return text;
}

std::string to_base64(std::span<const std::byte> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()), raw(bytes), static_cast<int>(bytes.size())
  );
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.contains(' ') || text.contains('\n')) return std::nullopt;
  std::vector<std::byte> bytes(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(
      reinterpret_cast<unsigned char*>(bytes.data()), raw(as_bytes(text)),
      static_cast<int>(text.size())
  );
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size() * 3);
  for (const char character : text) {
    if (is_unreserved(character)) {
      encoded += character;
    } else {
      const auto value = static_cast<unsigned char>(character);
      encoded += '%';
      encoded += static_cast<char>(std::toupper(hex_digits[value >> 4]));
      encoded += static_cast<char>(std::toupper(hex_digits[value & 15]));
    }
  }
  return encoded;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::vector<std::byte> hmac_sha1(std::span<const std::byte> key, std::string_view text) {
  return hmac(EVP_sha1(), key, text);
}
std::vector<std::byte> hmac_sha256(std::span<const std::byte> key, std::string_view text) {
  return hmac(EVP_sha256(), key, text);
}

std::string sha256_hex(std::string_view text) {
  std::array<std::byte, 32> digest{};
  EVP_Digest(
      text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
      EVP_sha256(), nullptr
  );
  return to_hex(digest);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace belfry::base
