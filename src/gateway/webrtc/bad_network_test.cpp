#include "gateway/media/worker.hpp"
#include "gateway/webrtc/browser_for_test.hpp"
#include "gateway/webrtc/browser_wire.hpp"
#include "media/codec.hpp"
#include "media/speech_for_test.hpp"
#include "webrtc/certificate.hpp"

/// A browser behind a network that loses one datagram in twenty and delays each by up to 60 ms.
namespace belfry::gateway::webrtc {
namespace {

using namespace std::chrono_literals;
using belfry::media::Codec;
using belfry::media::fullband;
using belfry::media::Sample;
using belfry::media::testing::Likeness;

constexpr double loss = 0.05;
constexpr base::Duration jitter = 60ms;
constexpr std::size_t frame_size = belfry::media::samples_per_frame(fullband);
constexpr std::uint8_t opus_type = 111, key_type = 110;

/// What is heard of the browser, frame by frame.
struct Ear final : media::FrameTap {
  void on_frame(const media::TappedFrame& frame) noexcept override {
    heard.insert(heard.end(), frame.heard.begin(), frame.heard.end());
  }
  std::vector<Sample> heard;
};

/// The half of the server that has to do with it: a media worker with a seat on a port, driven by
/// hand on virtual time.
struct BadNetwork : testing::Test {
  void SetUp() override {
    auto opened = Port::open({net::IpAddress::v4({127, 0, 0, 1})}, 0);
    ASSERT_TRUE(opened) << opened.error().message;
    Port& port = **opened;
    const auto ours = belfry::webrtc::IceCredentials::make(random);
    auto wire = std::make_unique<BrowserWire>(port, context, ours);
    const std::uint16_t number = port.number();
    submit(media::AddPort{std::move(*opened)});
    submit(media::AddSeat{std::make_unique<media::Seat>(
        media::Seat::Settings{.id = seat, .random_seed = 1}, std::move(wire)
    )});
    media::MediaTerms terms;
    terms.codec = Codec::opus;
    terms.payload_type_in = terms.payload_type_out = opus_type;
    terms.telephone_event_in = terms.telephone_event_out = key_type;
    submit(media::SetCoding{seat, std::make_unique<media::Coding>(terms)});
    auto order = std::make_unique<RemoteOrder>();
    order->ice_ufrag = browser.credentials().ufrag;
    order->fingerprint = context.fingerprint();
    submit(media::OrderWire{seat, std::move(order)});
    submit(media::AddTap{seat, &ear});

    encoder->expect_loss(loss);
    browser.voice = {opus_type, frame_size, [this] { return next_payload(); }};
    browser.key_type = key_type;
    browser.keys = rtp::DigitSender({.clock_hz = fullband.hz});
    const auto server = TestBrowser::to_path("127.0.0.1", number);
    browser.connect(ours, context.fingerprint(), server, now);
  }
  void submit(media::Command command) { ASSERT_TRUE(worker.submit(command)); }

  void pass(base::Duration time, const std::function<bool()>& enough = [] { return false; }) {
    for (const base::Instant end = now + time; now < end && !enough(); now += 1ms) {
      worker.step(now);
      browser.step(now);
      while (auto report = worker.take_report())
        if (const auto* key = std::get_if<media::DigitHeard>(&*report)) digits += key->digit;
    }
  }
  void connect() {
    pass(5s, [&] { return browser.connected(); });
    ASSERT_TRUE(browser.connected());
  }
  void spoil(std::uint64_t seed) {
    browser.to_server.emplace(loss, jitter, seed);
    browser.from_server.emplace(loss, jitter, ~seed);
  }

  std::vector<std::byte> next_payload() {
    std::array<Sample, frame_size> silence{};
    std::span<const Sample> samples = silence;
    if (spoken_frames * frame_size < speech.size())
      samples = std::span(speech).subspan(spoken_frames++ * frame_size, frame_size);
    std::vector<std::byte> payload(belfry::media::max_payload);
    payload.resize(encoder->encode(samples, payload));
    return payload;
  }

  /// What a plain decoder makes of the packets that the browser has sent, all of them in time.
  enum class Losses { none, concealed, holes };
  std::vector<Sample> decoded(Losses losses) const {
    const auto decoder = belfry::media::make_decoder(Codec::opus);
    std::vector<Sample> all(browser.sent.size() * frame_size);
    for (std::size_t i = 0; i < browser.sent.size(); ++i) {
      const auto into = std::span(all).subspan(i * frame_size, frame_size);
      const auto& [payload, lost] = browser.sent[i];
      if (!lost || losses == Losses::none) {
        decoder->decode(payload, into);
      } else if (losses == Losses::concealed) {
        const bool has_next = i + 1 < browser.sent.size() && !browser.sent[i + 1].lost;
        decoder->conceal(
            has_next ? std::span<const std::byte>(browser.sent[i + 1].payload)
                     : std::span<const std::byte>(),
            into
        );
      }
    }
    return all;
  }

  base::SeededRandom random{1};
  belfry::webrtc::Certificate certificate = belfry::webrtc::Certificate::create({}).value();
  belfry::webrtc::DtlsContext context = belfry::webrtc::DtlsContext::create(certificate).value();
  media::Worker worker;
  call::SeatId seat{1};
  base::Instant now{1s};
  Ear ear;
  std::string digits;
  TestBrowser browser{context, random, "127.0.0.1"};
  std::unique_ptr<belfry::media::Encoder> encoder = belfry::media::make_encoder(Codec::opus);
  std::vector<Sample> speech;
  std::size_t spoken_frames = 0;
};

TEST_F(BadNetwork, WhereItIsGoodNothingOfWhatIsSaidIsMissing) {
  connect();
  speech = belfry::media::testing::Babble(fullband, 3).say(10s);
  pass(11s);
  const auto heard = belfry::media::testing::likeness(decoded(Losses::none), ear.heard, fullband);
  EXPECT_GT(heard.kept, 0.99);
  EXPECT_LT(heard.distance_db, 0.1);
}

/// For several seeds of the network.
struct SeededBadNetwork : BadNetwork, testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, SeededBadNetwork, testing::Range<std::uint64_t>(1, 4));

/// The reference is what libopus makes of the packets that were not lost, with all the time that it
/// wants: what a jitter buffer adds to that is small.
TEST_P(SeededBadNetwork, SpeechIsLeftAsWholeAsConcealmentLeavesIt) {
  connect();
  spoil(GetParam());
  speech = belfry::media::testing::Babble(fullband, GetParam()).say(20s);
  pass(21s);
  const std::vector<Sample> original = decoded(Losses::none);
  const auto like = [&](const std::vector<Sample>& copy) {
    return belfry::media::testing::likeness(original, copy, fullband);
  };
  const Likeness heard = like(ear.heard);
  const Likeness reference = like(decoded(Losses::concealed));
  const Likeness holes = like(decoded(Losses::holes));
  EXPECT_GT(heard.kept, reference.kept - 0.02);
  EXPECT_LT(heard.distance_db, reference.distance_db + 0.35);
  EXPECT_GT(holes.distance_db, reference.distance_db + 0.5) << "the measure tells them apart";
}

constexpr std::string_view all_keys = "0123456789*#0123456789*#";

TEST_P(SeededBadNetwork, EachKeyOfTheBrowserIsHeardOnce) {
  connect();
  spoil(GetParam());
  pass(1s);
  for (const char key : all_keys) ASSERT_TRUE(browser.keys.enqueue(key));
  pass(10s);
  EXPECT_EQ(digits, all_keys);
}

TEST_P(SeededBadNetwork, EachKeyIsHeardOnceByTheBrowser) {
  connect();
  spoil(GetParam());
  rtp::DigitReceiver ear_for_keys(fullband.hz);
  std::string heard;
  browser.on_packet = [&](const rtp::PacketView& packet) {
    if (packet.payload_type != key_type) return;
    ear_for_keys.handle_packet(packet.timestamp, packet.payload, now);
    while (const auto event = ear_for_keys.poll_event())
      if (const auto* key = std::get_if<rtp::DigitPressed>(&*event)) heard += key->digit;
  };
  submit(media::Play{seat, call::PlaybackId{1}, call::DigitsPlayback{std::string(all_keys)}});
  pass(10s);
  EXPECT_EQ(heard, all_keys);
}

}  // namespace
}  // namespace belfry::gateway::webrtc
