#include "webrtc/dtls_srtp.hpp"

#include "rtp/packet.hpp"

namespace belfry::webrtc {

void DtlsSrtp::handle_records(std::span<const std::byte> datagram, base::Instant now) {
  dtls_.handle_datagram(datagram, now);
  if (has_keys() || !dtls_.masters()) return;
  auto sender = rtp::SrtpSender::create(dtls_.masters()->send);
  auto receiver = rtp::SrtpReceiver::create(dtls_.masters()->receive);
  if (!sender || !receiver) return;  // no memory: as if there never were keys
  sender_ = std::move(*sender);
  receiver_ = std::move(*receiver);
}

rtp::SrtpReceiver::Plain DtlsSrtp::open(std::span<const std::byte> packet) {
  return rtp::is_rtcp(packet) ? receiver_->unprotect_control(packet, plain_)
                              : receiver_->unprotect(packet, plain_);
}

std::span<const std::byte> DtlsSrtp::seal_rtp(std::span<const std::byte> packet) {
  return sender_->protect(packet, sealed_);
}

std::span<const std::byte> DtlsSrtp::seal_rtcp(std::span<const std::byte> compound) {
  return sender_->protect_control(compound, sealed_);
}

}  // namespace belfry::webrtc
