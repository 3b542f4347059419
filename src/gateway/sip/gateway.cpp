#include "gateway/sip/gateway.hpp"

#include <algorithm>

#include "gateway/sip/call_terms.hpp"

namespace belfry::gateway::sip {
namespace {

using belfry::sip::Endpoint;

std::string public_host(const Gateway::Settings& settings) {
  if (!settings.public_host.empty() || settings.listeners.empty()) return settings.public_host;
  return settings.listeners.front().address;
}

std::uint16_t public_port(const Gateway::Settings& settings) {
  if (settings.public_port != 0 || settings.listeners.empty()) return settings.public_port;
  return settings.listeners.front().port;
}

std::uint16_t public_tls_port(const Gateway::Settings& settings) {
  return settings.tls_listeners.empty() ? 5061 : settings.tls_listeners.front().port;
}

/// All addresses that are us.
std::vector<Endpoint> own_addresses(const Gateway::Settings& settings) {
  std::vector<Endpoint> own = settings.listeners;
  own.insert(own.end(), settings.tls_listeners.begin(), settings.tls_listeners.end());
  own.push_back({public_host(settings), public_port(settings)});
  if (!settings.tls_listeners.empty())
    own.push_back({public_host(settings), public_tls_port(settings)});
  return own;
}

OwnNames own_names(const Gateway::Settings& settings) {
  std::vector<std::string> hosts = settings.host_names;
  hosts.push_back(public_host(settings));
  hosts.push_back(settings.realm);
  return {hosts, own_addresses(settings)};
}

belfry::sip::Registrar::Settings registrar_settings(
    const Gateway::Settings& settings, const OwnNames& names
) {
  belfry::sip::Registrar::Settings registrar;
  registrar.domains = names.hosts();
  registrar.listeners = own_addresses(settings);
  return registrar;
}

Agent::Settings agent_settings(const Gateway::Settings& settings) {
  Agent::Settings agent;
  agent.public_host = public_host(settings);
  agent.public_port = public_port(settings);
  agent.public_tls_port = public_tls_port(settings);
  agent.server_key = settings.server_key;
  agent.user_agent = settings.user_agent;
  agent.layer.product = settings.user_agent;
  agent.layer.tag_key = settings.server_key;
  // Rule R3: the same sent-by after a restart.
  const std::string sent_by = belfry::sip::to_string(agent.public_host, agent.public_port);
  agent.layer.sent_by_udp = agent.layer.sent_by_tcp = sent_by;
  agent.layer.sent_by_tls = belfry::sip::to_string(agent.public_host, agent.public_tls_port);
  return agent;
}

belfry::sip::DigestServer::Settings digest_settings(const Gateway::Settings& settings) {
  belfry::sip::DigestServer::Settings digest;
  digest.realm = settings.realm;
  digest.nonce_key = settings.nonce_key;
  return digest;
}

std::string media_address(const Gateway::Settings& settings, const media::Plane& plane) {
  return settings.media_address.empty() ? plane.local().to_string() : settings.media_address;
}

std::vector<std::unique_ptr<TrunkCarrier>> make_trunks(
    const CallContext& context, const std::vector<TrunkSettings>& settings, const Locate& locate
) {
  std::vector<std::unique_ptr<TrunkCarrier>> trunks;
  trunks.reserve(settings.size());
  for (const TrunkSettings& trunk : settings)
    trunks.push_back(std::make_unique<TrunkCarrier>(context, trunk, locate));
  return trunks;
}

}  // namespace

Gateway::Gateway(Platform platform, const Settings& settings)
    : loop_(platform.loop),
      phones_(settings.phones, settings.realm),
      names_(own_names(settings)),
      registrar_(registrar_settings(settings, names_), bindings_),
      agent_(platform.loop, platform.random, platform.transports, agent_settings(settings)),
      context_{
          agent_,
          platform.media,
          media_address(settings, platform.media),
          codecs_named(settings.codecs),
          {},
          settings.keys_over_plain
      },
      locate_(platform.locate),
      trunks_(make_trunks(context_, settings.trunks, platform.locate)),
      registrations_(
          context_, {phones_, registrar_, names_}, platform.locate, std::move(platform.egress)
      ),
      inbound_(
          context_, {phones_, names_, registrar_, bindings_, platform.bindings, trunk_list()},
          digest_settings(settings)
      ),
      recorders_(context_, settings.recorders, platform.locate) {
  agent_.set_stranger_handler(&inbound_);
}

std::vector<TrunkCarrier*> Gateway::trunk_list() const {
  std::vector<TrunkCarrier*> list;
  list.reserve(trunks_.size());
  for (const auto& trunk : trunks_) list.push_back(trunk.get());
  return list;
}

void Gateway::restore_bindings(
    const std::string& user, std::vector<belfry::sip::Binding> bindings
) {
  if (phones_.contains(user)) bindings_.restore(user, std::move(bindings));
}

void Gateway::add_to(call::DialPlan& dial_plan) {
  for (const auto& trunk : trunks_) dial_plan.add_carrier(*trunk);
  dial_plan.set_registrations(&registrations_);
}

TrunkCarrier& Gateway::add_trunk(TrunkSettings settings) {
  trunks_.push_back(std::make_unique<TrunkCarrier>(context_, std::move(settings), locate_));
  inbound_.add_trunk(*trunks_.back());
  trunks_.back()->start();
  return *trunks_.back();
}

void Gateway::start(call::Switchboard& switchboard) {
  inbound_.connect(switchboard);
  for (const auto& trunk : trunks_) trunk->start();
}

void Gateway::set_overload_check(std::function<bool()> is_overloaded) {
  inbound_.set_overload_check(std::move(is_overloaded));
}

bool Gateway::is_trunk_address(std::string_view ip) const {
  return std::ranges::any_of(trunks_, [&](const auto& trunk) { return trunk->has_address(ip); });
}

bool Gateway::uses_connection(std::uint64_t connection) const {
  return bindings_.uses_connection(connection, loop_.wall_now()) ||
         agent_.uses_connection(connection);
}

std::vector<Gateway::TrunkState> Gateway::trunk_states() const {
  std::vector<TrunkState> states;
  states.reserve(trunks_.size());
  for (const auto& trunk : trunks_) states.push_back({std::string(trunk->name()), trunk->state()});
  return states;
}

std::size_t Gateway::registered_contacts() const {
  return bindings_.count(loop_.wall_now());
}

}  // namespace belfry::gateway::sip
