// Our DTLS server against OpenSSL's own client, with certificates and habits that ours has not.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "webrtc/testing/rig.hpp"

namespace belfry::webrtc {
namespace {

using testing::server_identity;
using Key = base::Handle<EVP_PKEY, EVP_PKEY_free>;
using Signed = base::Handle<X509, X509_free>;
using Context = base::Handle<SSL_CTX, SSL_CTX_free>;
using Association = base::Handle<SSL, SSL_free>;

constexpr const char* both_profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM";

/// Costly to make.
EVP_PKEY* key() {
  static const Key made(EVP_RSA_gen(2048));
  return made.get();
}

struct Foreigner {
  Foreigner() : certificate(X509_new()) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -1'000'000);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -1000);  // long over: nobody minds
    X509_set_pubkey(certificate.get(), key());
    X509_sign(certificate.get(), key(), EVP_sha256());
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key());
    SSL_CTX_set_tlsext_use_srtp(context.get(), both_profiles);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_QUERY_MTU);
  }
  Fingerprint fingerprint() const {
    return Fingerprint::of(*certificate, Fingerprint::Hash::sha_384);
  }
  /// Datagrams go to and fro until both ends have nothing to say. @return whether it connected
  bool connect(Dtls& server, long mtu = 1200) {
    client.reset(SSL_new(context.get()));
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(client.get(), in, out);
    SSL_set_mtu(client.get(), mtu);
    SSL_set_connect_state(client.get());
    bool done = false;
    for (int round = 0; round < 10; ++round) {
      done = SSL_do_handshake(client.get()) == 1;
      std::array<std::byte, 16'000> bytes{};
      const int size = BIO_read(out, bytes.data(), bytes.size());
      if (size > 0) split(std::span(bytes).first(static_cast<std::size_t>(size)), mtu, server);
      for (auto datagram = server.poll_transmit(); !datagram.empty();
           datagram = server.poll_transmit()) {
        BIO_write(in, datagram.data(), static_cast<int>(datagram.size()));
        done = SSL_do_handshake(client.get()) == 1;
      }
    }
    return done;
  }

  Signed certificate;
  Context context{SSL_CTX_new(DTLS_client_method())};
  Association client;
  std::size_t datagrams = 0;

 private:
  /// A record a datagram: the memory BIO ran them together.
  void split(std::span<const std::byte> records, long mtu, Dtls& server) {
    while (records.size() >= 13) {
      const std::size_t size = 13 + base::ByteReader(records.subspan(11)).u16();
      ASSERT_LE(size, records.size());
      EXPECT_LE(size, static_cast<std::size_t>(mtu));
      server.handle_datagram(records.first(size), clock.now());
      records = records.subspan(size);
      ++datagrams;
    }
  }
  base::VirtualClock clock;
};

TEST(DtlsInterop, TakesAnRsaCertificateThatComesInManyFragments) {
  Foreigner peer;
  Dtls server(server_identity().context, DtlsRole::passive, peer.fingerprint());
  EXPECT_TRUE(peer.connect(server, 300));
  EXPECT_EQ(server.state(), DtlsState::connected);
  EXPECT_GE(peer.datagrams, 8U);
  // Our order decides, not the client's.
  EXPECT_EQ(server.masters()->send.suite, rtp::SrtpSuite::aead_aes_128_gcm);
  std::array<unsigned char, 56> material{};
  constexpr std::string_view label = "EXTRACTOR-dtls_srtp";
  SSL_export_keying_material(
      peer.client.get(), material.data(), material.size(), label.data(), label.size(), nullptr, 0, 0
  );
  // Server key and server salt are what the server sends with.
  const auto bytes = std::as_bytes(std::span(material));
  testing::Bytes ours = testing::copy(bytes.subspan(16, 16));
  const testing::Bytes salt = testing::copy(bytes.subspan(32 + 12, 12));
  ours.insert(ours.end(), salt.begin(), salt.end());
  EXPECT_EQ(server.masters()->send.key_and_salt, ours);
}

struct DtlsRefusal : ::testing::TestWithParam<std::pair<const char*, void (*)(SSL_CTX*)>> {};
INSTANTIATE_TEST_SUITE_P(
    Clients, DtlsRefusal,
    ::testing::Values(
        std::pair(
            "WithoutACertificate",
            +[](SSL_CTX* context) {
              SSL_CTX_set_cert_cb(
                  context,
                  [](SSL* client, void*) {
                    SSL_certs_clear(client);
                    return 1;
                  },
                  nullptr
              );
            }
        ),
        std::pair(
            "OfDtls10",
            +[](SSL_CTX* context) {
              SSL_CTX_set_security_level(context, 0);
              SSL_CTX_set_min_proto_version(context, DTLS1_VERSION);
              SSL_CTX_set_max_proto_version(context, DTLS1_VERSION);
            }
        ),
        std::pair(
            "WithoutEncryption",
            +[](SSL_CTX* context) {
              SSL_CTX_set_security_level(context, 0);
              SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-NULL-SHA");
            }
        ),
        std::pair(
            "WithBlockCiphersOnly",
            +[](SSL_CTX* context) {
              SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384");
            }
        ),
        std::pair(
            "WithoutSrtp", +[](SSL_CTX* context
                            ) { SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_32"); }
        )
    ),
    [](const auto& about) { return std::string(about.param.first); }
);

TEST_P(DtlsRefusal, M3GetsNoKeys) {
  Foreigner peer;
  GetParam().second(peer.context.get());
  Dtls server(server_identity().context, DtlsRole::passive, peer.fingerprint());
  peer.connect(server);
  EXPECT_EQ(server.state(), DtlsState::failed);
  EXPECT_EQ(server.failure(), DtlsFailure::refused);
  EXPECT_FALSE(server.masters());
}

}  // namespace
}  // namespace belfry::webrtc
