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

}  // namespace

void end_leftover(Agent& agent, const StoredCall& call, std::string_view reason) {
  if (call.answered && call.dialog) {
    Dialog dialog = Dialog::restore(*call.dialog);
    Message bye = dialog.request(Method::bye).add(HeaderId::reason, reason).build();
    const Flow hop = next_hop(call.dialog_flow, bye);
    return send(agent, std::move(bye), hop);
  }
  for (const StoredCall::Invite& invite : call.invites) cancel(agent, invite, reason);
}

}  // namespace belfry::gateway::sip
