#include "webrtc/client_transport.hpp"

#include <algorithm>
#include <string>

#include "rtp/packet.hpp"

namespace belfry::webrtc {
namespace {

/// Of a host's own address (RFC 8445 section 5.1.2).
constexpr std::uint32_t host_priority = 2130706431;
constexpr std::uint64_t tie_breaker = 1;  // nobody contests the role of a lite agent's peer

}  // namespace

ClientTransport::ClientTransport(
    const DtlsContext& context, Settings settings, base::Random& random, TransportOutput& output,
    TransportSink& sink, base::Instant now
)
    : settings_(std::move(settings)),
      random_(random),
      output_(output),
      sink_(sink),
      remote_key_(settings_.remote.password),
      secure_(context, DtlsRole::active, settings_.remote_fingerprint),
      check_at_(now) {}

void ClientTransport::handle_datagram(std::span<const std::byte> datagram, base::Instant now) {
  if (datagram.empty()) return;
  if (stun::is_stun(datagram)) return handle_answer(datagram, now);
  if (std::to_integer<unsigned>(datagram[0]) >= 128) return handle_media(datagram, now);
  secure_.handle_records(datagram, now);
  flush();
}

void ClientTransport::handle_answer(std::span<const std::byte> datagram, base::Instant now) {
  const auto answer = stun::parse(datagram);
  if (!answer || answer->kind != stun::Kind::success || !stun::is_authentic(*answer, remote_key_))
    return;
  if (std::ranges::find(asked_, answer->id) == asked_.end()) return;
  checked_ = true;
  check_at_ = now + consent_interval;
  if (secure_.dtls().state() == DtlsState::fresh) secure_.start(now);
  flush();
}

void ClientTransport::handle_media(std::span<const std::byte> datagram, base::Instant now) {
  if (!connected()) return;
  const auto plain = secure_.open(datagram);
  if (!plain)
    ++dropped_;
  else if (rtp::is_rtcp(*plain))
    sink_.on_rtcp(*plain, now);
  else
    sink_.on_rtp(*plain, now);
}

void ClientTransport::handle_timeout(base::Instant now) {
  if (now >= check_at_) send_check(now);
  secure_.handle_timeout(now);
  flush();
}

base::Instant ClientTransport::next_timeout() const {
  return std::min(check_at_, secure_.next_timeout().value_or(check_at_));
}

void ClientTransport::send_check(base::Instant now) {
  stun::TransactionId& id = asked_[asked_count_++ % asked_.size()];
  random_.fill(id);
  const std::string username = settings_.remote.ufrag + ':' + settings_.local.ufrag;
  const stun::Request request{id, username, host_priority, tie_breaker, true, true};
  std::array<std::byte, stun::longest_written> datagram{};
  output_.send(settings_.server, stun::write_request(request, remote_key_, datagram));
  // Repeated soon: an answer puts it off to the next consent check.
  check_at_ = now + check_interval;
}

void ClientTransport::flush() {
  for (auto out = secure_.poll_transmit(); !out.empty(); out = secure_.poll_transmit())
    output_.send(settings_.server, out);
}

bool ClientTransport::send(std::span<const std::byte> datagram) {
  if (datagram.empty()) return false;
  output_.send(settings_.server, datagram);
  return true;
}

bool ClientTransport::send_rtp(std::span<const std::byte> packet) {
  return connected() && send(secure_.seal_rtp(packet));
}

bool ClientTransport::send_rtcp(std::span<const std::byte> compound) {
  return connected() && send(secure_.seal_rtcp(compound));
}

void ClientTransport::restart_ice(IceCredentials local, IceCredentials remote, base::Instant now) {
  settings_.local = std::move(local);
  settings_.remote = std::move(remote);
  remote_key_ = IntegrityKey(settings_.remote.password);
  asked_ = {};
  checked_ = false;
  check_at_ = now;
}

void ClientTransport::close() {
  secure_.close();
  flush();
}

}  // namespace belfry::webrtc
