#include "gateway/media/srtp_wire.hpp"

#include <utility>

#include "base/metrics.hpp"

namespace belfry::gateway::media {
namespace {

void count_dropped(rtp::SrtpError error) {
  const auto series = [](const char* why) -> base::metrics::Counter& {
    return base::metrics::counter(
        "belfry_srtp_dropped_total", "Encrypted packets that were dropped", {{"why", why}}
    );
  };
  static auto& malformed = series("malformed");
  static auto& replayed = series("replayed");
  static auto& not_authentic = series("not-authentic");
  switch (error) {
    case rtp::SrtpError::malformed:
      return malformed.add();
    case rtp::SrtpError::replayed:
      return replayed.add();
    case rtp::SrtpError::not_authentic:
      return not_authentic.add();
  }
}

}  // namespace

base::Result<std::shared_ptr<SrtpSession>> SrtpSession::create(rtp::SrtpMasters masters) {
  BELFRY_TRY(sender, rtp::SrtpSender::create(masters.send));
  BELFRY_TRY(receiver, rtp::SrtpReceiver::create(masters.receive));
  return std::make_shared<SrtpSession>(std::move(masters), std::move(sender), std::move(receiver));
}

void SrtpWire::send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) {
  if (!session_) return inner_->send(kind, bytes, now);
  rtp::SrtpSender& sender = session_->sender;
  const auto sealed = kind == PacketKind::rtp ? sender.protect(bytes, buffer_)
                                              : sender.protect_control(bytes, buffer_);
  if (!sealed.empty()) inner_->send(kind, sealed, now);
}

void SrtpWire::receive(base::Instant now, PacketSink& sink) {
  sink_ = &sink;
  inner_->receive(now, session_ ? *this : sink);
}

void SrtpWire::receive_from(std::size_t socket, base::Instant now, PacketSink& sink) {
  sink_ = &sink;
  inner_->receive_from(socket, now, session_ ? *this : sink);
}

void SrtpWire::on_packet(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) {
  rtp::SrtpReceiver& receiver = session_->receiver;
  const auto plain = kind == PacketKind::rtp ? receiver.unprotect(bytes, buffer_)
                                             : receiver.unprotect_control(bytes, buffer_);
  if (plain) return sink_->on_packet(kind, *plain, now);
  count_dropped(plain.error());
  if (kind == PacketKind::rtp)
    ++(plain.error() == rtp::SrtpError::replayed ? replayed_ : not_authentic_);
}

WireCounters SrtpWire::counters() const {
  WireCounters counters = inner_->counters();
  counters.not_authentic += not_authentic_;
  counters.replayed += replayed_;
  return counters;
}

void SrtpWire::apply(const MediaTerms& terms, base::Instant now) {
  if (session_ && terms.srtp && session_ != terms.srtp) {
    // The same key with its counters at zero would use its key stream a second time.
    if (session_->masters.send == terms.srtp->masters.send)
      std::swap(session_->sender, terms.srtp->sender);
    if (session_->masters.receive == terms.srtp->masters.receive)
      std::swap(session_->receiver, terms.srtp->receiver);
  }
  session_ = terms.srtp;
  inner_->apply(terms, now);
}

}  // namespace belfry::gateway::media
