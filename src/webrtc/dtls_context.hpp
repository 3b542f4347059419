#pragma once
#include <span>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "rtp/srtp_suite.hpp"
#include "webrtc/certificate.hpp"

struct ssl_ctx_st;

namespace belfry::webrtc {

void free_ssl_context(ssl_ctx_st* context);

/// Who is expected at the other end of one association. The association has its address as
/// application data, before the handshake.
struct ExpectedPeer {
  Fingerprint fingerprint;
  bool is_another = false;  // it showed another certificate
};

/// What all DTLS associations of ours share: DTLS 1.2, forward secret AEAD ciphers only (RFC 8827
/// section 6.5), our certificate, which SRTP suites we take; the peer has to show the certificate
/// of its `ExpectedPeer`. Made once; then any thread may make
/// associations of it.
class DtlsContext {
 public:
  /// AES-GCM first: cheaper than HMAC-SHA1, and our order decides while we are the server.
  static constexpr std::array<rtp::SrtpSuite, 2> default_suites = {
      rtp::SrtpSuite::aead_aes_128_gcm, rtp::SrtpSuite::aes_128_hmac_sha1_80
  };
  /// @return Errc::unsupported for a suite that DTLS cannot name.
  [[nodiscard]] static base::Result<DtlsContext> create(
      const Certificate& certificate, std::span<const rtp::SrtpSuite> suites = default_suites
  );

  Fingerprint fingerprint() const { return fingerprint_; }
  ssl_ctx_st* handle() const { return context_.get(); }

 private:
  using Context = base::Handle<ssl_ctx_st, free_ssl_context>;
  DtlsContext(Context context, Fingerprint fingerprint)
      : context_(std::move(context)), fingerprint_(fingerprint) {}

  Context context_;
  Fingerprint fingerprint_;
};

}  // namespace belfry::webrtc
