#include "twiml/status_callback.hpp"

#include "base/text.hpp"
#include "twiml/parameters.hpp"

namespace belfry::twiml {
namespace {

std::string status_of(std::string_view event, const call::LegRecord& leg) {
  if (event == "answered") return "in-progress";
  if (event == "initiated" || event == "ringing") return std::string(event);
  return std::string(call::to_string(leg.status));
}

/// The status that a reason such as "486 Busy Here" begins with; empty when it does not.
std::string sip_status(std::string_view reason) {
  const std::string_view word = reason.substr(0, reason.find(' '));
  const auto status = base::parse_unsigned(word);
  const bool is_status = word.size() == 3 && status && *status >= 200 && *status < 700;
  return is_status ? std::string(word) : std::string();
}

void set(call::FormFields& fields, std::string_view name, std::string value) {
  for (auto& [key, old] : fields)
    if (key == name) {
      old = std::move(value);
      return;
    }
  fields.emplace_back(name, std::move(value));
}

void add_ending(call::FormFields& fields, const call::LegRecord& leg, base::WallTime at) {
  const std::int64_t seconds = leg.duration_s(leg.ended.value_or(at)).value_or(0);
  set(fields, "CallDuration", std::to_string(seconds));
  set(fields, "Duration", std::to_string((seconds + 59) / 60));
  if (auto status = sip_status(leg.end_reason); !status.empty())
    set(fields, "SipResponseCode", std::move(status));
  if (!leg.recorded) return;
  const auto recorded = leg.ended.value_or(at) - leg.recorded->started;
  set(fields, "RecordingUrl", leg.recorded->url);
  set(fields, "RecordingSid", leg.recorded->sid);
  set(fields, "RecordingDuration",
      std::to_string(std::chrono::round<std::chrono::seconds>(recorded).count()));
}

}  // namespace

call::Delivery StatusCallbackFormat::render(
    const call::LegRecord& leg, std::string_view event, std::uint64_t sequence, base::WallTime at
) const {
  call::FormFields fields = standard_parameters(leg);
  set(fields, "CallStatus", status_of(event, leg));
  if (event == "completed") add_ending(fields, leg, at);
  set(fields, "Timestamp", base::to_rfc2822(at));
  set(fields, "CallbackSource", "call-progress-events");
  set(fields, "SequenceNumber", std::to_string(sequence));
  call::Delivery delivery =
      form_delivery(leg.account_sid, leg.status_callback.url, leg.status_callback.method, fields);
  delivery.order_key = leg.sid;
  delivery.kind = "status-callback";
  delivery.created = at;
  delivery.next_attempt = at;
  return delivery;
}

call::Delivery StatusCallbackFormat::render_detection(const call::LegRecord& leg, base::WallTime at)
    const {
  const call::FormFields fields{
      {"CallSid", leg.sid},
      {"AccountSid", leg.account_sid},
      {"AnsweredBy", leg.answered_by},
      {"MachineDetectionDuration", std::to_string(leg.detection_took.count())},
  };
  const call::MachineDetection& rules = leg.machine_detection;
  call::Delivery delivery =
      form_delivery(leg.account_sid, rules.callback_url, rules.callback_method, fields);
  delivery.created = at;
  delivery.next_attempt = at;
  return delivery;
}

}  // namespace belfry::twiml
