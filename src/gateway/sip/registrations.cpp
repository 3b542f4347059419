#include "gateway/sip/registrations.hpp"

namespace belfry::gateway::sip {

using namespace belfry::sip;

RegistrationCarrier::RegistrationCarrier(
    const CallContext& context, Parts parts, Locate locate, EgressCheck egress
)
    : context_(context), parts_(parts), locate_(std::move(locate)), egress_(std::move(egress)) {}

base::Result<OutgoingPlan> RegistrationCarrier::plan_for_user(const std::string& user) const {
  OutgoingPlan plan;
  plan.order = OutgoingPlan::Order::all_at_once;
  plan.owner = "phone " + user;
  plan.encryption = parts_.phones.encryption_of(user);
  plan.to = name_addr({}, Uri::sip(user, context_.agent.settings().public_host));
  const auto bindings = parts_.registrar.bindings_of(user, context_.agent.loop().wall_now());
  for (const Binding& binding : bindings) {
    Target target{binding.contact, binding.flow};
    // A phone that registers from another port than it listens on says so in its Contact.
    if (const auto probe = Uri::parse(binding.contact);
        probe && !is_reliable(target.flow.transport) && probe->host == target.flow.remote.address)
      target.flow.remote.port = probe->port.value_or(5060);
    plan.targets.push_back(std::move(target));
  }
  return plan;
}

base::Result<OutgoingPlan> RegistrationCarrier::plan_for_uri(const Uri& uri) const {
  if (!uri.is_sip())
    return base::fail(base::Errc::unsupported, "only sip: and sips: URIs can be called");
  if (!locate_ || !egress_) return base::fail(base::Errc::refused, "no calls to other hosts");
  Uri clean = uri;
  clean.password.reset();
  clean.headers.clear();
  clean.remove_param("maddr");  // rule S2
  OutgoingPlan plan;
  // Who is called by `sips:` is asked to encrypt the audio too.
  if (uri.scheme == Uri::Scheme::sips) plan.encryption = belfry::sdp::Encryption::optional;
  plan.to = '<' + clean.to_string() + '>';
  plan.locate = [&agent = context_.agent, locate = locate_, egress = egress_, clean] {
    return locate_targets(agent, locate, egress, clean);
  };
  return plan;
}

base::Result<OutgoingPlan> RegistrationCarrier::plan_for(const call::Party& party) const {
  if (party.kind == call::Party::Kind::telephone) {
    if (const auto user = parts_.phones.user_of(party.address)) return plan_for_user(*user);
    return base::fail(base::Errc::not_found, "no phone has the number " + party.address);
  }
  if (party.kind != call::Party::Kind::sip)
    return base::fail(base::Errc::not_found, "not a SIP party");
  // `sip:alice` alone means our own alice.
  if (parts_.phones.contains(party.address)) return plan_for_user(party.address);
  BELFRY_TRY(uri, Uri::parse(party.to_string()));
  if (door_ != nullptr && door_->is_domain(uri.host) && door_->registers(uri.host, uri.user))
    return plan_for_user(uri.user);
  if (!parts_.names.is_ours(uri)) return plan_for_uri(uri);
  if (parts_.phones.contains(uri.user)) return plan_for_user(uri.user);
  return base::fail(base::Errc::not_found, "there is no user " + uri.user);
}

base::Result<std::unique_ptr<call::Endpoint>> RegistrationCarrier::open(
    const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
) {
  auto planned = plan_for(party);
  const bool is_new = attempt.state.empty();
  if (!planned && is_new) return base::fail(planned.error());
  OutgoingPlan plan = planned ? std::move(*planned) : OutgoingPlan();
  if (is_new && plan.targets.empty() && !plan.locate)
    return base::fail(base::Errc::not_found, party.address + " is not registered");
  plan.attempt_id = attempt.id;
  plan.from = caller_header(attempt.caller, context_.agent.settings().public_host);
  plan.headers = attempt.terms.headers;
  // Given for that party, so they answer its challenges; never those of our own phones (rule S5).
  if (plan.locate && !attempt.terms.username.empty())
    plan.credentials = DigestClient::Settings{attempt.terms.username, attempt.terms.password};
  BELFRY_TRY(made, SipEndpoint::outgoing(context_, std::move(plan), attempt.state, listener));
  return std::unique_ptr<call::Endpoint>(std::move(made));
}

}  // namespace belfry::gateway::sip
