// A state with the key hashed in is copied for each message; the only calls that allow that are
// deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "webrtc/integrity_key.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace belfry::webrtc {
namespace {

constexpr std::size_t sha1_block = 64;
using Block = std::array<unsigned char, sha1_block>;

/// Keys longer than a block are hashed first (RFC 2104).
Block block_of(std::string_view password) {
  Block block{};
  if (password.size() > block.size())
    SHA1(reinterpret_cast<const unsigned char*>(password.data()), password.size(), block.data());
  else
    std::copy(password.begin(), password.end(), block.begin());
  return block;
}

void start(SHA_CTX& state, Block key, unsigned char with) {
  for (unsigned char& byte : key) byte = static_cast<unsigned char>(byte ^ with);
  SHA1_Init(&state);
  SHA1_Update(&state, key.data(), key.size());
  OPENSSL_cleanse(key.data(), key.size());
}

}  // namespace

struct IntegrityKey::State {
  ~State() {
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
  }
  SHA_CTX inner{}, outer{};
};

IntegrityKey::IntegrityKey(std::string_view password) : state_(std::make_unique<State>()) {
  Block key = block_of(password);
  start(state_->inner, key, 0x36);
  start(state_->outer, key, 0x5C);
  OPENSSL_cleanse(key.data(), key.size());
}
IntegrityKey::IntegrityKey(IntegrityKey&&) noexcept = default;
IntegrityKey& IntegrityKey::operator=(IntegrityKey&&) noexcept = default;
IntegrityKey::~IntegrityKey() = default;

IntegrityKey::Mac IntegrityKey::mac(
    std::span<const std::byte> head, std::span<const std::byte> rest
) const {
  Mac digest{};
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  SHA_CTX inner = state_->inner;
  SHA1_Update(&inner, head.data(), head.size());
  SHA1_Update(&inner, rest.data(), rest.size());
  SHA1_Final(out, &inner);
  SHA_CTX outer = state_->outer;
  SHA1_Update(&outer, digest.data(), digest.size());
  SHA1_Final(out, &outer);
  return digest;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace belfry::webrtc
