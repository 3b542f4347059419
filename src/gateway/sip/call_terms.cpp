#include "gateway/sip/call_terms.hpp"

#include "base/text.hpp"
#include "gateway/media/srtp_wire.hpp"

namespace belfry::gateway::sip {

using call::HangupCause;

namespace {

constexpr std::uint8_t opus_payload_type = 111;  // when we offer
/// RFC 7587 section 6.1: redundancy is understood; all we say is mono.
constexpr std::string_view opus_parameters = "minptime=10;useinbandfec=1;stereo=0;sprop-stereo=0";

}  // namespace

HangupCause cause_of(int status) {
  switch (status) {
    case 486:
    case 600:
      return HangupCause::busy;
    case 403:
    case 603:
      return HangupCause::rejected;
    case 408:
    case 480:
    case 487:
      return HangupCause::no_answer;
    case 404:
    case 410:
    case 484:
    case 604:
      return HangupCause::unreachable;
    case 503:
      return HangupCause::overload;
    default:
      return HangupCause::failed;
  }
}

int refusal_status(HangupCause cause) {
  switch (cause) {
    case HangupCause::busy:
      return 486;
    case HangupCause::normal:
    case HangupCause::rejected:
      return 603;
    case HangupCause::no_answer:
    case HangupCause::canceled:
    case HangupCause::media_timeout:
    case HangupCause::max_duration:
      return 480;
    case HangupCause::unreachable:
      return 404;
    case HangupCause::failed:
      return 500;
    case HangupCause::restart:
    case HangupCause::overload:
      return 503;
  }
  return 500;
}

std::string reason_of(HangupCause cause) {
  switch (cause) {
    case HangupCause::normal:
    case HangupCause::canceled:
    case HangupCause::rejected:
      return {};
    case HangupCause::busy:
      return R"(Q.850;cause=17;text="User busy")";
    case HangupCause::no_answer:
      return R"(Q.850;cause=19;text="No answer")";
    case HangupCause::unreachable:
      return R"(Q.850;cause=1;text="Unallocated number")";
    case HangupCause::failed:
      return R"(SIP;cause=500;text="failed")";
    case HangupCause::media_timeout:
      return R"(SIP;cause=408;text="no media")";
    case HangupCause::max_duration:
      return R"(SIP;cause=480;text="maximum duration")";
    case HangupCause::restart:
      return R"(SIP;cause=503;text="restart")";  // rule R3
    case HangupCause::overload:
      return R"(SIP;cause=503;text="overload")";
  }
  return {};
}

call::Ending ending_of(const belfry::sip::Ended& ended, bool answered, bool inbound) {
  using belfry::sip::EndedBy;
  const auto status = static_cast<std::uint16_t>(ended.status);
  if (answered) {
    const bool broken = ended.by == EndedBy::network || ended.status >= 300;
    return {broken ? HangupCause::failed : HangupCause::normal, status, ended.reason};
  }
  // Nothing was heard at all: that is not the party who does not pick up.
  if (ended.by == EndedBy::network) return {HangupCause::failed, status, ended.reason};
  if (inbound && ended.by == EndedBy::remote) return {HangupCause::canceled, status, ended.reason};
  const std::string detail = ended.reason.empty()
                                 ? std::to_string(ended.status)
                                 : std::to_string(ended.status) + ' ' + ended.reason;
  return {cause_of(ended.status), status, detail, ended.headers};
}

base::Result<media::MediaTerms> to_media_terms(
    const belfry::sdp::AudioStream& audio, const std::string& signalling
) {
  const auto codec = belfry::media::find_codec(audio.codec.name, audio.codec.clock_hz);
  if (!codec) return base::fail(base::Errc::unsupported, "no such codec: " + audio.codec.name, 488);
  media::MediaTerms terms;
  terms.codec = *codec;
  terms.payload_type_out = audio.send_payload_type;
  terms.payload_type_in = audio.receive_payload_type;
  terms.telephone_event_out = audio.send_event_payload_type;
  terms.telephone_event_in = audio.receive_event_payload_type;
  terms.send = belfry::sdp::may_send(audio.direction);
  terms.receive = belfry::sdp::may_receive(audio.direction);
  const auto remote = net::Address::from(audio.remote_address, audio.remote_rtp_port);
  if (remote && !remote->ip.is_unspecified()) terms.remote = *remote;
  const auto control = net::Address::from(audio.remote_rtcp_address, audio.remote_rtcp_port);
  if (control && control->port != 0 && !control->ip.is_unspecified())
    terms.remote_control = *control;
  if (!terms.remote) terms.send = false;
  if (audio.crypto) {
    const auto suite = rtp::srtp_suite_named(audio.crypto->suite);
    if (!suite) return base::fail(base::Errc::unsupported, "no such SRTP suite", 488);
    BELFRY_TRY(
        session, media::SrtpSession::create(
                     {{*suite, audio.crypto->send_key}, {*suite, audio.crypto->receive_key}}
                 )
    );
    terms.srtp = std::move(session);
  }
  if (const auto ip = net::IpAddress::parse(signalling)) terms.signalling = *ip;
  return terms;
}

belfry::sdp::Encryption encryption_over(
    belfry::sdp::Encryption wanted, const belfry::sip::Flow& flow, KeysOverPlain keys_over_plain
) {
  const bool may_send_keys =
      flow.transport == belfry::sip::Transport::tls || keys_over_plain == KeysOverPlain::allowed;
  return may_send_keys ? wanted : belfry::sdp::Encryption::off;
}

void set_encryption(
    belfry::sdp::Capabilities& capabilities, belfry::sdp::Encryption encryption,
    std::vector<std::byte> secret
) {
  capabilities.encryption = encryption;
  if (encryption == belfry::sdp::Encryption::off) return;
  for (const rtp::SrtpSuite suite : rtp::srtp_suites) {
    const std::size_t size = rtp::key_size(suite) + rtp::salt_size(suite);
    capabilities.crypto_suites.push_back({std::string(rtp::to_string(suite)), size});
  }
  capabilities.crypto_secret = std::move(secret);
}

std::string without_keys(std::string_view message) {
  constexpr std::string_view mark = "inline:";
  std::string clean;
  for (auto at = message.find(mark); at != message.npos; at = message.find(mark)) {
    clean += message.substr(0, at + mark.size());
    message.remove_prefix(at + mark.size());
    message.remove_prefix(std::min(message.find_first_of(" ;|\r\n"), message.size()));
  }
  return clean.append(message);
}

std::vector<belfry::sdp::LocalCodec> codecs_named(const std::vector<std::string>& names) {
  std::vector<belfry::sdp::LocalCodec> codecs;
  for (const std::string& name : names) {
    for (const auto& codec :
         {belfry::sdp::opus, belfry::sdp::g722, belfry::sdp::pcmu, belfry::sdp::pcma}) {
      if (!base::equals_ignoring_case(codec.name, name)) continue;
      const bool is_opus = codec == belfry::sdp::opus;
      codecs.push_back(
          {codec, belfry::sdp::static_payload_type(codec).value_or(opus_payload_type),
           is_opus ? std::string(opus_parameters) : std::string()}
      );
    }
  }
  return codecs;
}

}  // namespace belfry::gateway::sip
