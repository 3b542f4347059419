#include "webrtc/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace belfry::webrtc {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using namespace std::chrono_literals;
using Hash = Fingerprint::Hash;

constexpr std::array hashes = {
    std::pair(std::string_view("sha-256"), Hash::sha_256),
    std::pair(std::string_view("sha-384"), Hash::sha_384),
    std::pair(std::string_view("sha-512"), Hash::sha_512),
};

std::size_t size_of(Hash hash) {
  switch (hash) {
    case Hash::sha_256:
      return 32;
    case Hash::sha_384:
      return 48;
    case Hash::sha_512:
      return 64;
  }
  return 0;
}

const EVP_MD* digest_of(Hash hash) {
  switch (hash) {
    case Hash::sha_256:
      return EVP_sha256();
    case Hash::sha_384:
      return EVP_sha384();
    case Hash::sha_512:
      return EVP_sha512();
  }
  return nullptr;
}

int nibble(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// `AB:CD:…`, exactly as many as `into` takes.
bool read_digest(std::string_view text, std::span<std::byte> into) {
  if (text.size() != into.size() * 3 - 1) return false;
  for (std::size_t i = 0; i < into.size(); ++i) {
    const int high = nibble(text[i * 3]), low = nibble(text[i * 3 + 1]);
    const bool separated = i + 1 == into.size() || text[i * 3 + 2] == ':';
    if (high < 0 || low < 0 || !separated) return false;
    into[i] = static_cast<std::byte>(high << 4 | low);
  }
  return true;
}

bool sign(X509* certificate, EVP_PKEY* key, base::WallTime now) {
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), serial.size()) != 1) return false;
  serial[0] = serial[0] & 0x7F;  // RFC 5280 section 4.1.2.2: positive
  const base::Handle<BIGNUM, BN_free> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  const auto seconds = [](base::WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* name = reinterpret_cast<const unsigned char*>("WebRTC");
  return X509_set_version(certificate, X509_VERSION_3) == 1 && number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now - 24h)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + 365 * 24h)) != nullptr &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) != 0;
}

}  // namespace

Result<Fingerprint> Fingerprint::parse(std::string_view value) {
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos) return fail(Errc::malformed, "a fingerprint without a hash");
  Fingerprint parsed;
  const std::string_view name = value.substr(0, space);
  const auto known = std::ranges::find_if(hashes, [&](const auto& each) {
    return base::equals_ignoring_case(each.first, name);
  });
  if (known == hashes.end())
    return fail(Errc::unsupported, "a fingerprint of a hash we do not take");
  parsed.hash_ = known->second;
  if (!read_digest(value.substr(space + 1), std::span(parsed.digest_).first(size_of(parsed.hash_))))
    return fail(Errc::malformed, "a fingerprint that is none");
  return parsed;
}

Fingerprint Fingerprint::of(const X509& certificate, Hash hash) {
  Fingerprint made;
  made.hash_ = hash;
  X509_digest(
      &certificate, digest_of(hash), reinterpret_cast<unsigned char*>(made.digest_.data()), nullptr
  );
  return made;
}

std::span<const std::byte> Fingerprint::digest() const {
  return std::span(digest_).first(size_of(hash_));
}

std::string Fingerprint::to_string() const {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text(hashes[static_cast<std::size_t>(hash_)].first);
  char before = ' ';
  for (const std::byte byte : digest()) {
    text += std::exchange(before, ':');
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{0xF})];
  }
  return text;
}

void free_key(EVP_PKEY* key) {
  EVP_PKEY_free(key);
}
void free_certificate(X509* certificate) {
  X509_free(certificate);
}

Result<Certificate> Certificate::create(base::WallTime now) {
  Key key(EVP_EC_gen("P-256"));
  Signed certificate(X509_new());
  if (key == nullptr || certificate == nullptr || !sign(certificate.get(), key.get(), now))
    return fail(Errc::internal, "cannot make a certificate for WebRTC");
  return Certificate(std::move(key), std::move(certificate));
}

}  // namespace belfry::webrtc
