#include "compat/twilio/voice_sdk/signalling.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "compat/twilio/voice_sdk/call_request.hpp"
#include "compat/twilio/voice_sdk/leftover.hpp"

namespace belfry::compat::twilio::voice_sdk {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t max_calls_of_a_device = 10;

constexpr int reconnection_failed = 31209;
constexpr int bad_request = 31400;

/// The edge that the page asked for by `voice-js.<edge>.…`; where it asks for any, one is named.
Session::Settings settings_for(const http::Request& request, Session::Settings settings) {
  const std::string host = request.host_name();
  const auto labels = base::split(host, '.');
  if (labels.size() > 2 && labels[0] == "voice-js" && labels[1] != "roaming")
    settings.edge = labels[1];
  return settings;
}

}  // namespace

/// A device among the others, as long as its socket is served.
class Signalling::Attendance {
 public:
  Attendance(Signalling& house, Device& device) : house_(house), device_(device) {
    house_.devices_.insert(&device_);
  }
  Attendance(const Attendance&) = delete;
  Attendance& operator=(const Attendance&) = delete;
  ~Attendance() { house_.leave(device_); }

 private:
  Signalling& house_;
  Device& device_;
};

Signalling::Signalling(const Environment& environment)
    : environment_(environment),
      messages_({environment.loop, environment.random, environment.journal, environment.outbox}) {
  environment_.accounts.on_withdrawn([this] { end_withdrawn(); });
}

Signalling::~Signalling() {
  *alive_ = false;
  environment_.accounts.on_withdrawn({});
}

Task<void> Signalling::serve(http::WebSocket& socket, http::Request request) {
  const auto verifier = [this](std::string_view token) { return verify(token); };
  Session session(verifier, settings_for(request, environment_.place), environment_.loop.now());
  DeviceOwner& owner = *this;
  Device device(environment_.loop, socket, owner, std::move(session));
  const Attendance attendance(*this, device);
  Task<void> running = device.run();
  co_await std::move(running);
}

Result<Grant> Signalling::verify(std::string_view text) const {
  const base::WallTime now = environment_.loop.wall_now();
  auto token = identity::verify_voice_token(text, environment_.accounts, now);
  if (!token) {
    base::log::info(
        "signal.token_refused", {{"code", token.error().detail}, {"why", token.error().message}}
    );
    return fail(token.error());
  }
  const base::Duration life = token->expires - now;
  return Grant{std::move(*token), life};
}

// --- Devices ---

void Signalling::leave(Device& device) {
  devices_.erase(&device);
  registry_.unbind(device);
  for (BrowserCall* call : calls()) call->on_device_gone(device);
}

void Signalling::end_withdrawn() {
  const std::set<Device*> all = devices_;
  for (Device* device : all) {
    if (!device->token() || identity::is_still_valid(*device->token(), environment_.accounts))
      continue;
    const SignalError error{identity::voice_error::authentication_failed, "no longer valid"};
    for (BrowserCall* call : calls())
      if (call->device() == device)
        call->end_with(error, {call::HangupCause::failed, 0, "the token was withdrawn"});
    device->withdraw();
    for (BrowserCall* call : calls()) call->withdraw_from(*device);
  }
}

void Signalling::on_bound(Device& device) {
  registry_.bind(device);
  for (BrowserCall* call : calls())
    if (device.is(call->party().account_sid, call->party().identity)) call->on_device_bound(device);
  const auto number = telephone_of(device);
  if (number) telephones_->on_handset(*number);
}

bool Signalling::has_calls(const Device& device) {
  return std::ranges::any_of(calls_, [&](const auto& each) {
    return each.second->device() == &device;
  });
}

std::vector<Device*> Signalling::devices_to_ring(const BrowserCall& call) {
  std::vector<Device*> found = registry_.find(call.party().account_sid, call.party().identity);
  // `ringing` and `answer` name no call to the SDK: an invitation meanwhile would take them.
  std::erase_if(found, [&](const Device* device) {
    return std::ranges::any_of(calls_, [&](const auto& each) {
      return each.second->is_waiting(*device);
    });
  });
  return found;
}

// --- Calls ---

void Signalling::add(BrowserCall& call) {
  calls_[call.party().call_sid] = &call;
}

void Signalling::remove(BrowserCall& call) {
  const auto found = calls_.find(call.party().call_sid);
  if (found == calls_.end() || found->second != &call) return;
  calls_.erase(found);
  messages_.forget(call.party().call_sid);
}

void Signalling::discard(std::unique_ptr<Connection> connection) {
  discarded_.push_back(std::move(connection));
  environment_.loop.post([this, alive = alive_] {
    if (*alive) discarded_.clear();
  });
}

std::vector<BrowserCall*> Signalling::calls() const {
  std::vector<BrowserCall*> all;
  all.reserve(calls_.size());
  for (const auto& [sid, call] : calls_) all.push_back(call);
  return all;
}

BrowserCall* Signalling::find(const Device& device, const std::string& call_sid) const {
  if (const auto found = calls_.find(call_sid); found != calls_.end()) return found->second;
  const auto own = std::ranges::find_if(calls_, [&](const auto& each) {
    return each.second->device() == &device && each.second->party().temporary_sid == call_sid;
  });
  return own == calls_.end() ? nullptr : own->second;
}

Result<std::unique_ptr<call::Endpoint>> Signalling::open(
    const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
) {
  if (!attempt.state.empty()) return std::make_unique<Leftover>(environment_.loop, listener);
  const call::Leg* leg = switchboard_ == nullptr ? nullptr : switchboard_->find(attempt.leg_sid);
  if (party.kind != call::Party::Kind::client || leg == nullptr)
    return fail(Errc::not_found, "only clients are reached so");
  CallHouse& house = *this;
  const call::Leg* dialler = switchboard_->find(leg->record().parent_sid);
  BrowserCall::Party who{leg->record().account_sid, party.address, attempt.leg_sid};
  return BrowserCall::outgoing(
      house, std::move(who),
      invitation_of(leg->record(), attempt, dialler != nullptr ? &dialler->record() : nullptr),
      listener
  );
}

// --- What devices say ---

void Signalling::on_said(Device& device, ClientMessage message) {
  if (const auto* invite = std::get_if<Invite>(&message)) return hear(device, *invite);
  if (const auto* answer = std::get_if<Answer>(&message)) return hear(device, *answer);
  if (const auto* said = std::get_if<UserMessage>(&message)) return hear(device, *said);
  if (const auto* reject = std::get_if<Reject>(&message)) {
    if (BrowserCall* call = find(device, reject->call_sid)) call->on_reject(device);
  } else if (const auto* hangup = std::get_if<Hangup>(&message)) {
    // One of a call that we never saw is no news.
    if (BrowserCall* call = find(device, hangup->call_sid))
      call->on_hangup(device, hangup->message);
  } else if (const auto* reinvite = std::get_if<Reinvite>(&message)) {
    if (BrowserCall* call = find(device, reinvite->call_sid))
      call->on_reinvite(device, reinvite->sdp);
  } else if (const auto* digits = std::get_if<Digits>(&message)) {
    if (BrowserCall* call = find(device, digits->call_sid)) call->on_digits(device, digits->digits);
  }
}

void Signalling::hear(Device& device, const Answer& answer) {
  if (BrowserCall* call = find(device, answer.call_sid)) {
    call->on_answer(device, answer.sdp);
  } else {
    device.send(hangup_frame(answer.call_sid));  // it was over before
  }
}

void Signalling::hear(Device& device, const Invite& invite) {
  if (invite.reconnect_token.empty()) return place(device, invite);
  BrowserCall* call = find(device, invite.call_sid);
  const bool is_theirs =
      call != nullptr && device.is(call->party().account_sid, call->party().identity);
  if (is_theirs && call->on_reattach(device, invite)) return;
  const SignalError error{reconnection_failed, "there is no such call to go on with"};
  device.send(hangup_frame(invite.call_sid, error));
}

void Signalling::hear(Device& device, const UserMessage& message) {
  BrowserCall* call = find(device, message.call_sid);
  std::optional<SignalError> wrong = UserMessages::check(message);
  if (!wrong && (call == nullptr || call->device() != &device))
    wrong = SignalError{bad_request, "there is no such call"};
  if (wrong) return device.send(error_frame(*wrong, message.call_sid, message.event_sid));
  UserMessage told = message;
  told.call_sid = call->party().call_sid;
  messages_.tell(told, call->party().account_sid);
  device.send(ack_frame(told.call_sid, told.event_sid));
}

void Signalling::refuse(Device& device, const Invite& invite, int code, const std::string& why) {
  base::log::info("signal.call_refused", {{"code", code}, {"why", why}});
  device.send(hangup_frame(invite.call_sid, SignalError{code, why}));
}

Result<Signalling::Answered> Signalling::answer_offer(const Device& device, const Invite& invite) {
  const auto all = calls();
  const auto own = std::ranges::count(all, &device, &BrowserCall::device);
  if (static_cast<std::size_t>(own) >= max_calls_of_a_device || switchboard_ == nullptr)
    return fail(Errc::unavailable, "too many calls", call_error::rate_exceeded);
  auto connection = connect();
  if (!connection)
    return fail(Errc::unavailable, connection.error().message, call_error::temporarily_unavailable);
  auto sdp = (*connection)->peer().answer(invite.sdp);
  if (!sdp) return fail(Errc::malformed, sdp.error().message, bad_request);
  return Answered{std::move(*connection), std::move(*sdp)};
}

void Signalling::place(Device& device, const Invite& invite) {
  if (const auto number = telephone_of(device)) return dial_with_handset(device, invite, *number);
  auto incoming = read_call_request(*device.token(), invite, environment_.directory);
  if (!incoming) return refuse(device, invite, incoming.error().detail, incoming.error().message);
  auto answered = answer_offer(device, invite);
  if (!answered) return refuse(device, invite, answered.error().detail, answered.error().message);
  for (BrowserCall* call : calls()) call->withdraw_from(device);
  incoming->open = [&](const std::string& sid, call::EndpointListener& listener) {
    BrowserCall::Party who{
        device.token()->account_sid, device.token()->identity, sid, invite.call_sid
    };
    CallHouse& house = *this;
    return BrowserCall::incoming(
        house, std::move(who), device, std::move(answered->connection), std::move(answered->sdp),
        listener
    );
  };
  const auto accepted = switchboard_->accept(*incoming);
  if (accepted) return;
  const bool overloaded = accepted.error().detail != 0;
  using namespace call_error;
  refuse(
      device, invite, overloaded ? rate_exceeded : temporarily_unavailable, accepted.error().message
  );
}

Result<std::string> Signalling::tell(const std::string& call_sid, std::string content) {
  const auto found = calls_.find(call_sid);
  if (found == calls_.end()) return fail(Errc::not_found, "the call is no leg of a Voice SDK");
  UserMessage message;
  message.call_sid = call_sid;
  message.content = std::move(content);
  message.content_type = UserMessages::content_type;
  message.type = UserMessages::type;
  message.event_sid = base::make_sid("KX", environment_.random);
  if (!found->second->tell(message))
    return fail(Errc::unavailable, "the browser's socket is lost at present");
  return message.event_sid;
}

}  // namespace belfry::compat::twilio::voice_sdk
