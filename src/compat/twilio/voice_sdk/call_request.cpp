#include "compat/twilio/voice_sdk/call_request.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "http/form.hpp"

namespace belfry::compat::twilio::voice_sdk {
namespace {

constexpr std::size_t max_parameters = 4 << 10;
constexpr int not_authorized = 31201;
constexpr int no_application = 31001;
constexpr int bad_parameters = 31103;

constexpr auto our_own = std::to_array<std::string_view>(
    {"CallSid", "AccountSid", "ApiVersion", "From", "Caller", "To", "Called", "Direction",
     "CallStatus", "ApplicationSid"}
);

bool is_our_own(std::string_view name) {
  return std::ranges::find(our_own, name) != our_own.end();
}

/// A name as the SDK takes it, verbatim: what would end it early is encoded all the same.
std::string parameter_name(std::string_view name) {
  std::string out;
  for (const char c : name)
    out += c == '&' || c == '=' ? base::percent_encode(std::string_view(&c, 1)) : std::string(1, c);
  return out;
}

/// What a carrier said of who calls (the webhook's `StirVerstat`).
const std::string* stir_verdict(const call::LegRecord& caller) {
  for (const auto& [name, value] : caller.party_terms.parameters)
    if (name == "StirVerstat") return &value;
  return nullptr;
}

}  // namespace

base::Result<call::IncomingCall> read_call_request(
    const identity::VoiceToken& token, const Invite& invite, const call::NumberDirectory& directory
) {
  using base::Errc;
  if (token.application_sid.empty())
    return base::fail(Errc::forbidden, "the token does not allow calls", not_authorized);
  const call::Document* application = directory.application(token.application_sid);
  // That of another account does not exist (rule H6).
  const bool known = application != nullptr && application->tag == token.account_sid;
  auto answering = known ? call::NumberDirectory::answering(application->value) : std::nullopt;
  if (!answering)
    return base::fail(Errc::not_found, "there is no application with a voice URL", no_application);
  if (invite.parameters.size() > max_parameters)
    return base::fail(Errc::too_large, "the call's parameters are above 4 KiB", bad_parameters);
  const auto form = http::Form::parse(invite.parameters);
  if (!form) return base::fail(Errc::malformed, form.error().message, bad_parameters);

  call::IncomingCall call;
  base::json::object fields;
  const auto take = [&](const std::string& name, const std::string& value) {
    if (name == "To") call.to = value;
    if (!is_our_own(name)) fields[name] = value;
  };
  for (const auto& [name, value] : form->fields()) take(name, value);
  for (const auto& [name, value] : token.outgoing_parameters) take(name, value);
  fields["ApplicationSid"] = token.application_sid;
  answering->program.parameters["parameters"] = std::move(fields);
  answering->account_sid = token.account_sid;
  call.source = call::IncomingCall::Source::client;
  call.from = "client:" + token.identity;
  call.endpoint = "client";
  call.carrier = "client";
  call.answering = std::move(answering);
  return call;
}

base::json::object invitation_of(
    const call::LegRecord& leg, const call::Attempt& attempt, const call::LegRecord* caller
) {
  base::json::object parameters{
      {"CallSid", leg.sid},
      {"AccountSid", leg.account_sid},
      {"ApiVersion", "2010-04-01"},
      {"From", attempt.caller},
      {"To", leg.to},
      {"CallStatus", "ringing"},
      {"Direction", to_string(leg.direction)},
  };
  std::string custom;
  for (const auto& [name, value] : attempt.terms.parameters) {
    if (!custom.empty()) custom += '&';
    custom += parameter_name(name) + "=" + base::percent_encode(value);
  }
  if (!custom.empty()) parameters["Params"] = std::move(custom);
  if (caller != nullptr && caller->from == attempt.caller)
    if (const std::string* verdict = stir_verdict(*caller)) parameters["StirStatus"] = *verdict;
  return parameters;
}

}  // namespace belfry::compat::twilio::voice_sdk
