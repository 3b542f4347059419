#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "call/status.hpp"
#include "gateway/media/terms.hpp"
#include "sdp/negotiation.hpp"
#include "sip/flow.hpp"
#include "sip/invite_session.hpp"

/// The call model's words in SIP's and back. Pure.
namespace belfry::gateway::sip {

/// Why an unanswered call of ours ended, from the other side's final status.
call::HangupCause cause_of(int status);
/// With what we refuse a call that has not been answered.
int refusal_status(call::HangupCause cause);
/// The Reason header's value (RFC 3326) of our BYE or CANCEL; empty for an ordinary end.
std::string reason_of(call::HangupCause cause);
call::Ending ending_of(const belfry::sip::Ended& ended, bool answered, bool inbound);

/// @param signalling the IP address that the party's SIP comes from (rule M1)
/// @return Errc::unsupported for a codec that the media plane does not have.
[[nodiscard]] base::Result<media::MediaTerms> to_media_terms(
    const belfry::sdp::AudioStream& audio, const std::string& signalling
);

/// Whether keys for SRTP may be told over signalling that is not encrypted (RFC 4568 section 9).
enum class KeysOverPlain { forbidden, allowed };
/// What of `wanted` is possible there. Required where it is not possible: the owner must not call.
belfry::sdp::Encryption encryption_over(
    belfry::sdp::Encryption wanted, const belfry::sip::Flow& flow, KeysOverPlain keys_over_plain
);
/// @param secret this call's, from which its keys are made
void set_encryption(
    belfry::sdp::Capabilities& capabilities, belfry::sdp::Encryption encryption,
    std::vector<std::byte> secret
);
/// The message with its SRTP keys taken out, for what is stored.
std::string without_keys(std::string_view message);

/// Codecs in order of preference by their SDP names ("opus", "G722", "PCMU", "PCMA"); unknown ones
/// are left out.
std::vector<belfry::sdp::LocalCodec> codecs_named(const std::vector<std::string>& names);

}  // namespace belfry::gateway::sip
