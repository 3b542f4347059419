#include "identity/sealer.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cassert>

#include "base/encoding.hpp"
#include "base/handle.hpp"

namespace belfry::identity {
namespace {

using Context = base::Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

}  // namespace

Sealer::Sealer(std::span<const std::byte> master_key) {
  const auto derived = base::hmac_sha256(master_key, "belfry sealed secrets 1");
  std::ranges::copy(derived, key_.begin());
}

std::string Sealer::seal(std::string_view secret, base::Random& random) const {
  std::vector<std::byte> sealed(nonce_size + secret.size() + tag_size);
  random.fill(std::span(sealed).first(nonce_size));
  const Context context(EVP_CIPHER_CTX_new());
  std::byte* cipher = sealed.data() + nonce_size;
  int length = 0;
  [[maybe_unused]] const bool done =
      EVP_EncryptInit_ex(
          context.get(), EVP_aes_256_gcm(), nullptr, raw(key_.data()), raw(sealed.data())
      ) == 1 &&
      EVP_EncryptUpdate(
          context.get(), raw(cipher), &length, raw(base::as_bytes(secret).data()),
          static_cast<int>(secret.size())
      ) == 1 &&
      EVP_EncryptFinal_ex(context.get(), raw(cipher + secret.size()), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, cipher + secret.size()) ==
          1;
  assert(done);
  return base::to_base64(sealed);
}

base::Result<std::string> Sealer::open(std::string_view sealed) const {
  auto bytes = base::from_base64(sealed);
  if (!bytes || bytes->size() < nonce_size + tag_size)
    return base::fail(base::Errc::malformed, "this is no sealed secret");
  const std::size_t size = bytes->size() - nonce_size - tag_size;
  std::byte* cipher = bytes->data() + nonce_size;
  std::string secret(size, '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  auto* plain = reinterpret_cast<unsigned char*>(secret.data());
  const bool genuine =
      EVP_DecryptInit_ex(
          context.get(), EVP_aes_256_gcm(), nullptr, raw(key_.data()), raw(bytes->data())
      ) == 1 &&
      EVP_DecryptUpdate(context.get(), plain, &length, raw(cipher), static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, cipher + size) == 1 &&
      EVP_DecryptFinal_ex(context.get(), plain + size, &length) == 1;
  if (!genuine) return base::fail(base::Errc::malformed, "this secret was sealed by another key");
  return secret;
}

}  // namespace belfry::identity
