#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "sip/message.hpp"

/// What REFER and Replaces say (RFC 3515, 3891, 3420): reading and writing, no state.
namespace belfry::sip {

/// The one URI of Refer-To. @return `detail` is the status to refuse with: 400 for none or several,
/// 416 for what is no `sip:`, `sips:` or `tel:` URI, 603 for one that asks for another method than
/// INVITE.
[[nodiscard]] base::Result<std::string> read_refer_to(const Message& refer);

/// What a NOTIFY of the event package `refer` says of the call.
struct ReferralNotice {
  int status = 0;     // of its sipfrag; 0 when that could not be read
  bool over = false;  // the subscription has ended
};
/// @return nothing for another event.
std::optional<ReferralNotice> read_referral_notice(const Message& notify);
/// `SIP/2.0 200 OK`, with its end of line.
std::string sipfrag(int status);

/// Which dialog an INVITE wants to take the place of; tags as its receiver sees them.
struct Replaces {
  std::string call_id;
  std::string local_tag, remote_tag;
  bool early_only = false;
};
/// @return nothing without that header; Errc::malformed when it is broken.
[[nodiscard]] base::Result<std::optional<Replaces>> read_replaces(const Message& invite);

/// `RAck: 776656 1 INVITE` (RFC 3262 section 7.2).
struct Rack {
  std::uint32_t rseq = 0;
  std::uint32_t cseq = 0;
};
std::optional<Rack> read_rack(const Message& prack);

}  // namespace belfry::sip
