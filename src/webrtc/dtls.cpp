#include "webrtc/dtls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "webrtc/dtls_flight.hpp"

namespace belfry::webrtc {
namespace {

using Association = base::Handle<SSL, SSL_free>;
using BioMethod = base::Handle<BIO_METHOD, BIO_meth_free>;

constexpr unsigned handshake_record = 22;

/// Longer than any handshake may take: see the class comment.
unsigned never(SSL*, unsigned) {
  return 3'600'000'000U;  // µs
}

std::optional<rtp::SrtpSuite> suite_of(const SSL* association) {
  const SRTP_PROTECTION_PROFILE* profile =
      SSL_get_selected_srtp_profile(const_cast<SSL*>(association));
  if (profile == nullptr) return std::nullopt;
  switch (profile->id) {
    case SRTP_AEAD_AES_128_GCM:
      return rtp::SrtpSuite::aead_aes_128_gcm;
    case SRTP_AEAD_AES_256_GCM:
      return rtp::SrtpSuite::aead_aes_256_gcm;
    case SRTP_AES128_CM_SHA1_80:
      return rtp::SrtpSuite::aes_128_hmac_sha1_80;
    case SRTP_AES128_CM_SHA1_32:
      return rtp::SrtpSuite::aes_128_hmac_sha1_32;
    default:
      return std::nullopt;
  }
}

/// RFC 5764 section 4.2: client key, server key, client salt, server salt.
std::optional<rtp::SrtpMasters> export_masters(SSL* association, DtlsRole role) {
  const auto suite = suite_of(association);
  if (!suite) return std::nullopt;
  constexpr std::string_view label = "EXTRACTOR-dtls_srtp";
  const std::size_t key = rtp::key_size(*suite), salt = rtp::salt_size(*suite);
  std::array<unsigned char, std::size_t{2} * (32 + 14)> material{};
  const int done = SSL_export_keying_material(
      association, material.data(), 2 * (key + salt), label.data(), label.size(), nullptr, 0, 0
  );
  if (done != 1) return std::nullopt;
  const auto master = [&](std::size_t which) {
    const auto bytes = std::as_bytes(std::span(material));
    rtp::SrtpMaster made{*suite, {}};
    const auto add = [&](std::span<const std::byte> part) {
      made.key_and_salt.insert(made.key_and_salt.end(), part.begin(), part.end());
    };
    add(bytes.subspan(which * key, key));
    add(bytes.subspan(2 * key + which * salt, salt));
    return made;
  };
  const std::size_t ours = role == DtlsRole::active ? 0 : 1;
  rtp::SrtpMasters masters{master(ours), master(1 - ours)};
  OPENSSL_cleanse(material.data(), material.size());
  return masters;
}

}  // namespace

std::string_view to_string(DtlsState state) {
  switch (state) {
    case DtlsState::fresh:
      return "fresh";
    case DtlsState::connecting:
      return "connecting";
    case DtlsState::connected:
      return "connected";
    case DtlsState::failed:
      return "failed";
    case DtlsState::closed:
      return "closed";
  }
  return "";
}

std::string_view to_string(DtlsFailure failure) {
  switch (failure) {
    case DtlsFailure::none:
      return "none";
    case DtlsFailure::wrong_fingerprint:
      return "wrong-fingerprint";
    case DtlsFailure::alert:
      return "alert";
    case DtlsFailure::refused:
      return "refused";
    case DtlsFailure::timed_out:
      return "timed-out";
  }
  return "";
}

/// Stands still in memory: OpenSSL has its address.
struct Dtls::Engine {
  Engine(const DtlsContext& context, DtlsRole of, const Fingerprint& expected);

  void advance(base::Instant now);
  void finish();
  void read_the_rest();
  void fail(DtlsFailure why);
  void send_again(base::Instant now);

  static const BIO_METHOD* bio_method();
  static int write_datagram(BIO* bio, const char* bytes, int size);
  static int read_datagram(BIO* bio, char* into, int size);

  DtlsRole role;
  ExpectedPeer peer;
  DtlsState state = DtlsState::fresh;
  DtlsFailure failure = DtlsFailure::none;
  std::span<const std::byte> input;
  DtlsFlight flight;
  std::optional<rtp::SrtpMasters> masters;
  base::Instant give_up_at{}, resend_at{};
  base::Duration interval = first_interval;
  bool wrote = false;  // during the current call
  Association association;
};

/// One call is one datagram, which memory BIOs do not keep apart.
int Dtls::Engine::write_datagram(BIO* bio, const char* bytes, int size) {
  auto& engine = *static_cast<Engine*>(BIO_get_data(bio));
  const auto datagram = std::as_bytes(std::span(bytes, static_cast<std::size_t>(size)));
  engine.wrote = engine.flight.add(datagram) || engine.wrote;
  return size;
}

int Dtls::Engine::read_datagram(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  auto& engine = *static_cast<Engine*>(BIO_get_data(bio));
  const auto datagram = std::exchange(engine.input, {});
  const std::size_t taken = std::min(datagram.size(), static_cast<std::size_t>(size));
  if (taken == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, datagram.data(), taken);
  return static_cast<int>(taken);
}

const BIO_METHOD* Dtls::Engine::bio_method() {
  static const BioMethod method = [] {
    BioMethod made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams"));
    BIO_meth_set_write(made.get(), write_datagram);
    BIO_meth_set_read(made.get(), read_datagram);
    BIO_meth_set_ctrl(made.get(), [](BIO*, int command, long, void*) -> long {
      return command == BIO_CTRL_FLUSH ? 1 : 0;
    });
    return made;
  }();
  return method.get();
}

Dtls::Engine::Engine(const DtlsContext& context, DtlsRole of, const Fingerprint& expected)
    : role(of), peer{expected}, association(SSL_new(context.handle())) {
  BIO* bio = BIO_new(bio_method());
  assert(association != nullptr && bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL* ssl = association.get();
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, &peer);
  SSL_set_mtu(ssl, DtlsFlight::mtu);
  DTLS_set_timer_cb(ssl, never);
  if (role == DtlsRole::active)
    SSL_set_connect_state(ssl);
  else
    SSL_set_accept_state(ssl);
}

void Dtls::Engine::fail(DtlsFailure why) {
  state = DtlsState::failed;
  failure = peer.is_another ? DtlsFailure::wrong_fingerprint : why;
}

void Dtls::Engine::advance(base::Instant now) {
  ERR_clear_error();
  wrote = false;
  flight.expect_next();
  const int done = SSL_do_handshake(association.get());
  if (wrote) {
    interval = first_interval;
    resend_at = now + interval;
  }
  if (done == 1) return finish();
  const int error = SSL_get_error(association.get(), done);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  const bool alerted =
      error == SSL_ERROR_ZERO_RETURN || ERR_GET_REASON(ERR_peek_error()) > SSL_AD_REASON_OFFSET;
  ERR_clear_error();
  fail(alerted ? DtlsFailure::alert : DtlsFailure::refused);
}

void Dtls::Engine::finish() {
  masters = export_masters(association.get(), role);
  if (!masters) return fail(DtlsFailure::refused);
  state = DtlsState::connected;
}

void Dtls::Engine::read_the_rest() {
  ERR_clear_error();
  wrote = false;
  flight.expect_next();
  SSL_alloc_buffers(association.get());
  std::array<char, 2048> dropped{};
  int read = 0;
  while ((read = SSL_read(association.get(), dropped.data(), dropped.size())) > 0) {
  }
  // Its own end, or an alert that was authentic: either way the peer is gone.
  if (SSL_get_shutdown(association.get()) & SSL_RECEIVED_SHUTDOWN) state = DtlsState::closed;
  // 32 KiB that a call has no more use for until it ends.
  SSL_free_buffers(association.get());
  ERR_clear_error();
}

void Dtls::Engine::send_again(base::Instant now) {
  flight.send_again();
  interval = std::min(interval * 2, last_interval);
  resend_at = now + interval;
}

Dtls::Dtls(const DtlsContext& context, DtlsRole role, const Fingerprint& peer)
    : engine_(std::make_unique<Engine>(context, role, peer)) {}
Dtls::~Dtls() = default;

void Dtls::start(base::Instant now) {
  assert(engine_->role == DtlsRole::active && engine_->state == DtlsState::fresh);
  engine_->state = DtlsState::connecting;
  engine_->give_up_at = now + handshake_limit;
  engine_->advance(now);
}

void Dtls::handle_datagram(std::span<const std::byte> datagram, base::Instant now) {
  Engine& engine = *engine_;
  if (datagram.empty()) return;
  if (engine.state == DtlsState::fresh) {
    if (engine.role == DtlsRole::active) return;
    engine.state = DtlsState::connecting;
    engine.give_up_at = now + handshake_limit;
  }
  engine.input = datagram;
  if (engine.state == DtlsState::connecting) engine.advance(now);
  if (engine.state != DtlsState::connected) return;
  engine.read_the_rest();
  const bool asks = engine.role == DtlsRole::passive &&
                    std::to_integer<unsigned>(datagram[0]) == handshake_record;
  if (asks && !engine.wrote && now >= engine.resend_at) engine.send_again(now);
}

void Dtls::handle_timeout(base::Instant now) {
  Engine& engine = *engine_;
  if (engine.state != DtlsState::connecting) return;
  if (now >= engine.give_up_at) return engine.fail(DtlsFailure::timed_out);
  if (now >= engine.resend_at && !engine.flight.empty()) engine.send_again(now);
}

std::optional<base::Instant> Dtls::next_timeout() const {
  if (engine_->state != DtlsState::connecting) return std::nullopt;
  if (engine_->flight.empty()) return engine_->give_up_at;
  return std::min(engine_->resend_at, engine_->give_up_at);
}

void Dtls::close() {
  if (engine_->state == DtlsState::connected) {
    SSL_alloc_buffers(engine_->association.get());
    SSL_shutdown(engine_->association.get());
  }
  engine_->state = DtlsState::closed;
}

std::span<const std::byte> Dtls::poll_transmit() {
  return engine_->flight.poll();
}

DtlsState Dtls::state() const {
  return engine_->state;
}
DtlsFailure Dtls::failure() const {
  return engine_->failure;
}
const std::optional<rtp::SrtpMasters>& Dtls::masters() const {
  return engine_->masters;
}
std::string_view Dtls::cipher() const {
  const char* name = SSL_get_cipher_name(engine_->association.get());
  return name == nullptr || std::string_view(name) == "(NONE)" ? std::string_view() : name;
}

}  // namespace belfry::webrtc
