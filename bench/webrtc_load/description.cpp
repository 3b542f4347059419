#include "webrtc_load/description.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "sdp/webrtc.hpp"

namespace belfry::bench {
namespace {

using base::Errc;
using base::fail;

constexpr std::uint8_t opus_payload_type = 111;
const sdp::PayloadFormat events{126, {"telephone-event", 8000, 1}, "0-16"};

sdp::PayloadFormat format_of(media::Codec codec) {
  if (codec == media::Codec::opus)
    return {opus_payload_type, sdp::opus, "minptime=10;useinbandfec=1"};
  return {0, sdp::pcmu, {}};
}

sdp::OwnWebRtcAudio describe_own(const OwnMedia& own, sdp::DtlsSetup setup) {
  sdp::OwnWebRtcAudio audio;
  audio.session_id = "1";
  audio.ice_ufrag = own.ice.ufrag;
  audio.ice_password = own.ice.password;
  audio.fingerprint = own.fingerprint;
  audio.setup = setup;
  audio.stream = "browser";
  return audio;
}

base::Result<std::string> attribute(const sdp::Media& media, std::string_view name) {
  const sdp::Attribute* found = media.find(name);
  if (found == nullptr) return fail(Errc::malformed, "there is no a=" + std::string(name));
  return found->value;
}

base::Result<webrtc::Path> address_of(const sdp::Media& media) {
  webrtc::Path path;
  path.port = media.port;
  in_addr ip{};
  if (!media.connection || inet_pton(AF_INET, media.connection->address.c_str(), &ip) != 1)
    return fail(Errc::unsupported, "there is no IPv4 address");
  std::memcpy(path.ip.data(), &ip, sizeof ip);
  return path;
}

base::Result<LegTerms> terms_of(const OwnMedia& own, const sdp::Description& theirs) {
  if (theirs.media.empty()) return fail(Errc::malformed, "there is no m-line");
  const sdp::Media& media = theirs.media.front();
  const auto formats = sdp::payload_formats(media);
  const auto format = std::ranges::find_if(formats, [&](const sdp::PayloadFormat& each) {
    return sdp::same_codec(each.codec, format_of(own.codec).codec);
  });
  if (format == formats.end()) return fail(Errc::unsupported, "our codec is not there");
  BELFRY_TRY(ufrag, attribute(media, "ice-ufrag"));
  BELFRY_TRY(password, attribute(media, "ice-pwd"));
  BELFRY_TRY(hash, attribute(media, "fingerprint"));
  BELFRY_TRY(fingerprint, webrtc::Fingerprint::parse(hash));
  BELFRY_TRY(server, address_of(media));
  const webrtc::IceCredentials remote{std::move(ufrag), std::move(password)};
  return LegTerms{{own.ice, remote, fingerprint, server}, own.codec, format->payload_type};
}

}  // namespace

std::string make_offer(const OwnMedia& own) {
  sdp::OwnWebRtcAudio audio = describe_own(own, sdp::DtlsSetup::actpass);
  audio.formats = {format_of(own.codec), events};
  return serialize(sdp::make_webrtc_offer(audio));
}

base::Result<LegTerms> read_answer(const OwnMedia& own, const std::string& answer) {
  BELFRY_TRY(theirs, sdp::parse(answer));
  return terms_of(own, theirs);
}

base::Result<Accepted> accept_offer(const OwnMedia& own, const std::string& offer) {
  BELFRY_TRY(theirs, sdp::parse(offer));
  BELFRY_TRY(offered, sdp::read_webrtc_audio(theirs));
  BELFRY_TRY(terms, terms_of(own, theirs));
  sdp::OwnWebRtcAudio audio = describe_own(own, sdp::DtlsSetup::active);
  audio.formats = {format_of(own.codec)};
  audio.formats.front().payload_type = terms.payload_type;
  for (const sdp::PayloadFormat& each : offered.formats)
    if (each.codec == events.codec) audio.formats.push_back(each);
  return Accepted{serialize(sdp::make_webrtc_answer(audio, theirs, offered)), std::move(terms)};
}

}  // namespace belfry::bench
