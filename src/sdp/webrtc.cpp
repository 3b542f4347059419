#include "sdp/webrtc.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::sdp {
namespace {

using base::Errc;
using base::Result;

constexpr int not_acceptable_here = 488;
constexpr std::string_view profile = "UDP/TLS/RTP/SAVPF";
constexpr std::size_t longest_credential = 256;  // RFC 8839 section 5.4
constexpr std::uint32_t host_preference = 126;   // RFC 8445 section 5.1.2.2
constexpr std::uint32_t tcp_preference = 90;     // below UDP in every case (RFC 6544 section 4.2)

constexpr std::string_view transport_numbers_uri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr std::uint8_t most_short_extensions = 14;  // of the one-byte form (RFC 8285 section 4.2)

std::unexpected<base::Error> refuse(Errc code, std::string_view why) {
  return base::fail(code, "SDP: " + std::string(why), not_acceptable_here);
}

/// ICE and DTLS attributes may stand once for the whole session.
const Attribute* find(const Description& description, const Media& media, std::string_view name) {
  const Attribute* own = media.find(name);
  return own != nullptr ? own : description.find(name);
}

bool is_audio(const Media& media) {
  return media.kind == "audio" && media.port != 0;
}

/// MD5 and SHA-1 are no proof of who it is (RFC 8122 section 5).
bool is_safe_hash(std::string_view fingerprint) {
  const std::string_view name = fingerprint.substr(0, fingerprint.find(' '));
  return base::equals_ignoring_case(name, "sha-256") ||
         base::equals_ignoring_case(name, "sha-384") || base::equals_ignoring_case(name, "sha-512");
}

Result<DtlsSetup> read_setup(const Attribute* attribute) {
  const std::string_view value = attribute != nullptr ? attribute->value : std::string_view{};
  if (value == "actpass") return DtlsSetup::actpass;
  if (value == "active") return DtlsSetup::active;
  // We answer handshakes and begin none.
  return refuse(Errc::unsupported, "a=setup must let the browser begin the handshake");
}

std::string_view to_string(DtlsSetup setup) {
  switch (setup) {
    case DtlsSetup::actpass:
      return "actpass";
    case DtlsSetup::active:
      return "active";
    case DtlsSetup::passive:
      return "passive";
  }
  return {};
}

/// "3 http://…": an extension that both may send.
std::optional<std::uint8_t> read_transport_numbers(const Media& media) {
  for (const Attribute& attribute : media.attributes) {
    if (attribute.name != "extmap") continue;
    const auto words = base::split(attribute.value, ' ');
    if (words.size() < 2 || words[1] != transport_numbers_uri) continue;
    const auto id = base::parse_unsigned(words[0]);
    if (id && *id >= 1 && *id <= most_short_extensions) return static_cast<std::uint8_t>(*id);
  }
  return std::nullopt;
}

std::vector<std::string> read_feedback(const Media& media) {
  std::vector<std::string> feedback;
  if (media.find("rtcp-rsize") == nullptr) return feedback;
  for (const Attribute& attribute : media.attributes) {
    if (attribute.name == "rtcp-fb") feedback.emplace_back(base::trim(attribute.value));
  }
  return feedback;
}

void add_feedback(Media& media, const OwnWebRtcAudio& own) {
  if (own.feedback == RtcpFeedback{} || own.formats.empty()) return;
  media.attributes.push_back({"rtcp-rsize", {}});
  const std::string format = std::to_string(own.formats.front().payload_type);
  if (own.feedback.transport_numbers) {
    media.attributes.push_back(
        {"extmap",
         std::to_string(*own.feedback.transport_numbers) + ' ' + std::string(transport_numbers_uri)}
    );
    media.attributes.push_back({"rtcp-fb", format + " transport-cc"});
  }
  if (own.feedback.nack) media.attributes.push_back({"rtcp-fb", format + " nack"});
}

Description make_session(const OwnWebRtcAudio& own) {
  Description description;
  description.origin.session_id = own.session_id;
  description.origin.version = own.version;
  const std::string address = own.candidates.empty() ? "0.0.0.0" : own.candidates.front().address;
  description.origin.address = {address, address.find(':') != std::string::npos};
  description.attributes = {
      {"ice-lite", {}}, {"group", "BUNDLE " + own.mid}, {"msid-semantic", " WMS *"}
  };
  return description;
}

void add_candidates(Media& media, const OwnWebRtcAudio& own) {
  std::uint32_t number = 0;
  for (const WebRtcCandidate& candidate : own.candidates) {
    const bool udp = candidate.transport == WebRtcCandidate::Transport::udp;
    const std::uint32_t preference = udp ? host_preference : tcp_preference;
    const std::uint32_t priority = (preference << 24U) | ((65535 - number) << 8U) | 255U;
    ++number;
    media.attributes.push_back(
        {"candidate", std::to_string(number) + (udp ? " 1 udp " : " 1 tcp ") +
                          std::to_string(priority) + " " + candidate.address + " " +
                          std::to_string(candidate.port) +
                          (udp ? " typ host" : " typ host tcptype passive")}
    );
  }
  media.attributes.push_back({"end-of-candidates", {}});
}

Media make_media(const OwnWebRtcAudio& own, Direction direction) {
  Media media;
  media.kind = "audio";
  media.profile = profile;
  media.port = own.candidates.empty() ? std::uint16_t{9} : own.candidates.front().port;
  const std::string address = own.candidates.empty() ? "0.0.0.0" : own.candidates.front().address;
  media.connection = Connection{address, address.find(':') != std::string::npos};
  add_candidates(media, own);
  media.attributes.push_back({"ice-ufrag", own.ice_ufrag});
  media.attributes.push_back({"ice-pwd", own.ice_password});
  media.attributes.push_back({"fingerprint", own.fingerprint});
  media.attributes.push_back({"setup", std::string(to_string(own.setup))});
  media.attributes.push_back({"mid", own.mid});
  media.attributes.push_back({std::string(sdp::to_string(direction)), {}});
  media.attributes.push_back({"rtcp-mux", {}});
  for (const PayloadFormat& format : own.formats) add_payload_format(media, format);
  add_feedback(media, own);
  media.attributes.push_back({"ptime", "20"});
  media.attributes.push_back({"msid", own.stream + " " + own.stream + "-audio"});
  return media;
}

Media refused(const Media& offered) {
  Media media;
  media.kind = offered.kind;
  media.profile = offered.profile;
  media.formats = offered.formats;
  // The SDKs' own readers stumble over an m-line without attributes.
  if (const Attribute* mid = offered.find("mid")) media.attributes.push_back(*mid);
  media.attributes.push_back({"inactive", {}});
  return media;
}

}  // namespace

const PayloadFormat* WebRtcAudio::first_of(const std::vector<Codec>& codecs) const {
  const auto found = std::ranges::find_if(formats, [&](const PayloadFormat& format) {
    return std::ranges::any_of(codecs, [&](const Codec& codec) {
      return same_codec(codec, format.codec);
    });
  });
  return found == formats.end() ? nullptr : &*found;
}

const PayloadFormat* WebRtcAudio::events_for(const Codec& codec) const {
  const PayloadFormat* usual = nullptr;
  for (const PayloadFormat& format : formats) {
    if (!base::equals_ignoring_case(format.codec.name, telephone_event)) continue;
    if (format.codec.clock_hz == codec.clock_hz) return &format;
    if (format.codec.clock_hz == 8000) usual = &format;
  }
  return usual;
}

RtcpFeedback WebRtcAudio::feedback_for(const PayloadFormat& format) const {
  const auto has = [&](std::string_view kind) {
    const std::string own = std::to_string(format.payload_type);
    return std::ranges::any_of(feedback, [&](std::string_view line) {
      const std::size_t space = line.find(' ');
      const std::string_view whose = line.substr(0, space);
      return (whose == own || whose == "*") && space != std::string_view::npos &&
             line.substr(space + 1) == kind;
    });
  };
  RtcpFeedback result;
  if (has("transport-cc")) result.transport_numbers = transport_numbers;
  result.nack = has("nack");
  return result;
}

Result<WebRtcAudio> read_webrtc_audio(const Description& description) {
  const auto found = std::ranges::find_if(description.media, is_audio);
  if (found == description.media.end()) return refuse(Errc::unsupported, "no audio");
  const Media& media = *found;
  const auto transport = profile_of(media.profile);
  if (transport != Profile::dtls_savpf && transport != Profile::dtls_savp)
    return refuse(Errc::unsupported, "audio is not encrypted by DTLS-SRTP");
  if (media.find("rtcp-mux") == nullptr) return refuse(Errc::unsupported, "no rtcp-mux");
  const Attribute* ufrag = find(description, media, "ice-ufrag");
  const Attribute* fingerprint = find(description, media, "fingerprint");
  if (ufrag == nullptr || ufrag->value.empty() || ufrag->value.size() > longest_credential)
    return refuse(Errc::malformed, "no usable ice-ufrag");
  if (fingerprint == nullptr || !is_safe_hash(fingerprint->value))
    return refuse(Errc::malformed, "no usable fingerprint");
  BELFRY_TRY(setup, read_setup(find(description, media, "setup")));
  WebRtcAudio audio;
  audio.media_index = static_cast<std::size_t>(found - description.media.begin());
  if (const Attribute* mid = media.find("mid")) audio.mid = mid->value;
  audio.ice_ufrag = ufrag->value;
  audio.fingerprint = fingerprint->value;
  audio.setup = setup;
  audio.direction = direction_of(description, media);
  audio.formats = payload_formats(media);
  audio.transport_numbers = read_transport_numbers(media);
  audio.feedback = read_feedback(media);
  return audio;
}

std::optional<std::uint32_t> max_average_bitrate(const PayloadFormat& format) {
  for (const std::string_view parameter : base::split(format.fmtp, ';')) {
    const std::string_view text = base::trim(parameter);
    constexpr std::string_view name = "maxaveragebitrate=";
    if (!text.starts_with(name)) continue;
    const auto value = base::parse_unsigned(text.substr(name.size()));
    if (!value || *value < 6'000 || *value > 510'000) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
  }
  return std::nullopt;
}

Description make_webrtc_offer(const OwnWebRtcAudio& own) {
  Description description = make_session(own);
  description.media.push_back(make_media(own, Direction::sendrecv));
  return description;
}

Description make_webrtc_answer(
    const OwnWebRtcAudio& own, const Description& offer, const WebRtcAudio& offered
) {
  Description description = make_session(own);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    description.media.push_back(
        i == offered.media_index ? make_media(own, reversed(offered.direction))
                                 : refused(offer.media[i])
    );
  }
  return description;
}

}  // namespace belfry::sdp
