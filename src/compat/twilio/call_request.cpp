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
constexpr int bad_detection = 21234;
constexpr auto callback_events =
    std::to_array<std::string_view>({"initiated", "ringing", "answered", "completed"});

/// A number as it is dialled, whatever its separators; other parties as they are.
std::string normalise(const std::string& text) {
  std::string stripped = numbering::strip(text);
  return stripped.empty() ? std::string(base::trim(text)) : stripped;
}

/// What stands behind the `?` of `sip:` (headers) and `client:` (the application's parameters).
void read_party_terms(std::string& to, Parameters& parameters, call::PartyTerms& terms) {
  const auto question = to.find('?');
  if (question == std::string::npos) return;
  const std::string query = to.substr(question + 1);
  to.resize(question);
  if (to.starts_with("sip:")) {
    auto headers = call::read_sip_headers(query);
    if (!headers) return parameters.refuse(21224, headers.error().message);
    terms.headers = std::move(*headers);
  } else if (auto form = http::Form::parse(query)) {
    terms.parameters = form->fields();
  }
}

Party read_to(Parameters& parameters, call::PartyTerms& terms) {
  std::string text = parameters.required("To", 21201);
  if (text.empty()) return {};
  if (text.starts_with("sip:") || text.starts_with("client:"))
    read_party_terms(text, parameters, terms);
  auto party = Party::parse(normalise(text));
  // What an application does with its call, a <Dial> says.
  if (party && party->kind != Party::Kind::application) return std::move(*party);
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
  std::string from = normalise(text);
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

std::chrono::milliseconds read_ms(
    Parameters& parameters, std::string_view name, std::chrono::milliseconds otherwise,
    std::int64_t least, std::int64_t most
) {
  return std::chrono::milliseconds(
      parameters.integer(name, otherwise.count(), least, most, bad_detection)
  );
}

call::MachineDetection read_machine_detection(Parameters& parameters) {
  call::MachineDetection rules;
  const std::string mode =
      parameters.one_of("MachineDetection", {"Enable", "DetectMessageEnd"}, "", bad_detection);
  rules.mode = call::parse_detection_mode(mode).value_or(call::MachineDetection::Mode::off);
  rules.timeout =
      std::chrono::seconds(parameters.integer("MachineDetectionTimeout", 30, 3, 59, bad_detection));
  rules.speech_threshold =
      read_ms(parameters, "MachineDetectionSpeechThreshold", rules.speech_threshold, 1000, 6000);
  rules.speech_end_threshold = read_ms(
      parameters, "MachineDetectionSpeechEndThreshold", rules.speech_end_threshold, 500, 5000
  );
  rules.silence_timeout =
      read_ms(parameters, "MachineDetectionSilenceTimeout", rules.silence_timeout, 2000, 10'000);
  rules.in_background = parameters.flag("AsyncAmd");
  rules.callback_url = parameters.url("AsyncAmdStatusCallback");
  rules.callback_method = parameters.method("AsyncAmdStatusCallbackMethod");
  return rules;
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

call::LegUpdate read_call_update(Parameters& parameters) {
  call::LegUpdate update;
  const std::string status = parameters.one_of("Status", {"canceled", "completed"});
  if (status == "canceled") update.end = call::LegUpdate::End::canceled;
  if (status == "completed") update.end = call::LegUpdate::End::completed;
  if (const CallProgram program = read_program(parameters); !program.empty())
    update.program = program.to_spec();
  if (parameters.has("StatusCallback")) update.status_callback = read_status_callback(parameters);
  if (!parameters.text("TimeLimit").empty())
    update.time_limit = std::chrono::seconds(parameters.integer("TimeLimit", 14'400, 1, 86'400));
  return update;
}

namespace {

void read_parties(Parameters& parameters, call::PlaceCall& call) {
  call.to = read_to(parameters, call.party_terms);
  call.from = read_from(parameters, call.to);
}

void read_other_terms(Parameters& parameters, call::PlaceCall& call) {
  call.status_callback = read_status_callback(parameters);
  call.send_digits = read_send_digits(parameters);
  call.party_terms.username = parameters.limited("SipAuthUsername", 255, 21221);
  call.party_terms.password = parameters.limited("SipAuthPassword", 255, 21222);
  call.ring_timeout = std::chrono::seconds(parameters.integer("Timeout", 60, 5, 600, 21208));
  call.max_duration = std::chrono::seconds(parameters.integer("TimeLimit", 14'400, 1, 86'400));
  read_recording(parameters, call);
  call.machine_detection = read_machine_detection(parameters);
  call.application = "api";
}

}  // namespace

call::PlaceCall read_call_terms(Parameters& parameters) {
  call::PlaceCall call;
  read_parties(parameters, call);
  read_other_terms(parameters, call);
  return call;
}

CallRequest read_call_request(Parameters& parameters) {
  CallRequest request;
  call::PlaceCall& call = request.call;
  read_parties(parameters, call);
  request.application_sid = parameters.text("ApplicationSid");
  if (parameters.text("Url").empty() && parameters.text("Twiml").empty() &&
      request.application_sid.empty())
    parameters.refuse(21205, "Url parameter is required");
  // An application's URLs win over those of the request.
  if (request.application_sid.empty()) call.program = read_program(parameters).to_spec();
  read_other_terms(parameters, call);
  return request;
}

}  // namespace belfry::compat::twilio
