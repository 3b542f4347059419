// Pages that are the handsets of telephones beyond our network.
#include "base/ids.hpp"
#include "compat/twilio/voice_sdk/call_request.hpp"
#include "compat/twilio/voice_sdk/signalling.hpp"
#include "http/form.hpp"

namespace belfry::compat::twilio::voice_sdk {
namespace {

constexpr int not_found = 31404;
constexpr int busy = 31486;

int code_of(base::Errc error) {
  if (error == base::Errc::conflict) return busy;
  return error == base::Errc::invalid_argument ? not_found : call_error::temporarily_unavailable;
}

}  // namespace

std::optional<std::string> Signalling::telephone_of(const Device& device) const {
  const auto& token = device.token();
  if (telephones_ == nullptr || !token || token->application_sid != call::handset_application ||
      token->account_sid != environment_.accounts.main().sid)
    return std::nullopt;
  return call::telephone_of_handset(token->identity);
}

bool Signalling::has_handset(const std::string& number) const {
  const std::vector<Device*> devices =
      registry_.find(environment_.accounts.main().sid, call::handset_identity(number));
  return std::ranges::any_of(devices, [&](const Device* device) {
    return telephone_of(*device) == number;
  });
}

std::unique_ptr<call::Endpoint> Signalling::open_handset(
    const std::string& number, const std::string& other, call::EndpointListener& listener
) {
  CallHouse& house = *this;
  BrowserCall::Party who{
      environment_.accounts.main().sid, call::handset_identity(number),
      base::make_sid("CA", environment_.random)
  };
  base::json::object invitation{
      {"CallSid", who.call_sid},
      {"AccountSid", who.account_sid},
      {"ApiVersion", "2010-04-01"},
      {"From", other},
      {"To", number},
      {"CallStatus", "ringing"},
      {"Direction", "inbound"},
  };
  return BrowserCall::outgoing(house, std::move(who), std::move(invitation), listener);
}

void Signalling::dial_with_handset(
    Device& device, const Invite& invite, const std::string& number
) {
  const auto form = http::Form::parse(invite.parameters);
  auto answered = answer_offer(device, invite);
  if (!answered) return refuse(device, invite, answered.error().detail, answered.error().message);
  for (BrowserCall* call : calls()) call->withdraw_from(device);
  const auto open = [&](call::EndpointListener& listener) {
    CallHouse& house = *this;
    BrowserCall::Party who{
        device.token()->account_sid, device.token()->identity,
        base::make_sid("CA", environment_.random), invite.call_sid
    };
    return BrowserCall::incoming(
        house, std::move(who), device, std::move(answered->connection), std::move(answered->sdp),
        listener
    );
  };
  const std::string to = form ? form->value_or("To", "") : "";
  const auto dialled = telephones_->dial(number, to, open);
  if (!dialled) refuse(device, invite, code_of(dialled.error().code), dialled.error().message);
}

}  // namespace belfry::compat::twilio::voice_sdk
