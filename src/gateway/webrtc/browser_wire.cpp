#include "gateway/webrtc/browser_wire.hpp"

#include <algorithm>
#include <cstring>

namespace belfry::gateway::webrtc {

using belfry::webrtc::Path;
using media::Connection;
using media::PacketKind;

namespace {

struct ConnectionOf {
  using Maybe = std::optional<Connection>;
  Maybe operator()(const std::monostate&) const { return std::nullopt; }
  Maybe operator()(const belfry::webrtc::Connected&) const { return Connection::connected; }
  Maybe operator()(const belfry::webrtc::Failed& failed) const {
    return failed.reason == belfry::webrtc::TransportFailure::wrong_fingerprint
               ? Connection::wrong_fingerprint
               : Connection::never_connected;
  }
  Maybe operator()(const belfry::webrtc::PeerClosed&) const { return Connection::consent_lost; }
  Maybe operator()(const belfry::webrtc::ConsentLost&) const { return Connection::consent_lost; }
  Maybe operator()(const belfry::webrtc::ConsentRegained&) const {
    return Connection::consent_regained;
  }
};

net::Address to_net_address(const Path& path) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), path.ip.data(), bytes.size());
  const auto ip = path.v6 ? net::IpAddress::v6(bytes)
                          : net::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return {ip, path.port};
}

call::Handshake to_handshake(Connection connection) {
  switch (connection) {
    case Connection::connected:
    case Connection::consent_regained:
      return call::Handshake::connected;
    case Connection::never_connected:
      return call::Handshake::never_connected;
    case Connection::wrong_fingerprint:
      return call::Handshake::wrong_fingerprint;
    case Connection::consent_lost:
      return call::Handshake::consent_lost;
  }
  return call::Handshake::waiting;
}

}  // namespace

BrowserWire::BrowserWire(
    Port& port, const belfry::webrtc::DtlsContext& context, belfry::webrtc::IceCredentials local
)
    : port_(port), transport_(context, std::move(local), *this, *this) {}

void BrowserWire::attach(media::PacketSink& sink) {
  sink_ = &sink;
  ufrags_[0] = transport_.ice().local().ufrag;
  port_.add(ufrags_[0], *this);
}

void BrowserWire::detach() {
  transport_.close();
  for (const std::string& ufrag : ufrags_) port_.remove(ufrag);
  for (std::size_t i = 0; i < path_count_; ++i) port_.remove(paths_[i], *this);
  path_count_ = 0;
  sink_ = nullptr;
}

void BrowserWire::obey(media::WireOrder& order, base::Instant now) {
  if (auto* remote = dynamic_cast<RemoteOrder*>(&order)) {
    transport_.set_remote(std::move(remote->ice_ufrag), remote->fingerprint, now);
    transport_.keep_sent(std::move(remote->sent));
    setting_up_ = true;
  } else if (auto* restart = dynamic_cast<RestartOrder*>(&order)) {
    // Of the credentials before the last ones nobody sends any more.
    port_.remove(ufrags_[1]);
    ufrags_[1] = std::exchange(ufrags_[0], restart->local.ufrag);
    port_.add(ufrags_[0], *this);
    transport_.restart_ice(std::move(restart->local), std::move(restart->remote_ufrag));
  }
}

void BrowserWire::handle_datagram(
    std::span<const std::byte> datagram, const Path& from, base::Instant arrived
) {
  transport_.handle_datagram(datagram, from, arrived);
  if (belfry::webrtc::stun::is_stun(datagram) && transport_.ice().is_valid(from)) remember(from);
}

void BrowserWire::remember(const Path& path) {
  const auto known = std::span(paths_).first(path_count_);
  if (std::ranges::find(known, path) == known.end()) {
    if (path_count_ == paths_.size()) {
      port_.remove(paths_[next_path_], *this);
      paths_[next_path_] = path;
      next_path_ = (next_path_ + 1) % paths_.size();
    } else {
      paths_[path_count_++] = path;
    }
  }
  port_.add(path, *this);
}

void BrowserWire::send(PacketKind kind, std::span<const std::byte> bytes, base::Instant now) {
  if (kind == PacketKind::rtp) {
    transport_.send_rtp(bytes, now);
  } else {
    transport_.send_rtcp(bytes, now);
  }
}

void BrowserWire::send_again(std::uint16_t sequence, base::Instant now) {
  transport_.repeat_rtp(sequence, now);
}

void BrowserWire::receive(base::Instant now, media::PacketSink&) {
  transport_.handle_timeout(now);
}

void BrowserWire::apply(const media::MediaTerms&, base::Instant) {}

std::optional<Connection> BrowserWire::poll_connection() {
  while (const auto event = transport_.poll_event()) {
    setting_up_ = false;
    if (const auto connection = std::visit(ConnectionOf(), *event)) {
      last_news_ = connection;
      return connection;
    }
  }
  return std::nullopt;
}

bool BrowserWire::is_impatient() const {
  return setting_up_;
}

media::WireCounters BrowserWire::counters() const {
  const belfry::webrtc::TransportCounters& seen = transport_.counters();
  media::WireCounters counters;
  counters.from_strangers = seen.from_strangers;
  counters.not_authentic = seen.srtp_bad;
  counters.replayed = seen.srtp_replayed;
  if (const Path* path = transport_.ice().selected()) counters.remote = to_net_address(*path);
  counters.handshake = last_news_ ? to_handshake(*last_news_) : call::Handshake::waiting;
  return counters;
}

void BrowserWire::on_rtp(std::span<const std::byte> packet, base::Instant now) {
  if (sink_ != nullptr) sink_->on_packet(PacketKind::rtp, packet, now);
}

void BrowserWire::on_rtcp(std::span<const std::byte> packet, base::Instant now) {
  if (sink_ != nullptr) sink_->on_packet(PacketKind::rtcp, packet, now);
}

void BrowserWire::send(const Path& to, std::span<const std::byte> datagram) {
  port_.send(to, datagram);
}

}  // namespace belfry::gateway::webrtc
