#include "call/message.hpp"

#include <algorithm>
#include <array>

namespace belfry::call {
namespace {

using base::json::object;
using enum MessageStatus;

constexpr std::array<std::string_view, 11> status_words = {"accepted",    "scheduled", "queued",
                                                           "sending",     "sent",      "delivered",
                                                           "undelivered", "failed",    "canceled",
                                                           "received",    "read"};
constexpr std::array<std::string_view, 4> direction_words = {
    "inbound", "outbound-api", "outbound-call", "outbound-reply"
};

std::string text_of(const object& value, std::string_view name) {
  const auto* text = base::json::find_string(value, name);
  return text == nullptr ? std::string() : std::string(*text);
}
std::int64_t integer_of(const object& value, std::string_view name) {
  const auto* member = base::json::find(value, name);
  return member != nullptr && member->is_int64() ? member->get_int64() : 0;
}
std::optional<base::WallTime> time_of(const object& value, std::string_view name) {
  const auto* member = base::json::find(value, name);
  if (member == nullptr || !member->is_int64()) return std::nullopt;
  return base::from_unix_micros(member->get_int64());
}
void put(object& value, std::string_view name, const std::string& text) {
  if (!text.empty()) value[name] = text;
}

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}
bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}
bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string without_separators(std::string_view text) {
  std::string out;
  for (const char character : text)
    if (!std::string_view(" -.()/").contains(character)) out += character;
  return out;
}

}  // namespace

std::string_view to_string(MessageStatus status) {
  return status_words.at(static_cast<std::size_t>(status));
}

std::optional<MessageStatus> parse_message_status(std::string_view text) {
  const auto found = std::ranges::find(status_words, text);
  if (found == status_words.end()) return std::nullopt;
  return static_cast<MessageStatus>(found - status_words.begin());
}

bool is_final(MessageStatus status) {
  switch (status) {
    case delivered:
    case undelivered:
    case failed:
    case canceled:
    case received:
    case read:
      return true;
    case accepted:
    case scheduled:
    case queued:
    case sending:
    case sent:
      return false;
  }
  return false;
}

bool may_follow(MessageStatus from, MessageStatus to) {
  switch (from) {
    case scheduled:
      return to == accepted || to == queued || to == canceled || to == failed;
    case accepted:
      return to == queued || to == canceled || to == failed;
    case queued:
      return to == sending || to == canceled || to == failed;
    case sending:
      return to == sent || to == failed || to == queued;
    case sent:
      return to == delivered || to == undelivered || to == failed || to == read;
    case delivered:
      return to == read;
    case undelivered:
    case failed:
    case canceled:
    case received:
    case read:
      return false;
  }
  return false;
}

std::string_view to_string(MessageRecord::Direction direction) {
  return direction_words.at(static_cast<std::size_t>(direction));
}

std::optional<MessageRecord::Direction> parse_message_direction(std::string_view text) {
  const auto found = std::ranges::find(direction_words, text);
  if (found == direction_words.end()) return std::nullopt;
  return static_cast<MessageRecord::Direction>(found - direction_words.begin());
}

Document MessageRecord::to_document() const {
  object value{
      {"account_sid", account_sid},
      {"direction", to_string(direction)},
      {"from", from},
      {"to", to},
      {"body", body},
      {"segments", segments},
      {"media_count", media_count},
      {"status", to_string(status)},
      {"date_created", base::to_unix_micros(created)},
      {"date_updated", base::to_unix_micros(updated)},
      {"valid_until", base::to_unix_micros(valid_until)},
  };
  put(value, "messaging_service_sid", messaging_service_sid);
  put(value, "error_message", error_message);
  put(value, "status_callback", status_callback);
  put(value, "carrier", carrier);
  put(value, "carrier_id", carrier_id);
  put(value, "origin_sid", origin_sid);
  if (error_code != 0) value["error_code"] = error_code;
  if (sent) value["date_sent"] = base::to_unix_micros(*sent);
  if (send_at) value["send_at"] = base::to_unix_micros(*send_at);
  if (paid) value["paid"] = true;
  if (answers_opt_out) value["answers_opt_out"] = true;
  if (!media_urls.empty()) {
    base::json::array urls;
    for (const std::string& url : media_urls) urls.emplace_back(url);
    value["media_urls"] = std::move(urls);
  }
  return {
      std::string(message_collection), sid, account_sid, std::move(value), send_at.value_or(created)
  };
}

MessageRecord MessageRecord::from_document(const Document& document) {
  const object& value = document.value;
  MessageRecord record;
  record.sid = document.key;
  record.account_sid = text_of(value, "account_sid");
  record.messaging_service_sid = text_of(value, "messaging_service_sid");
  record.direction =
      parse_message_direction(text_of(value, "direction")).value_or(Direction::outbound_api);
  record.from = text_of(value, "from");
  record.to = text_of(value, "to");
  record.body = text_of(value, "body");
  record.segments = static_cast<std::size_t>(integer_of(value, "segments"));
  record.media_count = static_cast<std::size_t>(integer_of(value, "media_count"));
  record.status = parse_message_status(text_of(value, "status")).value_or(failed);
  record.error_code = static_cast<int>(integer_of(value, "error_code"));
  record.error_message = text_of(value, "error_message");
  record.created = time_of(value, "date_created").value_or(document.created);
  record.updated = time_of(value, "date_updated").value_or(document.created);
  record.sent = time_of(value, "date_sent");
  record.send_at = time_of(value, "send_at");
  record.valid_until = time_of(value, "valid_until").value_or(document.created);
  record.status_callback = text_of(value, "status_callback");
  record.carrier = text_of(value, "carrier");
  record.carrier_id = text_of(value, "carrier_id");
  record.origin_sid = text_of(value, "origin_sid");
  record.paid = value.contains("paid");
  record.answers_opt_out = value.contains("answers_opt_out");
  if (const auto* urls = base::json::find(value, "media_urls"); urls && urls->is_array()) {
    for (const auto& url : urls->get_array())
      if (url.is_string()) record.media_urls.emplace_back(url.get_string());
  }
  return record;
}

Document MessageMedium::to_document() const {
  object value{
      {"account_sid", account_sid},
      {"parent_sid", message_sid},
      {"content_type", content_type},
      {"size", size},
  };
  return {std::string(message_media_collection), sid, message_sid, std::move(value), created};
}

MessageMedium MessageMedium::from_document(const Document& document) {
  MessageMedium medium;
  medium.sid = document.key;
  medium.account_sid = text_of(document.value, "account_sid");
  medium.message_sid = document.tag;
  medium.content_type = text_of(document.value, "content_type");
  medium.size = static_cast<std::size_t>(integer_of(document.value, "size"));
  medium.created = document.created;
  return medium;
}

base::Result<std::string> normalize_receiver(std::string_view text) {
  std::string number = without_separators(text);
  const std::string_view digits = std::string_view(number).substr(number.starts_with('+') ? 1 : 0);
  const auto wrong = base::fail(base::Errc::invalid_argument, "is not a valid phone number");
  if (!are_digits(digits)) return wrong;
  if (number.starts_with('+')) {
    if (digits.size() < 7 || digits.size() > 15) return wrong;
    return number;
  }
  if (digits.size() == 10) return "+1" + number;
  if (digits.size() == 11 && digits.front() == '1') return "+" + number;
  return wrong;
}

base::Result<std::string> normalize_sender(std::string_view text) {
  if (auto number = normalize_receiver(text)) return number;
  if (are_digits(text) && text.size() >= 3 && text.size() <= 8) return std::string(text);
  const bool is_name = !text.empty() && text.size() <= 11 && std::ranges::any_of(text, is_letter) &&
                       std::ranges::all_of(text, [](char character) {
                         return is_letter(character) || is_digit(character) || character == ' ';
                       });
  if (is_name) return std::string(text);
  return base::fail(base::Errc::invalid_argument, "is not a phone number, short code or sender id");
}

}  // namespace belfry::call
