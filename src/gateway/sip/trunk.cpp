#include "gateway/sip/trunk.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "gateway/sip/identifiers.hpp"

namespace belfry::gateway::sip {
namespace {

using namespace std::chrono_literals;
using namespace belfry::sip;

constexpr base::Duration health_interval = 30s;

TrunkQueue::Limits limits_of(const TrunkSettings& settings) {
  TrunkQueue::Limits limits;
  limits.trunk = settings.name;
  limits.channels = settings.max_channels;
  limits.calls_per_second = settings.max_calls_per_second;
  limits.waiting = settings.max_waiting;
  return limits;
}

std::optional<net::IpAddress> numeric(const std::string& host) {
  if (host == "localhost") return net::IpAddress::v4({127, 0, 0, 1});
  const auto ip = net::IpAddress::parse(host);
  return ip ? std::optional(*ip) : std::nullopt;
}

belfry::sip::Transport from_net(net::SipTransport transport) {
  switch (transport) {
    case net::SipTransport::udp:
      return Transport::udp;
    case net::SipTransport::tcp:
      return Transport::tcp;
    case net::SipTransport::tls:
      return Transport::tls;
  }
  return Transport::udp;
}

}  // namespace

std::string caller_header(const std::string& caller, const std::string& host) {
  std::string user = caller;
  if (const auto colon = user.find(':'); colon != std::string::npos) user.erase(0, colon + 1);
  if (const auto at = user.find('@'); at != std::string::npos) user.erase(at);
  if (user.empty()) user = "anonymous";
  return name_addr({}, Uri::sip(user, host));
}

TrunkCarrier::TrunkCarrier(const CallContext& context, TrunkSettings settings, Locate locate)
    : context_(context),
      settings_(std::move(settings)),
      locate_(std::move(locate)),
      queue_(context.agent.loop(), limits_of(settings_)),
      tasks_(context.agent.loop()) {
  if (const auto ip = numeric(settings_.host)) {
    const std::uint16_t standard = settings_.transport == Transport::tls ? 5061 : 5060;
    const Endpoint remote{ip->to_string(), settings_.port.value_or(standard)};
    if (auto flow = flow_to(settings_.transport, remote)) peers_.push_back({std::move(*flow)});
  }
}

/// A certificate is the configured host's, whatever its SRV records say (RFC 5922 section 4).
std::optional<Flow> TrunkCarrier::flow_to(Transport transport, const Endpoint& remote) const {
  auto flow = context_.agent.transports().flow_to(transport, remote);
  if (flow && transport == Transport::tls) flow->certified_host = settings_.host;
  return flow;
}

void TrunkCarrier::start() {
  if (settings_.register_out) make_registration();
  tasks_.spawn(watch());
}

base::Task<void> TrunkCarrier::watch() {
  while (true) {
    if (!numeric(settings_.host)) {
      auto located = co_await locate_(settings_.host, settings_.port, settings_.transport);
      if (located) {
        take_targets(*located);
      } else {
        base::log::warning(
            "sip.trunk_not_found", {{"trunk", settings_.name}, {"why", located.error().message}}
        );
      }
    }
    if (registration_ && !registration_->is_registered() && !peers_.empty() &&
        registration_->is_idle())
      registration_->start();
    co_await base::sleep_for(context_.agent.loop(), health_interval);
    // Not at once: a trunk is believed to live until it has had its time to come up.
    for (std::size_t index = 0; index < peers_.size(); ++index) ask_for_health(index);
  }
}

void TrunkCarrier::take_targets(const std::vector<net::SipTarget>& targets) {
  std::vector<Peer> peers;
  for (const net::SipTarget& target : targets) {
    const Endpoint remote{target.address.ip.to_string(), target.address.port};
    auto flow = flow_to(from_net(target.transport), remote);
    if (!flow) continue;
    const auto known = std::ranges::find(peers_, *flow, &Peer::flow);
    peers.push_back({std::move(*flow), known == peers_.end() || known->up});
  }
  peers_ = std::move(peers);
}

void TrunkCarrier::ask_for_health(std::size_t index) {
  const Flow flow = peers_[index].flow;
  Agent& agent = context_.agent;
  std::array<std::byte, 8> tag{};
  agent.random().fill(tag);
  const std::string host = agent.settings().public_host;
  Message options =
      MessageBuilder::request("OPTIONS", uri_of({}))
          .add(HeaderId::max_forwards, 70)
          .add(HeaderId::from, name_addr({}, Uri::sip("belfry", host), base::to_hex(tag)))
          .add(HeaderId::to, '<' + uri_of({}) + '>')
          .add(HeaderId::call_id, agent.layer().new_branch() + '@' + host)
          .add(HeaderId::cseq, "1 OPTIONS")
          .add(HeaderId::contact, agent.contact(flow))
          .build();
  std::weak_ptr<bool> alive = alive_;
  const Endpoint remote = flow.remote;
  const auto sent = agent.send_request(
      std::move(options), flow, {},
      [this, alive = std::move(alive), remote](const Outcome& outcome) {
        // Any word is a sign of life; 503 asks us to go elsewhere (rule R9 from the other side).
        const bool up = outcome.response != nullptr && outcome.status != 503;
        if (!alive.expired() && outcome.status >= 200) set_up(remote, up);
      }
  );
  if (!sent) base::log::warning("sip.health", {{"why", sent.error().message}});
}

void TrunkCarrier::set_up(const Endpoint& remote, bool up) {
  for (Peer& peer : peers_) {
    if (peer.flow.remote != remote || peer.up == up) continue;
    peer.up = up;
    base::log::info("sip.trunk", {{"trunk", settings_.name}, {"up", up}});
  }
}

void TrunkCarrier::make_registration() {
  Agent& agent = context_.agent;
  const Identifiers identifiers(agent.settings().server_key, "register\n" + settings_.name);
  std::array<std::byte, 8> branch{};
  agent.random().fill(branch);
  RegistrationClient::Settings settings;
  settings.call_id = identifiers.call_id();
  settings.local_tag = identifiers.local_tag();
  settings.branch = "z9hG4bK" + base::to_hex(branch);
  settings.registrar = uri_of({});
  settings.address_of_record = uri_of(settings_.username);
  Flow flow;
  flow.transport = settings_.transport;
  settings.contact = agent.contact(flow, settings_.username);
  settings.user_agent = agent.settings().user_agent;
  settings.credentials = DigestClient::Settings{settings_.username, settings_.password};
  registration_ = std::make_unique<TrunkRegistration>(agent, std::move(settings), [this] {
    return peers_.empty() ? std::nullopt : std::optional(peers_.front().flow);
  });
}

bool TrunkCarrier::available() const {
  return std::ranges::any_of(peers_, &Peer::up);
}

std::string TrunkCarrier::uri_of(std::string_view user) const {
  Uri uri = Uri::sip(user, settings_.host, settings_.port);
  if (settings_.transport == Transport::tcp) uri.set_param("transport", "tcp");
  if (settings_.transport == Transport::tls) uri.set_param("transport", "tls");
  return uri.to_string();
}

std::vector<Target> TrunkCarrier::targets_for(const std::string& number) const {
  std::vector<Target> targets;
  for (const bool up : {true, false})
    for (const Peer& peer : peers_)
      if (peer.up == up) targets.push_back({uri_of(number), peer.flow});
  return targets;
}

base::Result<std::unique_ptr<call::Endpoint>> TrunkCarrier::open(
    const call::Party& party, const call::Attempt& attempt, call::EndpointListener& listener
) {
  const bool is_new = attempt.state.empty();
  if (is_new) {
    if (party.kind != call::Party::Kind::telephone)
      return base::fail(base::Errc::not_found, "trunk " + settings_.name + " takes numbers only");
    if (peers_.empty())
      return base::fail(base::Errc::unavailable, "trunk " + settings_.name + " has no address yet");
  }
  OutgoingPlan plan;
  if (is_new) {
    BELFRY_TRY(place, queue_.enter());
    plan.channel = std::move(place);
  } else {
    plan.channel = queue_.occupy();
  }
  // Of what the application gives a party, a carrier gets the caller's signed identity only.
  for (const auto& [name, value] : attempt.terms.headers)
    if (name == "Identity") plan.headers.emplace_back(name, value);
  plan.attempt_id = attempt.id;
  plan.owner = "trunk " + settings_.name;
  plan.from = caller_header(attempt.caller, context_.agent.settings().public_host);
  plan.to = '<' + uri_of(party.address) + '>';
  plan.contact_user = settings_.username;
  plan.encryption = settings_.encryption;
  plan.targets = targets_for(party.address);
  if (!settings_.username.empty() && !settings_.password.empty())
    plan.credentials = DigestClient::Settings{settings_.username, settings_.password};
  std::weak_ptr<bool> alive = alive_;
  plan.on_target_failed = [this, alive = std::move(alive)](const Target& target) {
    if (!alive.expired()) set_up(target.flow.remote, false);
  };
  BELFRY_TRY(made, SipEndpoint::outgoing(context_, std::move(plan), attempt.state, listener));
  return std::unique_ptr<call::Endpoint>(std::move(made));
}

bool TrunkCarrier::is_source(const Flow& flow) const {
  return std::ranges::any_of(peers_, [&](const Peer& peer) {
    if (peer.flow.remote.address != flow.remote.address) return false;
    // Who asked for TLS does not believe a source address that anybody can write (rule S1).
    if (peer.flow.transport == Transport::tls && flow.transport != Transport::tls) return false;
    const auto ip = net::IpAddress::parse(flow.remote.address);
    return !ip || !ip->is_loopback() || peer.flow.remote.port == flow.remote.port;
  });
}

bool TrunkCarrier::has_address(std::string_view ip) const {
  return std::ranges::any_of(peers_, [&](const Peer& peer) {
    return peer.flow.remote.address == ip;
  });
}

TrunkCarrier::State TrunkCarrier::state() const {
  State state;
  if (peers_.empty()) {
    state.summary = "resolving";
  } else {
    state.summary = available() ? "up" : "down";
  }
  if (registration_) {
    const int failure = registration_->last_failure();
    state.summary += registration_->is_registered() ? ", registered" : ", not registered";
    if (failure != 0) state.summary += " (" + std::to_string(failure) + ")";
  }
  state.channels_in_use = queue_.channels_in_use();
  state.calls_waiting = queue_.waiting();
  for (const Peer& peer : peers_) state.addresses.push_back(to_string(peer.flow.remote));
  return state;
}

}  // namespace belfry::gateway::sip
