#pragma once
#include "call/number_directory.hpp"
#include "call/switchboard.hpp"
#include "compat/twilio/voice_sdk/message.hpp"
#include "identity/voice_token.hpp"

namespace belfry::compat::twilio::voice_sdk {

/// The SDK's errors of calls that we cannot take.
namespace call_error {
inline constexpr int rate_exceeded = 31206;
inline constexpr int temporarily_unavailable = 31480;
}  // namespace call_error

/// The call that a page asks for: the voice URL of its token's application, first asked with the
/// page's parameters, each as a field of its own. The token's are stronger than the page's; neither
/// can pass for what we say ourselves. `To` is whatever the page says, or nothing.
/// @return the SDK's code in `detail`: 31201 the token allows no calls, 31001 no such application,
/// 31103 parameters above 4 KiB or broken.
base::Result<call::IncomingCall> read_call_request(
    const identity::VoiceToken& token, const Invite& invite, const call::NumberDirectory& directory
);

/// What a page is told of a call to it: who calls whom, and the parameters of `<Client>` in
/// `Params` (names as they are, values encoded: the SDK decodes only those).
/// @param caller the call that dialled; nullptr: none did. What its carrier has verified of it goes
/// along as `StirStatus` while the page is shown that caller's number.
base::json::object invitation_of(
    const call::LegRecord& leg, const call::Attempt& attempt, const call::LegRecord* caller
);

}  // namespace belfry::compat::twilio::voice_sdk
