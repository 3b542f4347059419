#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "call/machine_detection.hpp"
#include "call/party_terms.hpp"
#include "call/recording_order.hpp"
#include "call/status.hpp"

/// What the call model keeps: plain rows, written by `Journal`, read by pages, APIs and recovery.
namespace belfry::call {

/// What drives a leg once it is answered (inbound: once it arrived). Stored with the leg, so that a
/// queued call survives a restart.
struct ProgramSpec {
  std::string
      kind;  // names a `ProgramFactory`: "twiml", "bridge"; empty: another leg's program drives it
  /// The factory's own parameters, e.g. {"url","method","fallback_url","fallback_method"} or
  /// {"twiml"}.
  base::json::object parameters;
};

/// Where the steps of one leg are reported.
struct StatusCallback {
  std::string url;
  std::string method = "POST";
  std::vector<std::string> events = {"completed"};  // initiated, ringing, answered, completed
  bool own_application = false;                     // answered in process, without a socket
};

/// One try to reach the party (rule R3): committed before the first packet, so that the same packet
/// can be made again after a crash.
struct Attempt {
  std::string id;       // the SIP identifiers are derived from it
  std::string leg_sid;  // whose attempt it is
  std::string carrier;  // "simulator", a trunk's name, "registration"
  std::string caller;   // the number shown to the party
  base::WallTime started{};
  /// The endpoint's own snapshot (for SIP: the INVITE, then remote tag, target, route set, CSeq).
  base::json::object state;
  PartyTerms terms = {};  // the leg's
};

struct LegRecord {
  enum class Direction { inbound, outbound_api, outbound_dial };

  std::string sid;  // CA…
  std::string account_sid;
  std::string parent_sid;  // of a leg made by a dial; else empty
  Direction direction = Direction::outbound_api;
  std::string from;
  std::string to;
  LegStatus status = LegStatus::queued;
  base::WallTime created{};
  std::optional<base::WallTime> answered;
  std::optional<base::WallTime> ended;
  std::string end_reason;  // for people; empty while it lives
  int error_code = 0;      // the last Twilio error that its program met
  std::string endpoint;    // "sip", "simulator"
  ProgramSpec program;
  StatusCallback status_callback;
  std::chrono::seconds ring_timeout{60};
  std::chrono::seconds max_duration{4 * 3600};
  std::optional<RecordingOrder> record;  // asked for with the call: from the answer on
  /// What came of `record`; its terminal callback tells of it.
  struct Recorded {
    std::string sid;
    std::string url;
    base::WallTime started{};
  };
  std::optional<Recorded> recorded;
  std::optional<Attempt> attempt;
  PartyTerms party_terms;              // outbound: gone once the call is answered or over
  std::string send_digits;             // after the answer, before the program
  MachineDetection machine_detection;  // likewise, when no digits are sent
  std::string answered_by;             // its result, as Twilio words it; empty while there is none
  std::chrono::milliseconds detection_took{0};
  std::string application;          // whose call it is: "flux", "api", ""
  std::uint64_t next_event = 0;     // `EventRecord::seq` of the next event
  std::uint64_t next_callback = 0;  // SequenceNumber of the next status callback
  /// Last moment at which the answered leg was seen alive; its end after a crash (rule R3).
  std::optional<base::WallTime> last_seen;

  /// Seconds from answer to end, or to now while it lives; nothing when it was not answered.
  std::optional<std::int64_t> duration_s(base::WallTime now) const;
};

std::string_view to_string(LegRecord::Direction direction);
std::optional<LegRecord::Direction> parse_direction(std::string_view text);

/// Something that happened to a leg: append-only, `seq` gapless from 0 per leg.
struct EventRecord {
  std::string leg_sid;
  std::uint64_t seq = 0;
  base::WallTime at{};
  std::string type;  // "call.ringing", "webhook.request", "digit.received", …
  base::json::object data;
};

/// A promise to tell somebody (rule R7): the same id and body on every attempt, in order per
/// `order_key`.
struct Delivery {
  enum class Signature {
    none,
    twilio,
    standard
  };  // X-Twilio-Signature over form or URL; Standard Webhooks

  std::string id;                // uuid; I-Twilio-Idempotency-Token / webhook-id
  std::string account_sid = {};  // whose token signs it; empty: the main account's
  std::string order_key;         // the leg's SID: deliveries of one key go out one after the other
  std::string kind;              // "status-callback", "task.acknowledged"
  std::string url;               // with its #fragment overrides
  std::string method = "POST";
  std::string content_type;
  std::string body;
  Signature signature = Signature::twilio;
  bool own_application = false;  // answered in process, without a socket
  base::WallTime created{};
  std::uint64_t number = 0;  // set by the store: global order of insertion

  // Progress
  int attempts = 0;
  base::WallTime next_attempt{};
  enum class State { waiting, delivered, given_up } state = State::waiting;
  std::string last_error;
};

/// A row of an application's own: kept whole, found by key or by tag.
struct Document {
  std::string collection;  // "flux.notification"
  std::string key;         // unique within the collection
  std::string tag;         // for look-up of several; may be empty
  base::json::object value;
  base::WallTime created{};
};

struct DocumentKey {
  std::string collection;
  std::string key;
};

}  // namespace belfry::call
