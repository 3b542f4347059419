// The inner and outer states of HMAC-SHA1 are copied for each packet, which halves its cost; the
// only calls that can do so are deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "rtp/srtp_cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "base/handle.hpp"

namespace belfry::rtp {
namespace {

using CipherContext = base::Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Iv = std::array<unsigned char, 16>;

constexpr std::size_t authentication_key_size = 20;
constexpr std::size_t sha1_block = 64;
constexpr std::size_t gcm_tag_size = 16;

bool is_gcm(SrtpSuite suite) {
  return suite == SrtpSuite::aead_aes_128_gcm || suite == SrtpSuite::aead_aes_256_gcm;
}

const EVP_CIPHER* counter_mode(SrtpSuite suite) {
  return key_size(suite) == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
}
const EVP_CIPHER* cipher_of(SrtpSuite suite) {
  if (!is_gcm(suite)) return counter_mode(suite);
  return key_size(suite) == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
}

const unsigned char* bytes_of(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* bytes_of(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

/// Session keys are the cipher's output under the master key; the label picks which (RFC 3711
/// section 4.3.1; of RFC 7714 the shorter salt is filled up with zeros).
bool derive(const SrtpMaster& master, std::uint8_t label, std::span<unsigned char> into) {
  const std::size_t key = key_size(master.suite);
  Iv iv{};
  std::memcpy(iv.data(), master.key_and_salt.data() + key, salt_size(master.suite));
  iv[7] = static_cast<unsigned char>(iv[7] ^ label);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::memset(into.data(), 0, into.size());
  int written = 0;
  return context != nullptr &&
         EVP_EncryptInit_ex(
             context.get(), counter_mode(master.suite), nullptr,
             bytes_of(master.key_and_salt.data()), iv.data()
         ) == 1 &&
         EVP_EncryptUpdate(
             context.get(), into.data(), &written, into.data(), static_cast<int>(into.size())
         ) == 1;
}

/// HMAC-SHA1 with the pads already hashed.
class Authenticator {
 public:
  void set_key(std::span<const unsigned char, authentication_key_size> key) {
    std::array<unsigned char, sha1_block> pad{};
    const auto start = [&](SHA_CTX& state, unsigned char with) {
      pad.fill(with);
      for (std::size_t i = 0; i < key.size(); ++i)
        pad[i] = static_cast<unsigned char>(key[i] ^ with);
      SHA1_Init(&state);
      SHA1_Update(&state, pad.data(), pad.size());
    };
    start(inner_, 0x36);
    start(outer_, 0x5C);
    OPENSSL_cleanse(pad.data(), pad.size());
  }
  std::array<unsigned char, SHA_DIGEST_LENGTH> mac(
      std::span<const std::byte> packet, std::uint32_t word
  ) const {
    const std::array<unsigned char, 4> last = {
        static_cast<unsigned char>(word >> 24), static_cast<unsigned char>(word >> 16),
        static_cast<unsigned char>(word >> 8), static_cast<unsigned char>(word)
    };
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA_CTX inner = inner_;
    SHA1_Update(&inner, packet.data(), packet.size());
    SHA1_Update(&inner, last.data(), last.size());
    SHA1_Final(digest.data(), &inner);
    SHA_CTX outer = outer_;
    SHA1_Update(&outer, digest.data(), digest.size());
    SHA1_Final(digest.data(), &outer);
    return digest;
  }

 private:
  SHA_CTX inner_{}, outer_{};
};

/// `salt ⊕ (SSRC, 48-bit index)`, at the place where both kinds of IV have them.
void mix_in(Iv& iv, std::size_t at, std::uint32_t ssrc, std::uint64_t index) {
  for (std::size_t i = 0; i < 4; ++i)
    iv[at + i] = static_cast<unsigned char>(iv[at + i] ^ (ssrc >> (24 - 8 * i)));
  for (std::size_t i = 0; i < 6; ++i)
    iv[at + 4 + i] = static_cast<unsigned char>(iv[at + 4 + i] ^ (index >> (40 - 8 * i)));
}

}  // namespace

struct SrtpCipher::State {
  ~State() { OPENSSL_cleanse(salt.data(), salt.size()); }

  Iv iv_of(const Place& place) const {
    Iv iv = salt;
    mix_in(iv, is_gcm(suite) ? 2 : 4, place.ssrc, place.index);
    return iv;
  }
  /// Counter mode: the same both ways.
  void crypt(const Place& place, std::span<std::byte> packet) {
    const Iv iv = iv_of(place);
    unsigned char* text = bytes_of(packet.data()) + place.clear;
    int written = 0;
    EVP_CipherInit_ex(context.get(), nullptr, nullptr, nullptr, iv.data(), 1);
    EVP_CipherUpdate(
        context.get(), text, &written, text, static_cast<int>(packet.size() - place.clear)
    );
  }
  /// GCM: what is authenticated but not encrypted, then the text.
  void gcm(const Place& place, std::span<std::byte> packet, int encrypt) {
    const Iv iv = iv_of(place);
    unsigned char* bytes = bytes_of(packet.data());
    int written = 0;
    EVP_CipherInit_ex(context.get(), nullptr, nullptr, nullptr, iv.data(), encrypt);
    EVP_CipherUpdate(context.get(), nullptr, &written, bytes, static_cast<int>(place.clear));
    if (use == Use::rtcp) {
      const std::array<unsigned char, 4> word = {
          static_cast<unsigned char>(place.word >> 24),
          static_cast<unsigned char>(place.word >> 16), static_cast<unsigned char>(place.word >> 8),
          static_cast<unsigned char>(place.word)
      };
      EVP_CipherUpdate(context.get(), nullptr, &written, word.data(), 4);
    }
    const std::size_t length = packet.size() - place.clear;
    if (length == 0) return;  // a null update would be taken for more of the head
    EVP_CipherUpdate(
        context.get(), bytes + place.clear, &written, bytes + place.clear, static_cast<int>(length)
    );
  }

  SrtpSuite suite{};
  Use use = Use::rtp;
  Iv salt{};  // zeros behind it
  CipherContext context;
  Authenticator authenticator;
};

SrtpCipher::SrtpCipher(std::unique_ptr<State> state) : state_(std::move(state)) {}
SrtpCipher::SrtpCipher(SrtpCipher&&) noexcept = default;
SrtpCipher& SrtpCipher::operator=(SrtpCipher&&) noexcept = default;
SrtpCipher::~SrtpCipher() = default;

base::Result<SrtpCipher> SrtpCipher::create(const SrtpMaster& master, Use use) {
  const std::size_t key_length = key_size(master.suite);
  if (master.key_and_salt.size() != key_length + salt_size(master.suite))
    return base::fail(base::Errc::invalid_argument, "an SRTP key of the wrong length");
  const std::uint8_t first_label = use == Use::rtp ? 0 : 3;
  std::array<unsigned char, 32> key{};
  std::array<unsigned char, authentication_key_size> authentication{};
  auto state = std::make_unique<State>();
  state->suite = master.suite;
  state->use = use;
  state->context.reset(EVP_CIPHER_CTX_new());
  const bool derived =
      derive(master, first_label, std::span(key).first(key_length)) &&
      derive(master, first_label + 1, authentication) &&
      derive(master, first_label + 2, std::span(state->salt).first(salt_size(master.suite)));
  const bool ready =
      derived && state->context != nullptr &&
      EVP_CipherInit_ex(
          state->context.get(), cipher_of(master.suite), nullptr, key.data(), nullptr, 1
      ) == 1;
  if (ready) state->authenticator.set_key(authentication);
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(authentication.data(), authentication.size());
  if (!ready) return base::fail(base::Errc::internal, "no cipher for SRTP");
  return SrtpCipher(std::move(state));
}

std::size_t SrtpCipher::tag_size() const {
  switch (state_->suite) {
    case SrtpSuite::aead_aes_128_gcm:
    case SrtpSuite::aead_aes_256_gcm:
      return gcm_tag_size;
    case SrtpSuite::aes_128_hmac_sha1_80:
      return 10;
    case SrtpSuite::aes_128_hmac_sha1_32:
      return state_->use == Use::rtcp ? 10 : 4;  // RFC 4568 section 6.2.2
  }
  return gcm_tag_size;
}

void SrtpCipher::seal(const Place& place, std::span<std::byte> packet, std::byte* tag) {
  if (!is_gcm(state_->suite)) {
    state_->crypt(place, packet);
    const auto mac = state_->authenticator.mac(packet, place.word);
    std::memcpy(tag, mac.data(), tag_size());
    return;
  }
  state_->gcm(place, packet, 1);
  int written = 0;
  EVP_CipherFinal_ex(state_->context.get(), bytes_of(tag), &written);
  EVP_CIPHER_CTX_ctrl(state_->context.get(), EVP_CTRL_AEAD_GET_TAG, gcm_tag_size, tag);
}

bool SrtpCipher::open(const Place& place, std::span<std::byte> packet, const std::byte* tag) {
  if (!is_gcm(state_->suite)) {
    const auto mac = state_->authenticator.mac(packet, place.word);
    if (CRYPTO_memcmp(mac.data(), tag, tag_size()) != 0) return false;
    state_->crypt(place, packet);
    return true;
  }
  std::array<unsigned char, gcm_tag_size> expected{};
  std::memcpy(expected.data(), tag, expected.size());
  state_->gcm(place, packet, 0);
  int written = 0;
  std::array<unsigned char, 16> rest{};
  EVP_CIPHER_CTX_ctrl(state_->context.get(), EVP_CTRL_AEAD_SET_TAG, gcm_tag_size, expected.data());
  return EVP_CipherFinal_ex(state_->context.get(), rest.data(), &written) == 1;
}

}  // namespace belfry::rtp
