#include "sdp/negotiation.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace belfry::sdp {

using base::Errc;
using base::fail;
using base::Result;

namespace {

constexpr int not_acceptable_here = 488;
constexpr std::string_view event_parameters = "0-16";

constexpr std::array<Direction, 4> directions = {
    Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive
};
constexpr std::array<Profile, 7> profiles = {Profile::rtp_avp,   Profile::rtp_avpf,
                                             Profile::rtp_savp,  Profile::rtp_savpf,
                                             Profile::dtls_savp, Profile::dtls_savpf,
                                             Profile::other};

std::unexpected<base::Error> unacceptable(std::string message) {
  return fail(Errc::unsupported, "SDP: " + std::move(message), not_acceptable_here);
}

template <class Attributes>
std::optional<Direction> direction_in(const Attributes& attributes) {
  for (const Attribute& attribute : attributes)
    for (const Direction direction : directions)
      if (attribute.name == to_string(direction)) return direction;
  return std::nullopt;
}

bool is_event(const PayloadFormat& format) {
  return base::equals_ignoring_case(format.codec.name, telephone_event);
}

/// The telephone-event format whose clock fits the codec's (RFC 4733 section 2.1 ties it to the
/// audio's timestamps); else one of 8 kHz, which many a phone names alone beside Opus.
const PayloadFormat* event_for(const std::vector<PayloadFormat>& formats, const Codec& codec) {
  const auto with_clock = [&](std::uint32_t clock_hz) {
    return std::ranges::find_if(formats, [&](const PayloadFormat& format) {
      return is_event(format) && format.codec.clock_hz == clock_hz;
    });
  };
  auto found = with_clock(codec.clock_hz);
  if (found == formats.end()) found = with_clock(8000);
  return found == formats.end() ? nullptr : &*found;
}

const PayloadFormat* find_codec(const std::vector<PayloadFormat>& formats, const Codec& codec) {
  const auto found = std::ranges::find_if(formats, [&](const PayloadFormat& format) {
    return same_codec(format.codec, codec);
  });
  return found == formats.end() ? nullptr : &*found;
}

/// `a=ptime` within what makes sense: 10 to 60 ms in steps of 10; 20 otherwise.
std::chrono::milliseconds packet_time_of(const Media& media) {
  const auto read = [&](std::string_view name) -> std::optional<std::uint64_t> {
    const Attribute* attribute = media.find(name);
    return attribute == nullptr ? std::nullopt : base::parse_unsigned(base::trim(attribute->value));
  };
  std::uint64_t time = read("ptime").value_or(20);
  if (const auto longest = read("maxptime")) time = std::min(time, *longest);
  if (time < 10 || time > 60) return std::chrono::milliseconds(20);
  return std::chrono::milliseconds(time / 10 * 10);
}

/// `a=rtcp:53020` or `a=rtcp:53020 IN IP4 126.16.64.4` (RFC 3605); else the next port.
void read_rtcp(const Media& media, AudioStream& stream) {
  stream.remote_rtcp_address = stream.remote_address;
  stream.remote_rtcp_port = stream.remote_rtp_port == 65535
                                ? std::uint16_t{0}
                                : static_cast<std::uint16_t>(stream.remote_rtp_port + 1);
  if (stream.rtcp_mux) {
    stream.remote_rtcp_port = stream.remote_rtp_port;
    return;
  }
  const Attribute* attribute = media.find("rtcp");
  if (attribute == nullptr) return;
  const auto parts = base::split(attribute->value, ' ');
  const auto port = base::parse_unsigned(parts[0]);
  if (!port || *port > 65535) return;
  stream.remote_rtcp_port = static_cast<std::uint16_t>(*port);
  if (parts.size() == 4 && is_ip_address(parts[3])) stream.remote_rtcp_address = parts[3];
}

/// Where the other end wants its packets and which way they go.
Result<AudioStream> read_remote(const Description& remote, std::size_t index) {
  const Media& media = remote.media[index];
  const Connection* connection = remote.connection_of(media);
  if (connection == nullptr) return fail(Errc::malformed, "SDP: no c= line", not_acceptable_here);
  // Names are not looked up: a description must not make us ask a stranger's DNS.
  if (!is_ip_address(connection->address)) return unacceptable("c= is no IP address");
  AudioStream stream;
  stream.media_index = index;
  stream.profile = profile_of(media.profile);
  stream.remote_address = connection->address;
  stream.remote_rtp_port = media.port;
  stream.remote_direction = direction_of(remote, media);
  if (is_unspecified(stream.remote_address))
    stream.remote_direction = common(stream.remote_direction, Direction::sendonly);
  stream.packet_time = packet_time_of(media);
  return stream;
}

void set_connection(Description& description, const std::string& address) {
  description.connection = Connection{address, address.find(':') != std::string::npos};
}

void add_stream_attributes(Media& media, const Capabilities& local, Direction direction) {
  media.attributes.push_back({"ptime", std::to_string(local.packet_time.count())});
  media.attributes.push_back({std::string(to_string(direction)), {}});
}

bool accepts(const Capabilities& local, Profile profile) {
  if (profile == Profile::rtp_savp) return local.encryption != Encryption::off;
  return std::ranges::find(local.profiles, profile) != local.profiles.end();
}

/// The answer to a refused m-line: same kind, profile and formats, port 0 (RFC 3264 section 6).
Media refused(const Media& offered) {
  Media media;
  media.kind = offered.kind;
  media.profile = offered.profile;
  media.formats = offered.formats;
  return media;
}

struct Accepted {
  Media media;
  AudioStream stream;
};

Result<Accepted> accept_audio(
    const Capabilities& local, const Description& offer, std::size_t index, Direction wanted
) {
  const Media& offered = offer.media[index];
  const auto formats = payload_formats(offered);
  const PayloadFormat* chosen = nullptr;
  std::string fmtp;  // what we can do, not what the other end can
  for (const LocalCodec& codec : local.codecs) {
    chosen = find_codec(formats, codec.codec);
    fmtp = codec.fmtp;
    if (chosen != nullptr) break;
  }
  if (chosen == nullptr) return unacceptable("no codec in common");

  BELFRY_TRY(stream, read_remote(offer, index));
  stream.codec = chosen->codec;
  stream.fmtp = chosen->fmtp;
  stream.send_payload_type = stream.receive_payload_type = chosen->payload_type;
  stream.receivable = {*chosen};
  stream.direction = common(reversed(stream.remote_direction), wanted);
  stream.rtcp_mux = local.rtcp_mux && offered.find("rtcp-mux") != nullptr;
  read_rtcp(offered, stream);

  Media media;
  media.kind = offered.kind;
  media.profile = offered.profile;
  media.port = local.rtp_port;
  add_payload_format(media, {chosen->payload_type, chosen->codec, fmtp});
  if (const auto* event = event_for(formats, chosen->codec); event && local.telephone_events) {
    stream.send_event_payload_type = stream.receive_event_payload_type = event->payload_type;
    add_payload_format(media, {event->payload_type, event->codec, std::string(event_parameters)});
  }
  if (stream.rtcp_mux) media.attributes.push_back({"rtcp-mux", {}});
  if (local.encryption != Encryption::off) {
    if (const auto choice = choose_crypto(local.crypto, offered)) {
      stream.crypto = choice->agreed;
      media.attributes.push_back({"crypto", to_string(choice->line)});
    }
  }
  const bool must_encrypt =
      stream.profile == Profile::rtp_savp || local.encryption == Encryption::required;
  if (must_encrypt && !stream.crypto) return unacceptable("no encryption in common");
  add_stream_attributes(media, local, stream.direction);
  return Accepted{std::move(media), std::move(stream)};
}

}  // namespace

bool may_send(Direction direction) {
  return direction == Direction::sendrecv || direction == Direction::sendonly;
}

bool may_receive(Direction direction) {
  return direction == Direction::sendrecv || direction == Direction::recvonly;
}

Direction make_direction(bool send, bool receive) {
  if (send) return receive ? Direction::sendrecv : Direction::sendonly;
  return receive ? Direction::recvonly : Direction::inactive;
}

Direction reversed(Direction direction) {
  return make_direction(may_receive(direction), may_send(direction));
}

Direction common(Direction a, Direction b) {
  return make_direction(may_send(a) && may_send(b), may_receive(a) && may_receive(b));
}

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::sendrecv:
      return "sendrecv";
    case Direction::sendonly:
      return "sendonly";
    case Direction::recvonly:
      return "recvonly";
    case Direction::inactive:
      return "inactive";
  }
  return "inactive";
}

Direction direction_of(const Description& description, const Media& media) {
  if (const auto own = direction_in(media.attributes)) return *own;
  return direction_in(description.attributes).value_or(Direction::sendrecv);
}

Profile profile_of(std::string_view name) {
  for (const Profile profile : profiles)
    if (base::equals_ignoring_case(name, to_string(profile))) return profile;
  return Profile::other;
}

std::string_view to_string(Profile profile) {
  switch (profile) {
    case Profile::rtp_avp:
      return "RTP/AVP";
    case Profile::rtp_avpf:
      return "RTP/AVPF";
    case Profile::rtp_savp:
      return "RTP/SAVP";
    case Profile::rtp_savpf:
      return "RTP/SAVPF";
    case Profile::dtls_savp:
      return "UDP/TLS/RTP/SAVP";
    case Profile::dtls_savpf:
      return "UDP/TLS/RTP/SAVPF";
    case Profile::other:
      return "other";
  }
  return "other";
}

Description make_offer(
    const Capabilities& local, const std::vector<PayloadFormat>& formats, Direction wanted
) {
  Media media;
  media.kind = "audio";
  media.port = local.rtp_port;
  media.profile = to_string(local.profiles.empty() ? Profile::rtp_avp : local.profiles.front());
  for (const PayloadFormat& format : formats) add_payload_format(media, format);
  if (local.rtcp_mux) media.attributes.push_back({"rtcp-mux", {}});
  if (local.encryption == Encryption::required) media.profile = to_string(Profile::rtp_savp);
  if (local.encryption != Encryption::off) add_crypto_lines(media, local.crypto);
  add_stream_attributes(media, local, wanted);
  Description offer;
  set_connection(offer, local.address);
  offer.media.push_back(std::move(media));
  return offer;
}

Result<Answer> negotiate(const Capabilities& local, const Description& offer, Direction wanted) {
  std::optional<AudioStream> audio;
  auto reason = unacceptable("no usable audio");
  Description answer;
  set_connection(answer, local.address);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Media& offered = offer.media[i];
    answer.media.push_back(refused(offered));
    if (audio || offered.kind != "audio" || offered.port == 0) continue;
    if (!accepts(local, profile_of(offered.profile))) {
      reason = unacceptable("profile " + offered.profile + " is not supported");
      continue;
    }
    auto accepted = accept_audio(local, offer, i, wanted);
    if (!accepted) {
      reason = fail(std::move(accepted).error());
      continue;
    }
    answer.media.back() = std::move(accepted->media);
    audio = std::move(accepted->stream);
  }
  if (!audio) return reason;
  return Answer{std::move(answer), std::move(*audio)};
}

Result<AudioStream> apply_answer(const Description& offer, const Description& answer) {
  const auto ours = std::ranges::find_if(offer.media, [](const Media& media) {
    return media.kind == "audio" && media.port != 0;
  });
  const auto index = static_cast<std::size_t>(ours - offer.media.begin());
  if (ours == offer.media.end() || index >= answer.media.size() ||
      answer.media[index].kind != "audio")
    return fail(Errc::malformed, "SDP: answer does not fit the offer", not_acceptable_here);
  const Media& theirs = answer.media[index];
  if (theirs.port == 0) return unacceptable("audio was refused");
  if (profile_of(theirs.profile) != profile_of(ours->profile))
    return unacceptable("answer changes the profile");

  const auto offered = payload_formats(*ours);
  const auto answered = payload_formats(theirs);
  BELFRY_TRY(stream, read_remote(answer, index));
  for (const PayloadFormat& format : answered) {
    const PayloadFormat* own = is_event(format) ? nullptr : find_codec(offered, format.codec);
    if (own == nullptr) continue;
    if (stream.receivable.empty()) {
      stream.codec = format.codec;
      stream.fmtp = format.fmtp;
      stream.send_payload_type = format.payload_type;
      stream.receive_payload_type = own->payload_type;
    }
    stream.receivable.push_back(*own);
  }
  if (stream.receivable.empty()) return unacceptable("answer has no codec that we offered");
  const PayloadFormat* event_out = event_for(answered, stream.codec);
  const PayloadFormat* event_in = event_for(offered, stream.codec);
  if (event_out != nullptr && event_in != nullptr) {
    stream.send_event_payload_type = event_out->payload_type;
    stream.receive_event_payload_type = event_in->payload_type;
  }
  stream.crypto = agreed_crypto(*ours, theirs);
  if (stream.profile == Profile::rtp_savp && !stream.crypto)
    return unacceptable("answer has no key for what we offered");
  stream.direction = common(direction_of(offer, *ours), reversed(stream.remote_direction));
  stream.rtcp_mux = ours->find("rtcp-mux") != nullptr && theirs.find("rtcp-mux") != nullptr;
  read_rtcp(theirs, stream);
  return stream;
}

}  // namespace belfry::sdp
