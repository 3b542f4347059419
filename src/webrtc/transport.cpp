#include "webrtc/transport.hpp"

#include <algorithm>

#include "rtp/packet.hpp"

namespace belfry::webrtc {
namespace {

/// RFC 7983 section 7.
bool is_dtls(unsigned first) {
  return first >= 20 && first <= 63;
}
bool is_media(unsigned first) {
  return first >= 128 && first <= 191;
}

TransportFailure failure_of(DtlsFailure failure) {
  switch (failure) {
    case DtlsFailure::wrong_fingerprint:
      return TransportFailure::wrong_fingerprint;
    case DtlsFailure::alert:
      return TransportFailure::alert;
    case DtlsFailure::refused:
      return TransportFailure::refused;
    case DtlsFailure::none:
    case DtlsFailure::timed_out:
      return TransportFailure::no_handshake;
  }
  return TransportFailure::no_handshake;
}

}  // namespace

std::string_view to_string(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::no_check:
      return "no-check";
    case TransportFailure::no_handshake:
      return "no-handshake";
    case TransportFailure::wrong_fingerprint:
      return "wrong-fingerprint";
    case TransportFailure::alert:
      return "alert";
    case TransportFailure::refused:
      return "refused";
  }
  return "";
}

Transport::Transport(
    const DtlsContext& context, IceCredentials local, TransportOutput& output, TransportSink& sink
)
    : context_(context), output_(output), sink_(sink), ice_(std::move(local)) {}

void Transport::set_remote(std::string ufrag, const Fingerprint& fingerprint, base::Instant now) {
  if (secure_) return;
  ice_.set_remote_ufrag(std::move(ufrag));
  secure_.emplace(context_, DtlsRole::passive, fingerprint);
  give_up_at_ = now + setup_limit;
}

void Transport::restart_ice(IceCredentials local, std::string remote_ufrag) {
  ice_.restart(std::move(local), std::move(remote_ufrag));
}

void Transport::handle_datagram(
    std::span<const std::byte> datagram, const Path& from, base::Instant now
) {
  if (over_ || datagram.empty()) return;
  if (stun::is_stun(datagram)) return handle_stun(datagram, from, now);
  const auto first = std::to_integer<unsigned>(datagram[0]);
  if (!ice_.is_valid(from)) {
    ++counters_.from_strangers;
  } else if (is_dtls(first)) {
    handle_dtls(datagram, from, now);
  } else if (is_media(first)) {
    handle_media(datagram, now);
  } else {
    ++counters_.unknown;
  }
}

void Transport::handle_stun(
    std::span<const std::byte> datagram, const Path& from, base::Instant now
) {
  std::array<std::byte, stun::longest_written> reply{};
  const auto answered = ice_.handle(datagram, from, now, reply);
  ++(answered.outcome == IceLite::Outcome::valid ? counters_.stun_ok : counters_.stun_bad);
  if (!answered.bytes.empty()) output_.send(from, answered.bytes);
  if (!consents_ && !ice_.consent_lost(now)) {
    consents_ = true;
    events_.push(ConsentRegained{});
  }
}

void Transport::handle_dtls(
    std::span<const std::byte> datagram, const Path& from, base::Instant now
) {
  ++counters_.dtls_records;
  if (!secure_) {
    ++counters_.early;
    return;
  }
  dtls_path_ = from;
  secure_->handle_records(datagram, now);
  settle();
}

void Transport::handle_media(std::span<const std::byte> datagram, base::Instant now) {
  if (!connected_) {
    ++counters_.early;
    return;
  }
  const auto plain = secure_->open(datagram);
  if (!plain) {
    ++(plain.error() == rtp::SrtpError::replayed ? counters_.srtp_replayed : counters_.srtp_bad);
    return;
  }
  ++counters_.packets_in;
  counters_.bytes_in += datagram.size();
  counters_.last_packet_in = now;
  if (rtp::is_rtcp(*plain))
    sink_.on_rtcp(*plain, now);
  else
    sink_.on_rtp(*plain, now);
}

void Transport::settle() {
  for (auto out = secure_->poll_transmit(); !out.empty(); out = secure_->poll_transmit())
    output_.send(dtls_path_, out);
  if (secure_->dtls().state() == DtlsState::failed)
    return fail(failure_of(secure_->dtls().failure()));
  if (!connected_ && secure_->has_keys()) {
    connected_ = true;
    events_.push(Connected{});
  }
  if (secure_->dtls().state() == DtlsState::closed) {
    over_ = true;
    events_.push(PeerClosed{});
  }
}

void Transport::fail(TransportFailure reason) {
  over_ = true;
  events_.push(Failed{reason});
}

void Transport::handle_timeout(base::Instant now) {
  if (over_ || !secure_) return;
  if (!connected_ && now >= give_up_at_)
    return fail(
        ice_.selected() == nullptr ? TransportFailure::no_check : TransportFailure::no_handshake
    );
  secure_->handle_timeout(now);
  settle();
  if (connected_ && consents_ && ice_.consent_lost(now)) {
    consents_ = false;
    events_.push(ConsentLost{});
  }
}

std::optional<base::Instant> Transport::next_timeout() const {
  if (over_ || !secure_) return std::nullopt;
  if (!connected_) return std::min(give_up_at_, secure_->next_timeout().value_or(give_up_at_));
  return consents_ ? ice_.consent_until() : std::nullopt;
}

bool Transport::may_send(base::Instant now) const {
  return connected_ && !over_ && !ice_.consent_lost(now);
}

bool Transport::send_rtp(std::span<const std::byte> packet, base::Instant now) {
  if (!may_send(now)) return false;
  const auto sealed = secure_->seal_rtp(packet);
  if (sent_ && !sealed.empty()) sent_->keep(sealed, now);
  return send_sealed(sealed);
}

bool Transport::repeat_rtp(std::uint16_t sequence, base::Instant now) {
  return sent_ && may_send(now) && send_sealed(sent_->find(sequence, now));
}

bool Transport::send_rtcp(std::span<const std::byte> compound, base::Instant now) {
  return may_send(now) && send_sealed(secure_->seal_rtcp(compound));
}

bool Transport::send_sealed(std::span<const std::byte> datagram) {
  if (datagram.empty()) return false;
  output_.send(*ice_.selected(), datagram);
  ++counters_.packets_out;
  counters_.bytes_out += datagram.size();
  return true;
}

void Transport::close() {
  if (over_) return;
  over_ = true;
  if (!connected_) return;
  secure_->close();
  for (auto out = secure_->poll_transmit(); !out.empty(); out = secure_->poll_transmit())
    output_.send(*ice_.selected(), out);
}

DtlsState Transport::dtls_state() const {
  return secure_ ? secure_->dtls().state() : DtlsState::fresh;
}

std::string_view Transport::cipher() const {
  return secure_ ? secure_->dtls().cipher() : std::string_view();
}

std::optional<rtp::SrtpSuite> Transport::srtp_suite() const {
  if (!connected_) return std::nullopt;
  return secure_->dtls().masters()->send.suite;
}

}  // namespace belfry::webrtc
