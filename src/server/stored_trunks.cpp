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

std::string_view word_for(Srtp srtp) {
  switch (srtp) {
    case Srtp::off:
      return "off";
    case Srtp::optional:
      return "optional";
    case Srtp::required:
      return "required";
  }
  return "off";
}

sdp::Encryption encryption_named(std::string_view word) {
  if (word == "optional") return sdp::Encryption::optional;
  return word == "required" ? sdp::Encryption::required : sdp::Encryption::off;
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
  terms.max_waiting = trunk.max_waiting;
  terms.country = trunk.country;
  terms.srtp = word_for(trunk.srtp);
  for (const RouteConfig& route : routes) {
    if (route.trunk != trunk.name) continue;
    terms.prefixes.push_back(route.prefix);
    if (terms.caller_id.empty()) terms.caller_id = route.caller_id;
  }
  return terms;
}

base::Result<gateway::sip::TrunkSettings> to_settings(
    const TrunkTerms& terms, std::string carrier
) {
  const auto address = sip::parse_host_port(terms.host);
  if (!address)
    return base::fail(base::Errc::invalid_argument, terms.host + " is no host or host:port");
  gateway::sip::TrunkSettings settings;
  settings.name = std::move(carrier);
  settings.host = address->host;
  settings.port = address->port;
  settings.transport = transport_named(terms.transport);
  settings.username = terms.username;
  settings.password = terms.password;
  settings.register_out = terms.register_out;
  settings.max_calls_per_second = terms.max_calls_per_second;
  settings.max_channels = terms.max_channels;
  settings.max_waiting = terms.max_waiting;
  settings.country = terms.country;
  settings.encryption = encryption_named(terms.srtp);
  return settings;
}

}  // namespace

StoredTrunks::StoredTrunks(
    const Config& config, gateway::sip::Gateway& gateway, call::DialPlan& dial_plan
)
    : gateway_(gateway), dial_plan_(dial_plan) {
  for (const TrunkConfig& trunk : config.trunks)
    entries_.push_back({to_terms(trunk, config.routes), trunk.name, true});
}

std::vector<admin::TrunkTable::Row> StoredTrunks::rows() const {
  std::vector<Row> rows;
  const auto states = gateway_.trunk_states();
  for (const Entry& entry : entries_) {
    if (entry.removed) continue;
    Row row;
    row.terms = entry.terms;
    row.terms.password.clear();
    row.carrier = entry.carrier;
    row.from_file = entry.from_file;
    const auto running =
        std::ranges::find(states, entry.carrier, &gateway::sip::Gateway::TrunkState::name);
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

StoredTrunks::Entry* StoredTrunks::find(const std::string& name) {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& each) {
    return !each.removed && each.terms.name == name;
  });
  return found == entries_.end() ? nullptr : &*found;
}

std::string StoredTrunks::free_carrier_name(const std::string& name) const {
  std::string free = name;
  // No trunk can be called so: a dot is not allowed in names.
  for (int turn = 2; dial_plan_.carrier(free) != nullptr; ++turn)
    free = name + "." + std::to_string(turn);
  return free;
}

base::Result<> StoredTrunks::add(const TrunkTerms& terms) {
  const bool was_removed = std::ranges::any_of(entries_, [&](const Entry& each) {
    return each.removed && each.terms.name == terms.name;
  });
  if (find(terms.name) != nullptr || (!was_removed && dial_plan_.carrier(terms.name) != nullptr))
    return base::fail(base::Errc::conflict, "there is a trunk " + terms.name + " already");
  Entry entry{terms, free_carrier_name(terms.name)};
  BELFRY_TRY(settings, to_settings(terms, entry.carrier));
  dial_plan_.add_carrier(gateway_.add_trunk(std::move(settings)));
  add_routes(entry);
  entries_.push_back(std::move(entry));
  return {};
}

void StoredTrunks::add_routes(const Entry& entry) {
  for (const std::string& prefix : entry.terms.prefixes)
    dial_plan_.add_route({prefix, entry.carrier, entry.terms.caller_id});
}

base::Result<> StoredTrunks::remove(const std::string& name) {
  Entry* entry = find(name);
  if (entry == nullptr) return base::fail(base::Errc::not_found, "there is no trunk " + name);
  if (entry->from_file) {
    return base::fail(
        base::Errc::refused, "trunk " + name + " is in the configuration file: remove it there"
    );
  }
  entry->removed = true;
  dial_plan_.remove_routes(entry->carrier);
  return {};
}

}  // namespace belfry::server
