#include "gateway/webrtc/browser_peer.hpp"

#include "base/encoding.hpp"

namespace belfry::gateway::webrtc {
namespace {

using belfry::webrtc::Fingerprint;
using belfry::webrtc::IceCredentials;

constexpr std::string_view event_parameters = "0-16";
constexpr std::string_view opus_parameters = "minptime=10;useinbandfec=1";

/// What our offer calls them; the numbers that browsers use themselves.
const sdp::PayloadFormat offered_opus{111, sdp::opus, std::string(opus_parameters)};
const sdp::PayloadFormat offered_pcmu{0, sdp::pcmu, {}};
const sdp::PayloadFormat offered_events_48k{
    110, {std::string(sdp::telephone_event), 48000, 1}, std::string(event_parameters)
};
const sdp::PayloadFormat offered_events_8k{
    126, {std::string(sdp::telephone_event), 8000, 1}, std::string(event_parameters)
};
/// The extension has the number that browsers give it.
const sdp::RtcpFeedback offered_feedback{3, true};

std::string random_text(base::Random& random) {
  std::array<std::byte, 12> bytes{};
  random.fill(bytes);
  return base::to_hex(bytes);
}

}  // namespace

BrowserPeer::BrowserPeer(Surroundings surroundings, PeerTerms terms, PeerListener& listener)
    : around_(surroundings),
      terms_(terms),
      listener_(listener),
      credentials_(IceCredentials::make(around_.random)),
      session_id_(std::to_string(around_.random.next() >> 2U)),  // a signed number to browsers
      stream_(random_text(around_.random)) {
  auto wire = std::make_unique<BrowserWire>(around_.port, around_.context, credentials_);
  seat_ = around_.plane.open_seat(std::move(wire), [this](media::Connection connection) {
    tell(connection);
  });
}

BrowserPeer::~BrowserPeer() {
  around_.plane.close_seat(seat_);
}

std::vector<sdp::Codec> BrowserPeer::codecs() const {
  std::vector<sdp::Codec> codecs;
  if (terms_.opus) codecs.push_back(sdp::opus);
  if (terms_.pcmu) codecs.push_back(sdp::pcmu);
  return codecs;
}

sdp::OwnWebRtcAudio BrowserPeer::own(sdp::DtlsSetup setup) {
  sdp::OwnWebRtcAudio own;
  own.session_id = session_id_;
  own.version = ++version_;
  own.candidates = around_.candidates;
  own.ice_ufrag = credentials_.ufrag;
  own.ice_password = credentials_.password;
  own.fingerprint = around_.context.fingerprint().to_string();
  own.setup = setup;
  own.stream = stream_;
  return own;
}

std::string BrowserPeer::offer() {
  if (!offer_.empty()) return offer_;
  sdp::OwnWebRtcAudio audio = own(sdp::DtlsSetup::actpass);
  if (terms_.opus) {
    audio.formats.push_back(offered_opus);
    audio.feedback = offered_feedback;
  }
  if (terms_.pcmu) audio.formats.push_back(offered_pcmu);
  if (terms_.opus) audio.formats.push_back(offered_events_48k);
  if (terms_.pcmu) audio.formats.push_back(offered_events_8k);
  offer_ = serialize(make_webrtc_offer(audio));
  return offer_;
}

base::Result<> BrowserPeer::take_answer(std::string_view text) {
  BELFRY_TRY(description, sdp::parse(text));
  BELFRY_TRY(theirs, read_webrtc_audio(description));
  BELFRY_TRY(agreement, agree(theirs));
  BELFRY_CHECK(meet(agreement, theirs));
  set_terms(agreement, theirs);
  expect();
  return {};
}

base::Result<std::string> BrowserPeer::answer(std::string_view text) {
  BELFRY_TRY(offer, sdp::parse(text));
  BELFRY_TRY(theirs, read_webrtc_audio(offer));
  BELFRY_TRY(agreement, agree(theirs));
  BELFRY_CHECK(meet(agreement, theirs));
  set_terms(agreement, theirs);
  sdp::OwnWebRtcAudio audio = own(sdp::DtlsSetup::passive);
  if (!theirs.mid.empty()) audio.mid = theirs.mid;
  audio.formats.push_back(agreement.codec);
  audio.feedback = agreement.feedback;
  if (sdp::same_codec(agreement.codec.codec, sdp::opus))
    audio.formats.back().fmtp = opus_parameters;  // what we can do, not what they can
  if (agreement.events) {
    audio.formats.push_back(*agreement.events);
    audio.formats.back().fmtp = event_parameters;
  }
  return serialize(make_webrtc_answer(audio, offer, theirs));
}

void BrowserPeer::expect() {
  if (meeting_) around_.plane.order(seat_, std::move(meeting_));
}

base::Result<BrowserPeer::Agreement> BrowserPeer::agree(const sdp::WebRtcAudio& theirs) const {
  const sdp::PayloadFormat* codec = theirs.first_of(codecs());
  if (codec == nullptr)
    return base::fail(base::Errc::unsupported, "SDP: neither Opus nor PCMU can be used", 488);
  Agreement agreement{*codec, std::nullopt, theirs.feedback_for(*codec)};
  if (const auto* events = theirs.events_for(codec->codec)) agreement.events = *events;
  return agreement;
}

base::Result<> BrowserPeer::meet(const Agreement& agreement, const sdp::WebRtcAudio& theirs) {
  if (remote_ufrag_.empty()) {
    BELFRY_TRY(fingerprint, Fingerprint::parse(theirs.fingerprint));
    auto order = std::make_unique<RemoteOrder>();
    order->ice_ufrag = theirs.ice_ufrag;
    order->fingerprint = fingerprint;
    if (agreement.feedback.nack) order->sent = std::make_unique<rtp::SentHistory>();
    meeting_ = std::move(order);
  } else if (remote_fingerprint_ != theirs.fingerprint) {
    // RFC 8842 section 4.3: another certificate is another association.
    return base::fail(
        base::Errc::unsupported, "SDP: the certificate may not change within a call", 488
    );
  } else if (remote_ufrag_ != theirs.ice_ufrag) {
    credentials_ = IceCredentials::make(around_.random);
    auto order = std::make_unique<RestartOrder>();
    order->local = credentials_;
    order->remote_ufrag = theirs.ice_ufrag;
    around_.plane.order(seat_, std::move(order));
  }
  remote_ufrag_ = theirs.ice_ufrag;
  remote_fingerprint_ = theirs.fingerprint;
  return {};
}

void BrowserPeer::set_terms(const Agreement& agreement, const sdp::WebRtcAudio& theirs) {
  media::MediaTerms terms;
  const bool is_opus = sdp::same_codec(agreement.codec.codec, sdp::opus);
  terms.codec = is_opus ? belfry::media::Codec::opus : belfry::media::Codec::pcmu;
  terms.payload_type_in = terms.payload_type_out = agreement.codec.payload_type;
  if (agreement.events) {
    terms.telephone_event_in = agreement.events->payload_type;
    terms.telephone_event_out = agreement.events->payload_type;
  }
  if (is_opus) terms.max_bitrate_bps = max_average_bitrate(agreement.codec);
  terms.transport_numbers = agreement.feedback.transport_numbers;
  terms.nack = agreement.feedback.nack;
  terms.send = sdp::may_receive(theirs.direction);
  terms.receive = sdp::may_send(theirs.direction);
  has_telephone_events_ = agreement.events.has_value();
  around_.plane.set_terms(seat_, terms);
}

void BrowserPeer::tell(media::Connection connection) {
  switch (connection) {
    case media::Connection::connected:
    case media::Connection::consent_regained:
      return listener_.on_connected();
    case media::Connection::never_connected:
      return listener_.on_failed(PeerFailure::never_connected);
    case media::Connection::wrong_fingerprint:
      return listener_.on_failed(PeerFailure::wrong_fingerprint);
    case media::Connection::consent_lost:
      return listener_.on_failed(PeerFailure::consent_lost);
  }
}

}  // namespace belfry::gateway::webrtc
