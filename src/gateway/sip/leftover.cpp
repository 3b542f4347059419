#include "gateway/sip/leftover.hpp"

#include "base/log.hpp"
#include "gateway/sip/session_driver.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace belfry::sip;

void send(Agent& agent, Message request, const Flow& flow) {
  const auto sent = agent.send_request(std::move(request), flow, {}, [](const Outcome&) {});
  if (!sent) base::log::warning("sip.leftover", {{"why", sent.error().message}});
}

/// RFC 3261 section 9.1, for an INVITE that this process never sent.
void cancel(Agent& agent, const StoredCall::Invite& stored, std::string_view reason) {
  const Parsed parsed = parse(stored.text, Framing::datagram);
  const Message& invite = parsed.message;
  const auto vias = invite.values(HeaderId::via);
  const auto cseq = invite.cseq();
  if (parsed.kind != Parsed::Kind::message || !vias || !cseq) return;
  auto builder = MessageBuilder::request("CANCEL", invite.request_uri_text());
  builder.add(HeaderId::via, vias->front())
      .copy(invite, HeaderId::from)
      .copy(invite, HeaderId::to)
      .copy(invite, HeaderId::call_id)
      .add(HeaderId::cseq, std::to_string(cseq->number) + " CANCEL")
      .copy(invite, HeaderId::route)
      .add(HeaderId::max_forwards, 70)
      .add(HeaderId::reason, reason);
  send(agent, builder.build(), stored.flow);
}

void hang_up(Agent& agent, const StoredCall& call, std::string_view reason) {
  Dialog dialog = Dialog::restore(*call.dialog);
  Message bye = dialog.request(Method::bye).add(HeaderId::reason, reason).build();
  const Flow hop = next_hop(call.dialog_flow, bye);
  send(agent, std::move(bye), hop);
}

/// A final response to an INVITE that an earlier process took. A caller who has had a 200 drops it
/// (RFC 6026 section 7.2).
void refuse(
    Agent& agent, const StoredCall::Invite& stored, const std::string& tag, std::string_view reason
) {
  const Parsed parsed = parse(stored.text, Framing::datagram);
  if (parsed.kind != Parsed::Kind::message) return;
  const Message response = response_to(parsed.message, 503, tag)
                               .add(HeaderId::reason, reason)
                               .add(HeaderId::retry_after, agent.retry_after())
                               .build();
  agent.transports().send(stored.flow, std::string(response.text()));
}

/// The answer is on disk before the 200 leaves, so a caller who is not known to be answered still
/// waits; one who is may not have heard of it. Without an offer in the INVITE the 200 goes first.
void end_inbound(Agent& agent, const StoredCall& call, std::string_view reason) {
  if (!call.dialog) return;
  for (const StoredCall::Invite& invite : call.invites)
    refuse(agent, invite, call.dialog->local_tag, reason);
  if (call.answered || !call.offered) hang_up(agent, call, reason);
}

}  // namespace

void end_leftover(Agent& agent, const StoredCall& call, std::string_view reason) {
  if (call.inbound) return end_inbound(agent, call, reason);
  if (call.answered && call.dialog) return hang_up(agent, call, reason);
  for (const StoredCall::Invite& invite : call.invites) cancel(agent, invite, reason);
}

}  // namespace belfry::gateway::sip
