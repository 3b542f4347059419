#include "gateway/sip/endpoint.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/sip/call_terms.hpp"
#include "gateway/sip/leftover.hpp"

namespace belfry::gateway::sip {
namespace {

using call::Ending;
using call::HangupCause;
using namespace belfry::sip;

/// Of several forks that failed: what a person said counts more than what a machine did.
int weight(const Ending& ending) {
  switch (ending.cause) {
    case HangupCause::rejected:
      return 4;
    case HangupCause::busy:
      return 3;
    case HangupCause::no_answer:
      return 2;
    case HangupCause::failed:
      return 0;
    case HangupCause::normal:
    case HangupCause::canceled:
    case HangupCause::unreachable:
    case HangupCause::media_timeout:
    case HangupCause::max_duration:
    case HangupCause::restart:
    case HangupCause::overload:
      return 1;
  }
  return 0;
}

/// The other side has not taken the call in hand: another address of the trunk may.
bool is_dead_target(const Ended& ended) {
  return ended.status == 503 || (ended.by == EndedBy::network && ended.status == 408);
}

}  // namespace

SipEndpoint::SipEndpoint(
    const CallContext& context, OutgoingPlan plan, media::Plane::NetworkSeat seat,
    call::EndpointListener& listener
)
    : context_(context),
      plan_(std::move(plan)),
      listener_(listener),
      seat_(seat),
      tasks_(context.agent.loop()) {
  stored_.media_port = seat.port;
}

SipEndpoint::~SipEndpoint() {
  context_.agent.loop().cancel(ending_timer_);
  for (SessionDriver* driver : drivers_) driver->release();
  if (seat_.seat) context_.plane.close_seat(seat_.seat);
}

base::Result<std::unique_ptr<SipEndpoint>> SipEndpoint::outgoing(
    const CallContext& context, OutgoingPlan plan, const base::json::object& state,
    call::EndpointListener& listener
) {
  StoredCall stored = StoredCall::from_json(state);
  const bool restored = !state.empty();
  media::Plane::NetworkSeat seat;
  if (!restored) {
    BELFRY_TRY(opened, context.plane.open_network_seat());
    seat = opened;
  } else if (!stored.answered && !stored.inbound) {
    // The INVITE names this port; when it is taken, the call is ended instead of continued.
    if (const auto opened = context.plane.open_network_seat(stored.media_port)) seat = *opened;
  }
  std::unique_ptr<SipEndpoint> made(new SipEndpoint(context, std::move(plan), seat, listener));
  made->restored_ = restored;
  if (restored) {
    made->stored_ = std::move(stored);
  } else {
    made->prepare_targets();
  }
  return made;
}

std::unique_ptr<SipEndpoint> SipEndpoint::incoming(
    const CallContext& context, SessionDriver& driver, media::Plane::NetworkSeat seat,
    TrunkQueue::Place channel, call::EndpointListener& listener
) {
  OutgoingPlan plan;
  plan.channel = std::move(channel);
  std::unique_ptr<SipEndpoint> made(new SipEndpoint(context, std::move(plan), seat, listener));
  made->inbound_ = true;
  made->drivers_.push_back(&driver);
  driver.set_observer(made.get());
  // Without an offer in the INVITE there is an answer only when the ACK brings it.
  made->stored_.offered = driver.session().audio().has_value();
  if (made->stored_.offered) driver.hold_answer();
  made->stored_.inbound = true;
  made->stored_.invites = {{driver.flow(), driver.session().invite_head()}};
  made->stored_.dialog = driver.session().snapshot();
  made->stored_.dialog_flow = driver.flow();
  made->stored_.dialog_flow.connection = 0;
  return made;
}

void SipEndpoint::ring() {
  if (inbound_ && !drivers_.empty()) drivers_.front()->ring();
}

void SipEndpoint::answer() {
  if (inbound_ && !drivers_.empty()) drivers_.front()->answer();
}

void SipEndpoint::confirm_answer() {
  if (!drivers_.empty()) drivers_.front()->confirm_answer();
}

void SipEndpoint::hang_up(HangupCause cause) {
  if (ended_ || own_cause_) return;
  own_cause_ = cause;
  if (restored_) {
    for (SessionDriver* driver : std::exchange(drivers_, {})) driver->release();
    end_leftover(context_.agent, stored_, reason_of(cause));
    return end_later({cause, 0, std::string(to_string(cause))});
  }
  // What waits for a channel, or for its attempt to be on disk, has sent nothing.
  std::erase_if(drivers_, [](SessionDriver* driver) {
    const bool waits = driver->waits_for_start();
    if (waits) driver->release();
    return waits;
  });
  if (drivers_.empty()) return end_later({cause, 0, std::string(to_string(cause))});
  const std::vector<SessionDriver*> drivers = drivers_;
  for (SessionDriver* driver : drivers) {
    if (inbound_ && driver->session().state() == InviteSession::State::incoming) {
      driver->reject(refusal_status(cause));
    } else {
      driver->hang_up(reason_of(cause));
    }
  }
}

// --- What the sessions say ---

void SipEndpoint::on_trace(std::string type, base::json::object data) {
  if (!ended_) listener_.on_trace(std::move(type), std::move(data));
}

void SipEndpoint::on_session_event(SessionDriver& driver, const SessionEvent& event) {
  if (const auto* over = std::get_if<Ended>(&event)) return on_driver_ended(driver, *over);
  if (ended_) return;
  if (std::holds_alternative<Ringing>(event)) {
    tell_state(&driver);
    if (!std::exchange(rang_, true)) listener_.on_ringing();
  } else if (const auto* early = std::get_if<EarlyMedia>(&event)) {
    tell_state(&driver);
    if (answered_ || &driver != drivers_.front()) return;  // of several, one is heard
    set_media(driver, early->audio);
    listener_.on_early_media();
  } else if (const auto* answered = std::get_if<Answered>(&event)) {
    on_answered(driver, *answered);
  } else if (const auto* changed = std::get_if<MediaChanged>(&event)) {
    set_media(driver, changed->audio);
    tell_state(&driver);
  } else if (const auto* digit = std::get_if<DigitPressed>(&event)) {
    listener_.on_digit(digit->digit);
  } else if (const auto* refused = std::get_if<ModifyFailed>(&event)) {
    base::log::info("sip.modify_failed", {{"status", refused->status}});
  } else {
    on_referral_event(driver, event);
  }
}

void SipEndpoint::on_answered(SessionDriver& driver, const Answered& answered) {
  if (own_cause_) return;
  if (answered_) {  // a call that has taken the place of another
    set_media(driver, answered.audio);
    return tell_state(&driver);
  }
  keep_only(driver);
  answered_ = true;
  set_media(driver, answered.audio);
  stored_.answered = true;
  if (!inbound_) stored_.invites.clear();
  stored_.answer_headers = answered.headers;
  tell_state(&driver);
  listener_.on_answered();
}

/// The forks that did not win are cancelled, or hung up when they answered at the same moment.
void SipEndpoint::keep_only(SessionDriver& winner) {
  for (SessionDriver* driver : std::exchange(drivers_, {&winner})) {
    if (driver == &winner) continue;
    driver->set_observer(nullptr);
    driver->hang_up(R"(SIP;cause=200;text="Call completed elsewhere")");
    driver->release();
  }
}

void SipEndpoint::on_driver_ended(SessionDriver& driver, const Ended& ended) {
  drop(driver);
  if (ended_) return;
  if (try_next_target(ended)) return;
  Ending ending =
      own_cause_ ? Ending{*own_cause_, 0, ended.reason} : ending_of(ended, answered_, inbound_);
  if (own_cause_ && ended.by != EndedBy::us)
    ending.sip_status = static_cast<std::uint16_t>(ended.status);
  if (!best_ending_ || weight(ending) > weight(*best_ending_)) best_ending_ = std::move(ending);
  if (drivers_.empty()) end(*std::exchange(best_ending_, std::nullopt));
}

bool SipEndpoint::try_next_target(const Ended& ended) {
  if (inbound_ || !is_dead_target(ended) || target_ >= plan_.targets.size()) return false;
  if (plan_.on_target_failed) plan_.on_target_failed(plan_.targets[target_]);
  const bool may_go_on = plan_.order == OutgoingPlan::Order::one_after_the_other && !rang_ &&
                         !answered_ && !own_cause_ && target_ + 1 < plan_.targets.size();
  if (!may_go_on) return false;
  ++target_;
  prepare_targets();
  listener_.on_state(stored_.to_json());
  start_all();
  return true;
}

void SipEndpoint::drop(SessionDriver& driver) {
  std::erase(drivers_, &driver);
  driver.release();
}

void SipEndpoint::set_media(const SessionDriver& driver, const belfry::sdp::AudioStream& audio) {
  const auto terms = to_media_terms(audio, driver.flow().remote.address);
  if (!terms) {
    base::log::error("sip.media", {{"why", terms.error().message}});
    return;
  }
  context_.plane.set_terms(seat_.seat, *terms);
  media_agreed_ = true;
  if (std::exchange(codec_, audio.codec.name) == audio.codec.name) return;
  listener_.on_trace("media.negotiated", {{"codec", audio.codec.name}});
}

void SipEndpoint::tell_state(const SessionDriver* driver) {
  StoredCall next = stored_;
  next.dialog = driver->session().snapshot();
  next.dialog_flow = driver->flow();
  next.dialog_flow.connection = 0;
  if (next == stored_ && !next.answered) return;
  stored_ = std::move(next);
  listener_.on_state(stored_.to_json());
}

void SipEndpoint::end_later(Ending ending) {
  if (ending_timer_ != 0) return;
  base::Loop& loop = context_.agent.loop();
  ending_timer_ = loop.call_at(loop.now(), [this, ending = std::move(ending)] {
    ending_timer_ = 0;
    end(ending);
  });
}

void SipEndpoint::end(Ending ending) {
  if (std::exchange(ended_, true)) return;
  for (SessionDriver* driver : std::exchange(drivers_, {})) driver->release();
  if (seat_.seat) context_.plane.close_seat(std::exchange(seat_.seat, {}));
  media_agreed_ = false;
  plan_.channel.reset();
  listener_.on_ended(std::move(ending));
}

}  // namespace belfry::gateway::sip
