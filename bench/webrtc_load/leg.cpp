#include "webrtc_load/leg.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "gateway/media/datagrams.hpp"

namespace belfry::bench {
namespace {

constexpr int receive_buffer = 256 << 10;

int open_towards(const webrtc::Path& server) {
  const net::IpAddress loopback = net::IpAddress::v4({127, 0, 0, 1});
  const int fd = gateway::media::bind_udp(loopback, 0, receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  std::memcpy(&address.sin_addr, server.ip.data(), 4);
  if (fd >= 0) (void)connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return fd;
}

}  // namespace

Leg::Leg(
    const webrtc::DtlsContext& context, const LegTerms& terms, const Speech& speech,
    std::size_t first, base::Random& random, base::Instant now
)
    : socket_(open_towards(terms.transport.server)),
      speech_(speech),
      next_(first),
      payload_type_(terms.payload_type),
      units_(media::describe(terms.codec).clock_hz / 50),
      stream_(random),
      arrivals_(media::describe(terms.codec).clock_hz),
      transport_(context, terms.transport, random, *this, *this, now) {}

Leg::~Leg() {
  if (socket_ >= 0) ::close(socket_);
}

void Leg::receive(base::Instant now) {
  while (true) {
    const auto datagrams = gateway::media::read_datagrams(socket_, gateway::media::most_datagrams);
    for (const auto& datagram : datagrams)
      transport_.handle_datagram(datagram.bytes, datagram.arrived_by(now));
    if (datagrams.size() < gateway::media::most_datagrams) return;
  }
}

void Leg::tend(base::Instant now) {
  if (transport_.next_timeout() <= now) transport_.handle_timeout(now);
}

void Leg::speak() {
  const auto& payload = speech_[next_++ % speech_.size()];
  std::array<std::byte, rtp::header_size + media::max_payload> packet;
  const auto written = rtp::write_packet(stream_.next(payload_type_, units_), payload, packet);
  if (transport_.send_rtp(written)) ++sent_;
}

void Leg::restart_counts() {
  sent_ = 0;
  arrivals_.restart();
}

void Leg::send(const webrtc::Path&, std::span<const std::byte> datagram) {
  (void)::send(socket_, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void Leg::on_rtp(std::span<const std::byte> packet, base::Instant arrived) {
  const auto view = rtp::parse_packet(packet);
  if (view && view->payload_type == payload_type_) arrivals_.take(*view, arrived);
}

}  // namespace belfry::bench
