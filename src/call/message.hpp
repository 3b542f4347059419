#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call/record.hpp"

/// What the call model keeps of a text message (SMS, MMS). Documents of the collections below.
namespace belfry::call {

inline constexpr std::string_view message_collection = "message";
/// What is left to be done for a message: one document while there is something, so that a restart
/// finds it without reading all messages. The key is the message's SID.
inline constexpr std::string_view message_job_collection = "message_job";
/// A picture or other file of a message; key ME…, tag the message's SID. Its bytes are a blob of
/// that name.
inline constexpr std::string_view message_media_collection = "message_media";

/// Life of a message, the words are Twilio's. Outgoing: (accepted →) queued → sending → sent →
/// delivered | undelivered | failed; or scheduled → queued | canceled. Incoming: received.
enum class MessageStatus {
  accepted,   // durable; a messaging service picks its sender
  scheduled,  // waits for its time
  queued,     // waits for its sender's turn
  sending,    // is being handed to the carrier
  sent,       // the carrier has it
  delivered,
  undelivered,  // the carrier had it and could not deliver it
  failed,       // the carrier did not take it, or it never got there
  canceled,
  received,
  read,  // the phone reported that it was read; some carriers can tell
};

std::string_view to_string(MessageStatus status);
std::optional<MessageStatus> parse_message_status(std::string_view text);
bool is_final(MessageStatus status);
/// The one table of what may follow what.
bool may_follow(MessageStatus from, MessageStatus to);

struct MessageRecord {
  enum class Direction { inbound, outbound_api, outbound_call, outbound_reply };

  std::string sid;  // SM…, or MM… with media
  std::string account_sid;
  std::string messaging_service_sid;
  Direction direction = Direction::outbound_api;
  std::string from;
  std::string to;
  std::string body;
  std::size_t segments = 1;
  std::vector<std::string> media_urls;  // outgoing: where they are fetched before sending
  std::size_t media_count = 0;
  MessageStatus status = MessageStatus::queued;
  int error_code = 0;         // 0: none
  std::string error_message;  // for people
  base::WallTime created{};
  base::WallTime updated{};
  std::optional<base::WallTime> sent;
  std::optional<base::WallTime> send_at;  // scheduled
  base::WallTime valid_until{};           // not sent after that
  std::string status_callback;            // URL; empty: nobody is told
  std::string carrier;                    // who has it: "simulator", a carrier's name
  std::string carrier_id;                 // its id there
  std::string origin_sid;                 // of a reply the message, of an <Sms> the call
  bool paid = false;                      // its carrier takes money: counted (rule F2)
  bool answers_opt_out = false;           // the one confirmation that may go to who said STOP

  bool outbound() const { return direction != Direction::inbound; }

  /// The tag is the account. `created` is when it was made, or is to be sent: lists go by that, and
  /// a walk through one is stable since it never changes.
  Document to_document() const;
  static MessageRecord from_document(const Document& document);
};

std::string_view to_string(MessageRecord::Direction direction);
std::optional<MessageRecord::Direction> parse_message_direction(std::string_view text);

/// One file of a message.
struct MessageMedium {
  std::string sid;  // ME…; also names its blob
  std::string account_sid;
  std::string message_sid;
  std::string content_type;
  std::size_t size = 0;
  base::WallTime created{};

  Document to_document() const;
  static MessageMedium from_document(const Document& document);
};

/// A number or sender id as messages use it: `+` and 7 to 15 digits, a short code of 3 to 8 digits,
/// or (for senders) 1 to 11 letters, digits and blanks with at least one letter. Blanks, dashes,
/// dots and brackets in a number are dropped; ten digits are a number of the North American plan.
/// Errc::invalid_argument otherwise.
base::Result<std::string> normalize_receiver(std::string_view text);
base::Result<std::string> normalize_sender(std::string_view text);

}  // namespace belfry::call
