#include "call/recording_record.hpp"

#include <array>

namespace belfry::call {
namespace {

constexpr std::array sources = {
    RecordingSource::dial_verb,
    RecordingSource::conference,
    RecordingSource::outbound_api,
    RecordingSource::record_verb,
    RecordingSource::start_call_recording_api,
    RecordingSource::start_conference_recording_api,
    RecordingSource::start_call_recording_twiml,
};
constexpr std::array statuses = {
    RecordingStatus::in_progress, RecordingStatus::paused, RecordingStatus::processing,
    RecordingStatus::completed,   RecordingStatus::absent, RecordingStatus::failed,
};

std::string text_of(const base::json::object& from, std::string_view key) {
  const auto* text = base::json::find_string(from, key);
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

std::optional<std::int64_t> number_of(const base::json::object& from, std::string_view key) {
  const auto* member = from.if_contains(key);
  if (member == nullptr || !member->is_number()) return std::nullopt;
  return member->to_number<std::int64_t>();
}

base::WallTime time_of(const base::json::object& from, std::string_view key) {
  return base::from_unix_micros(number_of(from, key).value_or(0));
}

}  // namespace

std::string_view to_string(RecordingSource source) {
  switch (source) {
    case RecordingSource::dial_verb:
      return "DialVerb";
    case RecordingSource::conference:
      return "Conference";
    case RecordingSource::outbound_api:
      return "OutboundAPI";
    case RecordingSource::record_verb:
      return "RecordVerb";
    case RecordingSource::start_call_recording_api:
      return "StartCallRecordingAPI";
    case RecordingSource::start_conference_recording_api:
      return "StartConferenceRecordingAPI";
    case RecordingSource::start_call_recording_twiml:
      return "StartCallRecordingTwiML";
  }
  return "";
}

std::string_view to_string(RecordingStatus status) {
  switch (status) {
    case RecordingStatus::in_progress:
      return "in-progress";
    case RecordingStatus::paused:
      return "paused";
    case RecordingStatus::processing:
      return "processing";
    case RecordingStatus::completed:
      return "completed";
    case RecordingStatus::absent:
      return "absent";
    case RecordingStatus::failed:
      return "failed";
  }
  return "";
}

std::int64_t RecordingRecord::duration_s() const {
  if (!length || *length <= base::Duration{0}) return 0;
  return std::max<std::int64_t>(std::chrono::round<std::chrono::seconds>(*length).count(), 1);
}

Document RecordingRecord::to_document() const {
  Document document;
  document.collection = collection;
  document.key = sid;
  document.tag = subject();
  document.created = created;
  document.value = {
      {"account_sid", account_sid},
      {"call_sid", call_sid},
      {"conference_sid", conference_sid},
      {"source", to_string(source)},
      {"status", to_string(status)},
      {"order", to_json(order)},
      {"updated", base::to_unix_micros(updated)},
      {"started", base::to_unix_micros(started)},
      {"clock_drift_us", clock_drift / std::chrono::microseconds(1)},
      {"error_code", error_code},
      {"deleted", deleted},
      {"key", key},
  };
  if (length) document.value["length_us"] = *length / std::chrono::microseconds(1);
  return document;
}

std::optional<RecordingRecord> RecordingRecord::from_document(const Document& document) {
  const base::json::object& value = document.value;
  RecordingRecord record;
  record.sid = document.key;
  record.created = document.created;
  record.account_sid = text_of(value, "account_sid");
  record.call_sid = text_of(value, "call_sid");
  record.conference_sid = text_of(value, "conference_sid");
  const std::string source = text_of(value, "source"), status = text_of(value, "status");
  const auto known_source = std::ranges::find(sources, source, [](auto s) { return to_string(s); });
  const auto known_status =
      std::ranges::find(statuses, status, [](auto s) { return to_string(s); });
  if (known_source == sources.end() || known_status == statuses.end()) return std::nullopt;
  record.source = *known_source;
  record.status = *known_status;
  if (const auto* order = value.if_contains("order"); order != nullptr && order->is_object())
    record.order = read_recording_order(order->get_object());
  record.updated = time_of(value, "updated");
  record.started = time_of(value, "started");
  if (const auto length = number_of(value, "length_us"))
    record.length = std::chrono::microseconds(*length);
  record.clock_drift = std::chrono::microseconds(number_of(value, "clock_drift_us").value_or(0));
  record.error_code = static_cast<int>(number_of(value, "error_code").value_or(0));
  record.key = text_of(value, "key");
  const auto* deleted = value.if_contains("deleted");
  record.deleted = deleted != nullptr && deleted->is_bool() && deleted->get_bool();
  return record;
}

}  // namespace belfry::call
