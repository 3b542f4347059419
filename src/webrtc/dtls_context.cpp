#include "webrtc/dtls_context.hpp"

#include <openssl/ssl.h>

#include <string>

namespace belfry::webrtc {
namespace {

using base::Errc;
using base::fail;
using base::Result;

/// RFC 5764 section 4.1.2, RFC 7714 section 14.2, in OpenSSL's spelling.
std::string_view profile_name(rtp::SrtpSuite suite) {
  switch (suite) {
    case rtp::SrtpSuite::aead_aes_128_gcm:
      return "SRTP_AEAD_AES_128_GCM";
    case rtp::SrtpSuite::aead_aes_256_gcm:
      return "SRTP_AEAD_AES_256_GCM";
    case rtp::SrtpSuite::aes_128_hmac_sha1_80:
      return "SRTP_AES128_CM_SHA1_80";
    case rtp::SrtpSuite::aes_128_hmac_sha1_32:
      return "SRTP_AES128_CM_SHA1_32";
  }
  return "";
}

std::string profile_names(std::span<const rtp::SrtpSuite> suites) {
  std::string names;
  for (const rtp::SrtpSuite suite : suites) {
    if (!names.empty()) names += ':';
    names += profile_name(suite);
  }
  return names;
}

/// Any certificate is taken that has the fingerprint: who signed it and until when says nothing.
int verify(X509_STORE_CTX* store, void*) {
  const auto* association =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* expected = static_cast<ExpectedPeer*>(SSL_get_app_data(association));
  const X509* shown = X509_STORE_CTX_get0_cert(store);
  const Fingerprint& fingerprint = expected->fingerprint;
  if (shown != nullptr && Fingerprint::of(*shown, fingerprint.hash()) == fingerprint) return 1;
  expected->is_another = true;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

constexpr auto ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384";

bool configure(SSL_CTX* context, const Certificate& certificate, const std::string& profiles) {
  SSL_CTX_set_options(
      context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                   SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
  );
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, nullptr);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
         SSL_CTX_use_certificate(context, certificate.certificate()) == 1 &&
         SSL_CTX_use_PrivateKey(context, certificate.key()) == 1 &&
         SSL_CTX_set_tlsext_use_srtp(context, profiles.c_str()) == 0;  // 0 is success here
}

}  // namespace

void free_ssl_context(SSL_CTX* context) {
  SSL_CTX_free(context);
}

Result<DtlsContext> DtlsContext::create(
    const Certificate& certificate, std::span<const rtp::SrtpSuite> suites
) {
  Context context(SSL_CTX_new(DTLS_method()));
  if (context == nullptr || !configure(context.get(), certificate, profile_names(suites)))
    return fail(Errc::unsupported, "OpenSSL does not do what WebRTC needs");
  return DtlsContext(std::move(context), certificate.fingerprint());
}

}  // namespace belfry::webrtc
