#include "compat/twilio/call_request.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "numbering/number.hpp"

namespace belfry::compat::twilio {
namespace {

using call::Party;

constexpr std::size_t max_twiml = 4000;
constexpr std::size_t max_send_digits = 32;
constexpr std::size_t max_caller = 255;
constexpr auto callback_events =
    std::to_array<std::string_view>({"initiated", "ringing", "answered", "completed"});

/// A number as it is dialled, whatever its separators; other parties as they are.
std::string normalise(const std::string& text) {
  std::string stripped = numbering::strip(text);
  return stripped.empty() ? std::string(base::trim(text)) : stripped;
}

Party read_to(Parameters& parameters) {
  const std::string text = parameters.required("To", 21201);
  if (text.empty()) return {};
  auto party = Party::parse(normalise(text));
  if (party) return std::move(*party);
  parameters.refuse(
      21211, "The 'To' number " + std::string(base::truncate_utf8(text, 64)) +
                 " is not a valid phone number"
  );
  return {};
}

std::string read_from(Parameters& parameters, const Party& to) {
  std::string text = parameters.text("CallerId");
  if (text.empty()) text = parameters.required("From", 21213);
  if (text.empty()) return {};
  const std::string from = normalise(text);
  const bool may_be_anything = to.kind != Party::Kind::telephone;
  if (from.size() <= max_caller && (may_be_anything || Party::parse(from))) return from;
  parameters.refuse(
      21212, "The 'From' number " + std::string(base::truncate_utf8(text, 64)) +
                 " is not a valid phone number, shortcode or identity"
  );
  return {};
}

std::string read_send_digits(Parameters& parameters) {
  std::string digits = parameters.text("SendDigits");
  const bool valid = digits.size() <= max_send_digits && std::ranges::all_of(digits, [](char c) {
                       return std::string_view("0123456789ABCDabcd*#wW").contains(c);
                     });
  if (valid) return digits;
  parameters.refuse(21206);
  return {};
}

void read_recording(Parameters& parameters, call::PlaceCall& call) {
  const bool wanted = parameters.flag("Record");
  call::RecordingOrder order;
  const std::string channels = parameters.one_of("RecordingChannels", {"mono", "dual"}, "mono");
  order.channels = channels == "dual" ? call::RecordingOrder::Channels::dual
                                      : call::RecordingOrder::Channels::mono;
  order.track =
      call::parse_track(parameters.one_of("RecordingTrack", {"both", "inbound", "outbound"}, "both")
      );
  order.trim_silence =
      parameters.one_of("Trim", {"trim-silence", "do-not-trim"}, "trim-silence") == "trim-silence";
  order.callback.url = parameters.url("RecordingStatusCallback");
  order.callback.method = parameters.method("RecordingStatusCallbackMethod");
  if (auto events = parameters.list("RecordingStatusCallbackEvent"); !events.empty())
    order.callback.events = std::move(events);
  if (wanted) call.record = std::move(order);
}

}  // namespace

call::ProgramSpec CallProgram::to_spec() const {
  call::ProgramSpec spec{"twiml", {}};
  if (url.empty()) {
    spec.parameters["twiml"] = twiml;
    return spec;
  }
  spec.parameters["url"] = url;
  spec.parameters["method"] = method;
  if (!fallback_url.empty()) {
    spec.parameters["fallback_url"] = fallback_url;
    spec.parameters["fallback_method"] = fallback_method;
  }
  return spec;
}

CallProgram read_program(Parameters& parameters) {
  CallProgram program;
  program.url = parameters.url("Url");
  program.method = parameters.method("Method");
  program.fallback_url = parameters.url("FallbackUrl");
  program.fallback_method = parameters.method("FallbackMethod");
  program.twiml = parameters.limited("Twiml", max_twiml, 32018);
  return program;
}

call::StatusCallback read_status_callback(Parameters& parameters) {
  call::StatusCallback callback;
  callback.url = parameters.url("StatusCallback");
  callback.method = parameters.method("StatusCallbackMethod");
  std::vector<std::string> events = parameters.list("StatusCallbackEvent");
  // Clients in use send `failed`, which is no event: it must not fail their calls.
  std::erase_if(events, [](const std::string& event) {
    return std::ranges::find(callback_events, event) == callback_events.end();
  });
  if (!events.empty()) callback.events = std::move(events);
  return callback;
}

CallRequest read_call_request(Parameters& parameters) {
  CallRequest request;
  call::PlaceCall& call = request.call;
  call.to = read_to(parameters);
  call.from = read_from(parameters, call.to);
  request.application_sid = parameters.text("ApplicationSid");
  if (parameters.text("Url").empty() && parameters.text("Twiml").empty() &&
      request.application_sid.empty())
    parameters.refuse(21205, "Url parameter is required");
  // An application's URLs win over those of the request.
  if (request.application_sid.empty()) call.program = read_program(parameters).to_spec();
  call.status_callback = read_status_callback(parameters);
  const std::string digits = read_send_digits(parameters);
  call.ring_timeout = std::chrono::seconds(parameters.integer("Timeout", 60, 5, 600, 21208));
  call.max_duration = std::chrono::seconds(parameters.integer("TimeLimit", 14'400, 1, 86'400));
  read_recording(parameters, call);
  call.application = "api";
  return request;
}

}  // namespace belfry::compat::twilio
