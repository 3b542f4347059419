#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call/seat_statistics.hpp"

namespace belfry::call {

/// Life of a leg: queued → initiated → ringing → in-progress → one of the five ends.
/// An inbound leg begins as `ringing`. The words are Twilio's.
enum class LegStatus {
  queued,       // durable, not dialled yet
  initiated,    // the attempt is durable, the first packet may leave
  ringing,      // the other side says that it rings, or (inbound) we were called
  in_progress,  // answered
  completed,
  busy,
  failed,
  no_answer,
  canceled,
};

std::string_view to_string(LegStatus status);
std::optional<LegStatus> parse_leg_status(std::string_view text);
bool is_final(LegStatus status);
/// The one table of what may follow what.
bool may_follow(LegStatus from, LegStatus to);

/// Why a leg ended, independent of any wire. Endpoints translate it to and from SIP statuses.
enum class HangupCause {
  normal,         // somebody hung up an answered leg
  busy,           // 486, 600
  rejected,       // 603, 403, declined by a person
  no_answer,      // nobody picked up in time (408, 480, our ring time-out)
  canceled,       // given up by us before the answer
  unreachable,    // no such number, no registration, no route (404, 410, 484, 604)
  failed,         // the network or the other side failed (5xx, transport)
  media_timeout,  // no RTP and no signalling (rule S9)
  max_duration,
  restart,   // the server went down and came back (rule R3)
  overload,  // refused by admission or drain (503)
};

std::string_view to_string(HangupCause cause);

/// How a leg ended. `sip_status` is the other side's final status where there is one, else 0.
struct Ending {
  HangupCause cause = HangupCause::normal;
  std::uint16_t sip_status = 0;
  std::string detail;  // for people: "486 Busy Here", "no route to +507…"
  /// X-… of the SIP response that ended it before it was answered.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Of media that never came up, so that the leg was not answered; else none.
  Handshake handshake = Handshake::none;

  bool operator==(const Ending&) const = default;
};

/// The final status of a leg that ends so: an answered leg completes whatever the cause.
LegStatus final_status(HangupCause cause, bool answered);

}  // namespace belfry::call
