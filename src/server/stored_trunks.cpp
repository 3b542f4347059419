#include "server/stored_trunks.hpp"

#include <algorithm>

namespace belfry::server {
namespace {

using admin::TrunkTerms;

std::string_view word_for(Transport transport) {
  switch (transport) {
    case Transport::udp:
      return "udp";
    case Transport::tcp:
      return "tcp";
    case Transport::tls:
      return "tls";
  }
  return "udp";
}

sip::Transport transport_named(std::string_view word) {
  if (word == "tcp") return sip::Transport::tcp;
  return word == "tls" ? sip::Transport::tls : sip::Transport::udp;
}

TrunkTerms to_terms(const TrunkConfig& trunk, const std::vector<RouteConfig>& routes) {
  TrunkTerms terms;
  terms.name = trunk.name;
  terms.host = trunk.host;
  terms.transport = word_for(trunk.transport);
  terms.username = trunk.username;
  terms.register_out = trunk.register_out;
  terms.max_calls_per_second = trunk.max_calls_per_second;
  terms.max_channels = trunk.max_channels;
  for (const RouteConfig& route : routes) {
    if (route.trunk != trunk.name) continue;
    terms.prefixes.push_back(route.prefix);
    if (terms.caller_id.empty()) terms.caller_id = route.caller_id;
  }
  return terms;
}

base::Result<gateway::sip::TrunkSettings> to_settings(const TrunkTerms& terms) {
  const auto address = sip::parse_host_port(terms.host);
  if (!address)
    return base::fail(base::Errc::invalid_argument, terms.host + " is no host or host:port");
  gateway::sip::TrunkSettings settings;
  settings.name = terms.name;
  settings.host = address->host;
  settings.port = address->port;
  settings.transport = transport_named(terms.transport);
  settings.username = terms.username;
  settings.password = terms.password;
  settings.register_out = terms.register_out;
  settings.max_calls_per_second = terms.max_calls_per_second;
  settings.max_channels = terms.max_channels;
  return settings;
}

}  // namespace

StoredTrunks::StoredTrunks(
    const Config& config, gateway::sip::Gateway& gateway, call::DialPlan& dial_plan
)
    : gateway_(gateway), dial_plan_(dial_plan) {
  for (const TrunkConfig& trunk : config.trunks)
    entries_.push_back({.terms = to_terms(trunk, config.routes), .from_file = true});
}

std::vector<admin::TrunkTable::Row> StoredTrunks::rows() const {
  std::vector<Row> rows;
  const auto states = gateway_.trunk_states();
  for (const Entry& entry : entries_) {
    if (entry.removed) continue;
    Row row;
    row.terms = entry.terms;
    row.terms.password.clear();
    row.from_file = entry.from_file;
    const auto running =
        std::ranges::find(states, entry.terms.name, &gateway::sip::Gateway::TrunkState::name);
    if (running != states.end()) {
      row.state = running->state.summary;
      row.channels_in_use = running->state.channels_in_use;
      row.calls_waiting = running->state.calls_waiting;
      row.addresses = running->state.addresses;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

base::Result<> StoredTrunks::add(const TrunkTerms& terms) {
  // A removed one keeps its name: its carrier still has calls to end.
  if (std::ranges::find(entries_, terms.name, [](const Entry& each) { return each.terms.name; }) !=
          entries_.end() ||
      dial_plan_.carrier(terms.name) != nullptr)
    return base::fail(base::Errc::conflict, "there is a trunk " + terms.name + " already");
  BELFRY_TRY(settings, to_settings(terms));
  dial_plan_.add_carrier(gateway_.add_trunk(std::move(settings)));
  entries_.push_back({.terms = terms});
  add_routes(terms);
  return {};
}

void StoredTrunks::add_routes(const TrunkTerms& terms) {
  for (const std::string& prefix : terms.prefixes)
    dial_plan_.add_route({prefix, terms.name, terms.caller_id});
}

base::Result<> StoredTrunks::remove(const std::string& name) {
  const auto entry =
      std::ranges::find(entries_, name, [](const Entry& each) { return each.terms.name; });
  if (entry == entries_.end() || entry->removed)
    return base::fail(base::Errc::not_found, "there is no trunk " + name);
  if (entry->from_file) {
    return base::fail(
        base::Errc::refused, "trunk " + name + " is in the configuration file: remove it there"
    );
  }
  entry->removed = true;
  dial_plan_.remove_routes(name);
  return {};
}

}  // namespace belfry::server
