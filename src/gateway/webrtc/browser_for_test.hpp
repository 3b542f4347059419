#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/webrtc/lossy_link_for_test.hpp"
#include "media/g711.hpp"
#include "media/tone.hpp"
#include "rtp/arrival_log.hpp"
#include "rtp/feedback.hpp"
#include "rtp/packet.hpp"
#include "rtp/statistics.hpp"
#include "rtp/stream.hpp"
#include "rtp/telephone_event.hpp"
#include "sdp/webrtc.hpp"
#include "webrtc/client_transport.hpp"

namespace belfry::gateway::webrtc {

/// A browser's end on a UDP socket of its own: describes itself, connects, says a tone in PCMU or
/// something else, presses keys, and keeps what it hears.
class TestBrowser final : private belfry::webrtc::TransportOutput,
                          private belfry::webrtc::TransportSink {
 public:
  TestBrowser(const belfry::webrtc::DtlsContext& context, base::Random& random, std::string host)
      : context_(context),
        random_(random),
        credentials_(belfry::webrtc::IceCredentials::make(random)),
        stream_(random),
        tone_(belfry::media::sine(440), belfry::media::narrowband),
        socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in local{};
    local.sin_family = AF_INET;
    inet_pton(AF_INET, host.c_str(), &local.sin_addr);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof local), 0);
  }
  ~TestBrowser() override { close(socket_); }
  TestBrowser(const TestBrowser&) = delete;
  TestBrowser& operator=(const TestBrowser&) = delete;

  std::string offer(bool opus_first = false) {
    return description(opus_first, sdp::DtlsSetup::actpass);
  }
  std::string answer() { return description(false, sdp::DtlsSetup::active); }
  /// New ICE credentials for the next description.
  void renew() { credentials_ = belfry::webrtc::IceCredentials::make(random_); }
  const belfry::webrtc::IceCredentials& credentials() const { return credentials_; }
  void claim_fingerprint(std::string fingerprint) { claimed_ = std::move(fingerprint); }

  /// The other side's description: connects to its first candidate.
  void connect(const std::string& text, base::Instant now) {
    const auto description = sdp::parse(text).value();
    const sdp::Media& media = description.media.at(0);
    const belfry::webrtc::IceCredentials theirs{
        media.find("ice-ufrag")->value, media.find("ice-pwd")->value
    };
    if (transport_) return transport_->restart_ice(credentials_, theirs, now);
    const auto fingerprint = belfry::webrtc::Fingerprint::parse(media.find("fingerprint")->value);
    connect(theirs, fingerprint.value(), to_path(media.connection->address, media.port), now);
  }
  /// To a server that is known without a description.
  void connect(
      const belfry::webrtc::IceCredentials& theirs, const belfry::webrtc::Fingerprint& fingerprint,
      const belfry::webrtc::Path& server, base::Instant now
  ) {
    belfry::webrtc::TransportOutput& output = *this;
    belfry::webrtc::TransportSink& sink = *this;
    server_ = server;
    now_ = now;
    if (by_tcp) open_stream(server);
    transport_.emplace(
        context_,
        belfry::webrtc::ClientTransport::Settings{credentials_, theirs, fingerprint, server},
        random_, output, sink, now
    );
  }
  static belfry::webrtc::Path to_path(const std::string& address, std::uint16_t port) {
    belfry::webrtc::Path path;
    path.port = port;
    in_addr ip{};
    inet_pton(AF_INET, address.c_str(), &ip);
    std::memcpy(path.ip.data(), &ip, sizeof ip);
    return path;
  }

  void step(base::Instant now) {
    now_ = now;
    if (to_server) deliver(now);
    if (by_tcp) {
      read_stream(now);
    } else {
      read_datagrams(now);
    }
    if (!transport_) return;
    if (!silent && transport_->next_timeout() <= now) transport_->handle_timeout(now);
    if (connected() && !silent && now >= speak_at_) speak(now);
  }
  bool connected() const { return transport_ && transport_->connected(); }
  /// Packets that were not authentic, or came twice.
  std::size_t dropped() const { return transport_->dropped(); }
  bool checked() const { return transport_ && transport_->checked(); }
  /// Bytes of anybody, from the browser's socket.
  void send_raw(std::span<const std::byte> bytes, std::uint16_t port) const {
    transmit(to_path("127.0.0.1", port), bytes);
  }

  /// 20 ms of sound, coded; empty: the tone.
  struct Voice {
    std::uint8_t payload_type = 0;
    std::uint32_t ticks = 160;  // of the RTP clock
    std::function<std::vector<std::byte>()> next;
  } voice;
  rtp::DigitSender keys;  // what is pressed goes out in place of the voice
  std::uint8_t key_type = 126;
  /// What lies between it and the server; nothing: nothing does.
  std::optional<LossyLink> to_server, from_server;

  struct Sent {
    std::vector<std::byte> payload;
    bool lost;
  };
  std::vector<Sent> sent;  // of the voice
  /// Whatever comes, beside `heard`.
  std::function<void(const rtp::PacketView&)> on_packet = [](const rtp::PacketView&) {};

  /// To the other side, whose stream it is about is `source`.
  void send_control(const std::function<void(rtp::RtcpWriter&)>& write) {
    std::array<std::byte, 1500> buffer;
    rtp::RtcpWriter writer(buffer);
    write(writer);
    transport_->send_rtcp(writer.written());
  }
  /// A packet of its own that was not sent when its turn came.
  void send_kept() {
    for (const auto& packet : std::exchange(kept_, {})) transport_->send_rtp(packet);
  }

  bool feedback = false;                               // it offers any, and numbers its packets
  std::function<bool()> loses = [] { return false; };  // packets of its own
  struct Heard {
    std::uint16_t sequence = 0;
    std::optional<std::uint16_t> number;  // the transport's
    std::size_t size = 0;                 // of the packet
  };
  std::vector<Heard> packets;
  std::vector<rtp::PacketStatus> arrivals;  // that the other side told of
  std::vector<std::uint16_t> questions;     // it asks for these
  std::uint32_t source = 0;                 // of what is heard
  std::optional<std::uint32_t> last_sender_report;

  std::size_t datagrams = 0;  // that came
  bool silent = false;        // it went away: no checks, no sound
  bool by_tcp = false;        // before it connects
  std::vector<belfry::media::Sample> heard;
  int reports = 0;

 private:
  static sockaddr_in to_address(const belfry::webrtc::Path& path) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(path.port);
    std::memcpy(&address.sin_addr, path.ip.data(), 4);
    return address;
  }
  std::string description(bool opus_first, sdp::DtlsSetup setup) const {
    sdp::OwnWebRtcAudio audio;
    audio.session_id = "1";
    audio.ice_ufrag = credentials_.ufrag;
    audio.ice_password = credentials_.password;
    audio.fingerprint = claimed_.value_or(context_.fingerprint().to_string());
    audio.setup = setup;
    audio.formats = {{0, sdp::pcmu, {}}, {key_type, {"telephone-event", 8000, 1}, "0-16"}};
    if (opus_first) audio.formats.insert(audio.formats.begin(), {111, sdp::opus, {}});
    if (feedback) audio.feedback = {extension, true};
    audio.stream = "browser";
    return serialize(make_webrtc_offer(audio));
  }
  void read_datagrams(base::Instant now) {
    std::array<std::byte, 2000> buffer;
    while (true) {
      const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
      if (got < 0) break;
      ++datagrams;
      const auto datagram = std::span(buffer).first(static_cast<std::size_t>(got));
      if (from_server) {
        from_server->send(datagram, now);
      } else if (transport_) {
        transport_->handle_datagram(datagram, now);
      }
    }
    if (!from_server) return;
    while (const auto datagram = from_server->take(now))
      transport_->handle_datagram(*datagram, now);
  }
  void deliver(base::Instant now) {
    while (const auto datagram = to_server->take(now)) transmit(server_, *datagram);
  }
  void transmit(const belfry::webrtc::Path& to, std::span<const std::byte> datagram) const {
    const sockaddr_in address = to_address(to);
    (void)sendto(
        socket_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&address),
        sizeof address
    );
  }
  void open_stream(const belfry::webrtc::Path& server) {
    close(socket_);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    // Waiting for acknowledgements takes real time, and ours is virtual.
    constexpr int yes = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const sockaddr_in address = to_address(server);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  void read_stream(base::Instant now) {
    std::array<std::byte, 4096> buffer;
    while (true) {
      const ssize_t got = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got <= 0) break;
      stream_in_.insert(stream_in_.end(), buffer.begin(), buffer.begin() + got);
    }
    while (stream_in_.size() >= 2) {
      const std::size_t size = std::to_integer<std::size_t>(stream_in_[0]) * 256 +
                               std::to_integer<std::size_t>(stream_in_[1]);
      if (stream_in_.size() < 2 + size) return;
      transport_->handle_datagram(std::span(stream_in_).subspan(2, size), now);
      stream_in_.erase(stream_in_.begin(), stream_in_.begin() + static_cast<long>(2 + size));
    }
  }
  void send_frame(std::span<const std::byte> datagram) const {
    std::vector<std::byte> frame{
        static_cast<std::byte>(datagram.size() / 256), static_cast<std::byte>(datagram.size())
    };
    frame.insert(frame.end(), datagram.begin(), datagram.end());
    // In two pieces: a stream has no borders.
    ASSERT_EQ(::send(socket_, frame.data(), 1, MSG_NOSIGNAL), 1);
    ASSERT_GT(::send(socket_, frame.data() + 1, frame.size() - 1, MSG_NOSIGNAL), 0);
  }
  void speak(base::Instant now) {
    speak_at_ = now + belfry::media::frame_duration;
    std::array<std::byte, 1500> packet;
    if (keys.active()) {
      if (const auto key = keys.tick(stream_.timestamp())) {
        const auto header = stream_.next_at(key_type, key->timestamp, key->marker);
        transport_->send_rtp(rtp::write_packet(header, key->payload, packet));
      }
      return stream_.be_silent(voice.ticks);
    }
    const std::vector<std::byte> payload = voice.next ? voice.next() : tone();
    const auto header = stream_.next(voice.payload_type, voice.ticks);
    if (feedback) return send_numbered(header, payload);
    transport_->send_rtp(rtp::write_packet(header, payload, packet));
    sent.push_back({payload, to_server && to_server->lost_last()});
  }
  void send_numbered(const rtp::PacketHeader& header, std::span<const std::byte> payload) {
    std::array<std::byte, 1500> packet;
    rtp::write_header(header, {extension, next_number_++}, packet);
    std::ranges::copy(payload, packet.begin() + rtp::extended_header_size);
    const auto whole = std::span(packet).first(rtp::extended_header_size + payload.size());
    if (loses()) {
      kept_.emplace_back(whole.begin(), whole.end());
    } else {
      transport_->send_rtp(whole);
    }
  }
  std::vector<std::byte> tone() {
    std::array<belfry::media::Sample, 160> samples;
    tone_.fill(samples);
    std::vector<std::byte> payload(samples.size());
    std::ranges::transform(samples, payload.begin(), belfry::media::to_mulaw);
    return payload;
  }
  void send(const belfry::webrtc::Path& to, std::span<const std::byte> datagram) override {
    if (by_tcp) return send_frame(datagram);
    if (to_server) return to_server->send(datagram, now_);
    transmit(to, datagram);
  }
  void on_rtp(std::span<const std::byte> bytes, base::Instant) override {
    const auto packet = rtp::parse_packet(bytes);
    ASSERT_TRUE(packet);
    on_packet(*packet);
    source = packet->ssrc;
    Heard told{packet->sequence, std::nullopt, bytes.size()};
    if (const auto number = rtp::find_extension(*packet, extension))
      told.number = base::ByteReader(*number).u16();
    packets.push_back(told);
    if (packet->payload_type != 0) return;
    for (const std::byte byte : packet->payload) heard.push_back(belfry::media::from_mulaw(byte));
  }
  void on_rtcp(std::span<const std::byte> bytes, base::Instant) override {
    auto compound = rtp::RtcpCompound::parse(bytes);
    ASSERT_TRUE(compound);
    while (const auto packet = compound->next()) {
      if (const auto* report = std::get_if<rtp::SenderReport>(&*packet)) {
        ++reports;
        last_sender_report = rtp::middle_of(report->sender.ntp_time);
      }
      const auto* other = std::get_if<rtp::OtherRtcp>(&*packet);
      if (other == nullptr) continue;
      if (const auto nack = rtp::read_nack(*other))
        nack->visit([&](std::uint16_t sequence) { questions.push_back(sequence); });
      const auto told = rtp::read_transport_feedback(*other);
      if (!told) continue;
      rtp::TransportStatuses statuses(*told);
      while (const auto status = statuses.next()) arrivals.push_back(*status);
    }
  }

  static constexpr std::uint8_t extension = 3;

  const belfry::webrtc::DtlsContext& context_;
  base::Random& random_;
  belfry::webrtc::IceCredentials credentials_;
  std::optional<std::string> claimed_;
  rtp::OutgoingStream stream_;
  belfry::media::ToneGenerator tone_;
  int socket_;
  std::vector<std::byte> stream_in_;
  std::optional<belfry::webrtc::ClientTransport> transport_;
  belfry::webrtc::Path server_;
  base::Instant now_{};
  base::Instant speak_at_{};
  std::uint16_t next_number_ = 65530;
  std::vector<std::vector<std::byte>> kept_;
};

}  // namespace belfry::gateway::webrtc
