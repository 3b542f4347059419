#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <numbers>

#include "call/audio_verdict.hpp"
#include "gateway/media/plane.hpp"
#include "gateway/media/srtp_wire.hpp"
#include "rtp/packet.hpp"
#include "rtp/rtcp.hpp"

/// Faults put into real packets, and what is said of them.
namespace belfry::gateway::media {
namespace {

using namespace std::chrono_literals;
using belfry::media::Codec;
using belfry::media::Sample;

using Packet = std::vector<std::byte>;

/// A party on the network that sends what a test makes up.
class Party {
 public:
  explicit Party(const char* host = "127.0.0.1") : fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, host, &address.sin_addr);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t length = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    address_ = *net::Address::from(host, ntohs(address.sin_port));
  }
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;
  ~Party() { close(fd_); }
  const net::Address& address() const { return address_; }

  Packet audio(std::span<const std::byte> payload, std::uint8_t type = 0) {
    Packet packet(12 + payload.size());
    rtp::write_packet({false, type, sequence_++, timestamp_ += 160, 7}, payload, packet);
    return packet;
  }
  void send(std::span<const std::byte> packet, std::uint16_t port) const {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    EXPECT_GT(
        sendto(fd_, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to), 0
    );
  }
  /// What has come of the other side's audio: how many packets, and whose.
  int receive() {
    int count = 0;
    std::array<std::byte, 2000> buffer{};
    ssize_t length = 0;
    while ((length = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
      const auto packet =
          rtp::parse_packet(std::span(buffer).first(static_cast<std::size_t>(length)));
      if (!packet) continue;
      ++count;
      source = packet->ssrc;
      highest = packet->sequence;
    }
    return count;
  }

  std::uint32_t source = 0;
  std::uint16_t highest = 0;

 private:
  int fd_;
  net::Address address_;
  std::uint16_t sequence_ = 1;
  std::uint32_t timestamp_ = 0;
};

/// 20 ms of a 400 Hz tone of that height; 0: digital silence.
Packet sound(Codec codec, double height) {
  std::array<Sample, 160> samples{};
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<Sample>(
        height * std::sin(2 * std::numbers::pi * 400 * static_cast<double>(i) / 8000)
    );
  Packet payload(160);
  EXPECT_EQ(make_encoder(codec)->encode(samples, payload), 160u);
  return payload;
}

rtp::SrtpMaster key(std::byte fill) {
  return {rtp::SrtpSuite::aes_128_hmac_sha1_80, Packet(30, fill)};
}

struct AudioFactsTest : testing::Test {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::SeededRandom random{5};
  Plane plane{
      loop,
      random,
      {.ports = {.first = 30000, .last = 39999}, .drive = Plane::Settings::Drive::by_owner}
  };
  Party party;
  Plane::NetworkSeat seat = *plane.open_network_seat();
  MediaTerms terms;

  void SetUp() override {
    terms.telephone_event_in = terms.telephone_event_out = 101;
    terms.remote = party.address();
    // Its reports come from the same socket.
    terms.remote_control = party.address();
    agree();
  }
  void agree() { plane.set_terms(seat.seat, terms); }
  void pass(base::Duration time) {
    for (const base::Instant end = clock.now() + time; clock.now() < end;) {
      loop.run_ready();
      plane.step();
      clock.advance(10ms);
    }
    loop.run_ready();
  }
  /// One packet each 20 ms.
  template <class Next>
  void talk(base::Duration time, Party& who, Next&& next) {
    for (base::Duration passed = 0ms; passed < time; passed += 20ms) {
      who.send(next(), seat.port);
      pass(20ms);
    }
  }
  void talk(base::Duration time, const Packet& payload, std::uint8_t type = 0) {
    talk(time, party, [&] { return party.audio(payload, type); });
  }
  call::SeatStatistics seen() {
    call::SeatStatistics seen;
    bool answered = false;
    base::TaskGroup tasks(loop);
    tasks.spawn(ask(seen, answered));
    pass(20ms);
    EXPECT_TRUE(answered);
    return seen;
  }
  base::Task<void> ask(call::SeatStatistics& into, bool& answered) {
    into = co_await plane.statistics(seat.seat);
    answered = true;
  }
  call::AudioFault fault() { return call::judge(seen(), 20s).fault; }

  /// A report of the party; nothing: it names nobody.
  void report(std::optional<rtp::ReportBlock> about_us) {
    std::array<std::byte, 256> buffer{};
    rtp::RtcpWriter writer(buffer);
    std::array<rtp::ReportBlock, 1> blocks{about_us.value_or(rtp::ReportBlock{})};
    writer.receiver_report(7, std::span(blocks).first(about_us ? 1 : 0));
    party.send(writer.written(), static_cast<std::uint16_t>(seat.port + 1));
    pass(20ms);
  }
};

TEST_F(AudioFactsTest, SoundInPacketsIsHeardInEachCodecThatTellsItUndecoded) {
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    terms.codec = codec;
    terms.payload_type_in = terms.payload_type_out = describe(codec).payload_type;
    agree();
    talk(500ms, sound(codec, 8000), describe(codec).payload_type);
    EXPECT_EQ(seen().sound, call::Sound::heard);
    EXPECT_EQ(fault(), call::AudioFault::none);
  }
}

TEST_F(AudioFactsTest, ZerosInBothG711sAreDigitalSilence) {
  talk(500ms, sound(Codec::pcmu, 0));
  EXPECT_EQ(seen().sound, call::Sound::digital_silence);
  terms.codec = Codec::pcma;
  terms.payload_type_in = terms.payload_type_out = 8;
  agree();
  talk(500ms, sound(Codec::pcma, 0), 8);
  EXPECT_EQ(seen().sound, call::Sound::digital_silence) << "zero is 8 in A-law";
  EXPECT_EQ(fault(), call::AudioFault::muted);
}

TEST_F(AudioFactsTest, LowNoiseIsSilenceAndAClickIsNoSound) {
  talk(500ms, sound(Codec::pcmu, 60));
  talk(60ms, sound(Codec::pcmu, 20000));
  talk(500ms, sound(Codec::pcmu, 60));
  EXPECT_EQ(seen().sound, call::Sound::faint);
  EXPECT_EQ(fault(), call::AudioFault::silent);
  talk(200ms, sound(Codec::pcmu, 2000));
  EXPECT_EQ(fault(), call::AudioFault::none);
}

TEST_F(AudioFactsTest, G722IsDecodedUntilItIsHeard) {
  terms.codec = Codec::g722;
  terms.payload_type_in = terms.payload_type_out = 9;
  agree();
  const auto encoder = belfry::media::make_encoder(Codec::g722);
  double height = 0;
  double phase = 0;
  const auto next = [&] {
    std::array<Sample, 320> samples{};
    for (Sample& sample : samples)
      sample = static_cast<Sample>(height * std::sin(phase += 2 * std::numbers::pi * 400 / 16000));
    Packet payload(160);
    encoder->encode(samples, payload);
    return party.audio(payload, 9);
  };
  talk(15s, party, next);
  EXPECT_EQ(fault(), call::AudioFault::muted);
  height = 8000;
  talk(1s, party, next);
  EXPECT_EQ(fault(), call::AudioFault::none);
}

TEST_F(AudioFactsTest, PassedOnUndecodedG722IsUnknownAndG711IsNot) {
  const Party other_party;
  const auto other = *plane.open_network_seat();
  for (const Codec codec : {Codec::g722, Codec::pcmu}) {
    terms.codec = codec;
    terms.payload_type_in = terms.payload_type_out = describe(codec).payload_type;
    agree();
    MediaTerms others = terms;
    others.remote = other_party.address();
    plane.set_terms(other.seat, others);
    plane.connect(seat.seat, other.seat);
    pass(100ms);
    talk(
        500ms, codec == Codec::pcmu ? sound(codec, 9000) : Packet(160, std::byte{0x5A}),
        terms.payload_type_in
    );
    EXPECT_EQ(seen().sound, codec == Codec::pcmu ? call::Sound::heard : call::Sound::unknown);
    EXPECT_EQ(fault(), call::AudioFault::none);
  }
}

TEST_F(AudioFactsTest, M1_PacketsFromAnotherAddressAreCountedAndNamed) {
  Party stranger("127.0.0.2");
  const Packet payload = sound(Codec::pcmu, 8000);
  talk(400ms, stranger, [&] { return stranger.audio(payload); });
  const call::SeatStatistics facts = seen();
  EXPECT_EQ(facts.from_strangers, 20u);
  EXPECT_EQ(facts.stranger, stranger.address().to_string());
  EXPECT_EQ(facts.remote, party.address().to_string());
  EXPECT_EQ(facts.packets_in, 0u);
  EXPECT_EQ(fault(), call::AudioFault::wrong_address);
  talk(400ms, payload);
  EXPECT_EQ(fault(), call::AudioFault::none) << "the party itself is heard";
}

TEST_F(AudioFactsTest, APayloadTypeThatWasNotAgreedIsCountedAndNamed) {
  talk(400ms, Packet(20), 18);
  const call::SeatStatistics facts = seen();
  EXPECT_EQ(facts.not_agreed, 20u);
  EXPECT_EQ(facts.payload_type_not_agreed, 18);
  EXPECT_FALSE(facts.since_last_packet);
  EXPECT_EQ(fault(), call::AudioFault::codec_not_agreed);
}

TEST_F(AudioFactsTest, M4_AnotherKeyIsCountedAndARepeatedPacketIsNotTakenForOne) {
  terms.srtp = *SrtpSession::create({key(std::byte{1}), key(std::byte{2})});
  agree();
  auto wrong = std::move(*rtp::SrtpSender::create(key(std::byte{9})));
  auto right = std::move(*rtp::SrtpSender::create(key(std::byte{2})));
  const Packet payload = sound(Codec::pcmu, 8000);
  std::array<std::byte, 400> buffer{};
  const auto sealed = [&](rtp::SrtpSender& sender) {
    const auto bytes = sender.protect(party.audio(payload), buffer);
    return Packet(bytes.begin(), bytes.end());
  };
  talk(400ms, party, [&] { return sealed(wrong); });
  EXPECT_EQ(seen().not_authentic, 20u);
  EXPECT_EQ(seen().packets_in, 0u);
  EXPECT_EQ(fault(), call::AudioFault::srtp_failed);
  const Packet twice = sealed(right);
  for (int time = 0; time < 2; ++time) party.send(twice, seat.port);
  talk(400ms, party, [&] { return sealed(right); });
  EXPECT_EQ(seen().replayed, 1u);
  EXPECT_EQ(seen().not_authentic, 20u);
  EXPECT_EQ(fault(), call::AudioFault::none);
}

TEST_F(AudioFactsTest, ReportsTellWhetherThePartyHearsUs) {
  talk(400ms, sound(Codec::pcmu, 8000));
  EXPECT_EQ(seen().party_reports, call::PartyReports::none);
  pass(2s);
  ASSERT_GT(party.receive(), 100);
  rtp::ReportBlock block;
  block.ssrc = party.source;
  block.highest_sequence = party.highest;
  block.fraction_lost = 64;
  report(block);
  EXPECT_EQ(seen().party_reports, call::PartyReports::hear_us);
  EXPECT_EQ(seen().loss_there, 0.25);
  EXPECT_EQ(fault(), call::AudioFault::heavy_loss);
  block.fraction_lost = 0;
  ++block.highest_sequence;
  report(block);
  EXPECT_EQ(fault(), call::AudioFault::none);
}

TEST_F(AudioFactsTest, AReportThatNamesNobodyOrNothingNewSaysThatItIsOneWay) {
  talk(400ms, sound(Codec::pcmu, 8000));
  report({});
  EXPECT_EQ(fault(), call::AudioFault::none) << "we have sent too little to be missed";
  pass(2s);
  report({});
  EXPECT_EQ(fault(), call::AudioFault::not_heard);
  ASSERT_GT(party.receive(), 100);
  rtp::ReportBlock block;
  block.ssrc = party.source;
  block.highest_sequence = party.highest;
  report(block);
  EXPECT_EQ(fault(), call::AudioFault::none);
  pass(2s);
  report(block);
  EXPECT_EQ(fault(), call::AudioFault::not_heard) << "it has counted no packet since";
}

TEST_F(AudioFactsTest, AFarewellReportIsNoComplaint) {
  talk(400ms, sound(Codec::pcmu, 8000));
  pass(2s);
  std::array<std::byte, 256> buffer{};
  rtp::RtcpWriter writer(buffer);
  writer.receiver_report(7, {});
  writer.goodbye(7);
  party.send(writer.written(), static_cast<std::uint16_t>(seat.port + 1));
  pass(20ms);
  EXPECT_EQ(seen().party_reports, call::PartyReports::none);
}

TEST_F(AudioFactsTest, OnHoldNothingIsMissedAndAfterItTheTimeCountsAnew) {
  talk(400ms, sound(Codec::pcmu, 8000));
  terms.receive = false;
  agree();
  pass(30s);
  EXPECT_TRUE(seen().held_by_us);
  EXPECT_EQ(fault(), call::AudioFault::none);
  terms.receive = true;
  agree();
  pass(5s);
  EXPECT_EQ(fault(), call::AudioFault::none);
  pass(6s);
  EXPECT_EQ(fault(), call::AudioFault::packets_stopped);
}

TEST_F(AudioFactsTest, ThePartysHoldIsKnown) {
  terms.send = false;
  agree();
  talk(400ms, sound(Codec::pcmu, 8000));
  pass(3s);
  report({});
  EXPECT_TRUE(seen().held_by_party);
  EXPECT_EQ(fault(), call::AudioFault::none) << "nothing was sent that could be missed";
}

TEST_F(AudioFactsTest, LossesOnTheWayAreHeavyFromATenthOn) {
  int number = 0;
  const Packet payload = sound(Codec::pcmu, 8000);
  talk(3s, party, [&] {
    if (++number % 4 == 0) (void)party.audio(payload);
    return party.audio(payload);
  });
  EXPECT_EQ(fault(), call::AudioFault::heavy_loss);
}

TEST_F(AudioFactsTest, WhenASeatIsOverItsLastFiguresAreToldOnce) {
  int told = 0;
  call::SeatStatistics last;
  plane.when_over(seat.seat, [&](const call::SeatStatistics& seen) {
    ++told;
    last = seen;
  });
  talk(400ms, sound(Codec::pcmu, 8000));
  EXPECT_EQ(told, 0);
  plane.close_seat(seat.seat);
  pass(100ms);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(last.packets_in, 20u);
  EXPECT_EQ(last.codec, "PCMU");
  EXPECT_EQ(last.sound, call::Sound::heard);
  plane.when_over(seat.seat, [&](const call::SeatStatistics&) { ++told; });
  pass(100ms);
  EXPECT_EQ(told, 1) << "there is no such seat any more";
}

}  // namespace
}  // namespace belfry::gateway::media
