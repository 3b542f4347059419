#include <algorithm>

#include "base/log.hpp"
#include "gateway/sip/call_terms.hpp"
#include "gateway/sip/endpoint.hpp"

// How a call that we make begins: its INVITEs, the same again after a restart (rule R3), its turn
// on the trunk.
namespace belfry::gateway::sip {

using call::HangupCause;
using namespace belfry::sip;

/// Rather no call than one that is not encrypted.
bool SipEndpoint::may_call(const Target& target) const {
  using belfry::sdp::Encryption;
  return plan_.encryption != Encryption::required ||
         encryption_over(plan_.encryption, target.flow, context_.keys_over_plain) ==
             Encryption::required;
}

void SipEndpoint::prepare(std::size_t target) {
  const Target& to = plan_.targets[target];
  const Identifiers identifiers(context_.agent.settings().server_key, plan_.attempt_id);
  InviteSession::Settings settings;
  settings.local_tag = identifiers.local_tag();
  settings.branch = identifiers.branch(target);
  const auto uri = Uri::parse(to.request_uri);
  settings.contact =
      context_.agent.contact(to.flow, plan_.contact_user, uri ? uri->scheme : Uri::Scheme::sip);
  settings.user_agent = context_.agent.settings().user_agent;
  settings.media.address = context_.media_address;
  settings.media.rtp_port = seat_.port;
  settings.media.codecs = context_.codecs;
  set_encryption(
      settings.media, encryption_over(plan_.encryption, to.flow, context_.keys_over_plain),
      identifiers.media_secret(target)
  );
  settings.sdp_session_id = identifiers.sdp_session();
  settings.credentials = plan_.credentials;
  settings.session_timer = context_.session_timer;
  settings.timers = context_.agent.settings().layer.timers;
  InviteSession::Target call{
      .call_id = identifiers.call_id(),
      .request_uri = to.request_uri,
      .from = plan_.from,
      .to = plan_.to,
      .headers = plan_.headers,
  };
  const auto peer = plan_.credentials ? SessionDriver::Peer::configured_trunk
                                      : SessionDriver::Peer::somebody_else;
  SessionDriver& driver = context_.agent.adopt(std::make_unique<SessionDriver>(
      context_.agent,
      InviteSession::outgoing(std::move(settings), std::move(call), context_.agent.random()),
      to.flow, peer
  ));
  driver.set_owner(plan_.owner);
  driver.set_observer(this);
  driver.hold_answer();
  drivers_.push_back(&driver);
}

/// Makes the sessions of the targets that are called first, and writes down their INVITEs.
void SipEndpoint::prepare_targets() {
  std::erase_if(plan_.targets, [this](const Target& target) { return !may_call(target); });
  if (plan_.targets.empty()) return;
  if (plan_.order == OutgoingPlan::Order::all_at_once) {
    for (std::size_t target = 0; target < plan_.targets.size(); ++target) prepare(target);
  } else {
    prepare(target_);
  }
  stored_.target = target_;
  stored_.invites.clear();
  for (const SessionDriver* driver : drivers_)
    stored_.invites.push_back({driver->flow(), without_keys(driver->first_message())});
}

/// After a restart: the sessions that this process would make send the very bytes that the last one
/// sent. They do not when the configuration has changed meanwhile.
bool SipEndpoint::is_continued_exactly() const {
  if (!seat_.seat || stored_.answered || stored_.invites.empty()) return false;
  return std::ranges::equal(
      drivers_, stored_.invites, {},
      [](const SessionDriver* driver) { return without_keys(driver->first_message()); },
      &StoredCall::Invite::text
  );
}

void SipEndpoint::dial() {
  if (ended_) return;
  if (restored_) {
    if (stored_.answered) return hang_up(HangupCause::restart);
    const StoredCall before = stored_;
    plan_.targets.clear();
    for (const StoredCall::Invite& invite : before.invites) {
      const Parsed parsed = parse(invite.text, Framing::datagram);
      plan_.targets.push_back({std::string(parsed.message.request_uri_text()), invite.flow});
    }
    // Branches are numbered by target: a call that had failed over goes on where it was.
    if (plan_.order == OutgoingPlan::Order::one_after_the_other && !plan_.targets.empty()) {
      plan_.targets.insert(plan_.targets.begin(), before.target, plan_.targets.front());
      target_ = before.target;
    }
    prepare_targets();
    stored_ = before;
    if (!before.invites.empty() && !is_continued_exactly()) {
      base::log::warning("sip.not_continued", {{"attempt", plan_.attempt_id}});
      return hang_up(HangupCause::restart);
    }
    restored_ = false;
  }
  if (drivers_.empty() && plan_.locate) {
    tasks_.spawn(locate_and_dial());
  } else if (!plan_.channel.may_go()) {
    wait_for_channel();
  } else {
    start_all();
  }
}

base::Task<void> SipEndpoint::locate_and_dial() {
  auto located = co_await plan_.locate();
  if (ended_ || own_cause_) co_return;
  if (!located || located->empty()) {
    end({HangupCause::unreachable, 0, located ? "no address" : located.error().message});
    co_return;
  }
  plan_.targets = std::move(*located);
  prepare_targets();
  listener_.on_state(stored_.to_json());
  start_all();
}

void SipEndpoint::wait_for_channel() {
  listener_.on_trace("trunk.waiting", {});
  plan_.channel.wait(
      [this] {
        if (!ended_ && !own_cause_) start_all();
      },
      [this] {
        if (!ended_ && !own_cause_)
          end({HangupCause::overload, 503, "the trunk has no channel free"});
      }
  );
}

void SipEndpoint::start_all() {
  if (drivers_.empty()) return end_later({HangupCause::unreachable, 0, "no address to call"});
  const std::vector<SessionDriver*> drivers = drivers_;
  for (SessionDriver* driver : drivers) driver->start();
}

}  // namespace belfry::gateway::sip
