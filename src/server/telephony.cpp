#include "server/telephony.hpp"

#include <map>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace belfry::server {
namespace {

sip::Transport to_sip(Transport transport) {
  switch (transport) {
    case Transport::udp:
      return sip::Transport::udp;
    case Transport::tcp:
      return sip::Transport::tcp;
    case Transport::tls:
      return sip::Transport::tls;
  }
  return sip::Transport::udp;
}

net::SipTransport to_net(sip::Transport transport) {
  switch (transport) {
    case sip::Transport::udp:
      return net::SipTransport::udp;
    case sip::Transport::tcp:
      return net::SipTransport::tcp;
    case sip::Transport::tls:
      return net::SipTransport::tls;
  }
  return net::SipTransport::udp;
}

sdp::Encryption to_encryption(Srtp srtp) {
  switch (srtp) {
    case Srtp::off:
      return sdp::Encryption::off;
    case Srtp::optional:
      return sdp::Encryption::optional;
    case Srtp::required:
      return sdp::Encryption::required;
  }
  return sdp::Encryption::off;
}

gateway::sip::TrunkSettings to_settings(const TrunkConfig& config) {
  gateway::sip::TrunkSettings settings;
  settings.name = config.name;
  const auto address = sip::parse_host_port(config.host);
  settings.host = address ? std::string(address->host) : config.host;
  if (address) settings.port = address->port;
  settings.transport = to_sip(config.transport);
  settings.username = config.username;
  settings.password = config.password;
  settings.register_out = config.register_out;
  settings.max_calls_per_second = config.max_calls_per_second;
  settings.max_channels = config.max_channels;
  settings.encryption = to_encryption(config.srtp);
  settings.country = config.country;
  settings.max_waiting = config.max_waiting;
  return settings;
}

base::Result<std::vector<gateway::sip::RecorderSettings>> recorders_of(const Config& config) {
  std::vector<gateway::sip::RecorderSettings> recorders;
  for (const SiprecConfig& siprec : config.siprecs) {
    auto uri = sip::Uri::parse(siprec.uri);
    if (!uri || !uri->is_sip())
      return base::fail(
          base::Errc::malformed, "[[siprec]] " + siprec.name + ": uri is not a SIP URI"
      );
    recorders.push_back(
        {siprec.name, std::move(*uri), siprec.username, siprec.password, to_encryption(siprec.srtp)}
    );
  }
  return recorders;
}

store::Binding to_row(const std::string& user, const sip::Binding& binding) {
  store::Binding row;
  row.user = user;
  row.contact_uri = binding.contact;
  row.source_ip = binding.flow.remote.address;
  row.source_port = binding.flow.remote.port;
  row.transport = base::to_lower(to_string(binding.flow.transport));
  row.local_socket = to_string(binding.flow.local);
  row.expires_at = binding.expires_at;
  row.call_id = binding.call_id;
  row.cseq = binding.cseq;
  return row;
}

/// A registration over a connection ends with the process that held it: only UDP comes back.
std::optional<sip::Binding> from_row(const store::Binding& row) {
  const auto local = sip::parse_host_port(row.local_socket);
  if (row.transport != "udp" || !local || !local->port) return std::nullopt;
  sip::Binding binding;
  binding.contact = row.contact_uri;
  binding.call_id = row.call_id;
  binding.cseq = row.cseq;
  binding.expires_at = row.expires_at;
  binding.flow.local = {std::string(local->host), *local->port};
  binding.flow.remote = {row.source_ip, row.source_port};
  return binding;
}

}  // namespace

class Telephony::StoredBindings final : public gateway::sip::BindingTable {
 public:
  explicit StoredBindings(store::Store& store) : store_(store) {}
  base::Task<base::Result<>> replace(std::string user, std::vector<sip::Binding> bindings)
      override {
    std::vector<store::Binding> rows;
    rows.reserve(bindings.size());
    for (const sip::Binding& binding : bindings) rows.push_back(to_row(user, binding));
    return store_.replace_bindings(std::move(user), std::move(rows));
  }

 private:
  store::Store& store_;
};

Telephony::Telephony(Platform platform)
    : platform_(platform),
      resolver_(platform.driver, platform.random, {}),
      bindings_(std::make_unique<StoredBindings>(platform.store)) {}

base::Result<std::unique_ptr<Telephony>> Telephony::open(
    Platform platform, const Config& config, const net::IpAddress& local, const identity::Keys& keys
) {
  std::unique_ptr<Telephony> telephony(new Telephony(platform));
  gateway::sip::Sockets::Settings settings;
  settings.addresses = {{local, config.sip.port}};
  settings.tcp = config.sip.tcp;
  BELFRY_TRY(sockets, gateway::sip::Sockets::open(platform.driver, settings));
  telephony->sockets_ = std::move(sockets);
  telephony->has_tcp_ = config.sip.tcp;
  BELFRY_CHECK(telephony->open_tls(config, local));
  BELFRY_TRY(recorders, recorders_of(config));
  telephony->make_gateway(config, keys, std::move(recorders));
  return telephony;
}

base::Result<> Telephony::open_tls(const Config& config, const net::IpAddress& local) {
  std::optional<std::filesystem::path> extra;
  if (!config.sip.tls_authorities.empty()) extra = config.sip.tls_authorities;
  BELFRY_TRY(authorities, net::TlsContext::client(extra));
  authorities_.emplace(std::move(authorities));
  sockets_->set_authorities(*authorities_);
  if (config.sip.tls_port == 0) return {};
  const auto listening = sockets_->listen_tls({local, config.sip.tls_port}, platform_.certificate);
  if (listening) {
    tls_listeners_.push_back(*listening);
  } else {
    base::log::warning(
        "sip.tls_port_taken", {{"port", config.sip.tls_port}, {"why", listening.error().message}}
    );
  }
  return {};
}

void Telephony::make_gateway(
    const Config& config, const identity::Keys& keys,
    std::vector<gateway::sip::RecorderSettings> recorders
) {
  gateway::sip::Gateway::Settings settings;
  settings.recorders = std::move(recorders);
  settings.listeners = sockets_->listeners();
  settings.tls_listeners = tls_listeners_;
  settings.host_names = {"localhost"};
  settings.codecs = config.media.codecs;
  if (config.sip.srtp_keys_over_plain)
    settings.keys_over_plain = gateway::sip::KeysOverPlain::allowed;
  settings.server_key = base::as_text(keys.server_key);
  // New in each process (rule S4): a nonce of the last one must not count as fresh.
  settings.nonce_key.resize(32);
  platform_.random.fill(std::as_writable_bytes(std::span(settings.nonce_key)));
  for (const TrunkConfig& trunk : config.trunks) settings.trunks.push_back(to_settings(trunk));
  for (const PhoneConfig& phone : config.phones)
    settings.phones.push_back({phone.user, phone.password, phone.number, to_encryption(phone.srtp)}
    );

  gateway::sip::Gateway::Platform platform{
      platform_.driver.loop(),
      platform_.random,
      platform_.media,
      *sockets_,
      bindings_.get(),
      [this](std::string host, std::optional<std::uint16_t> port, sip::Transport transport) {
        return resolver_.sip_targets(std::move(host), port, to_net(transport));
      },
      [this](const net::Address& address, const std::string& host) {
        return platform_.egress.check_address(address, host);
      },
  };
  gateway_ = std::make_unique<gateway::sip::Gateway>(std::move(platform), settings);
  sockets_->set_receiver(&gateway_->receiver());
  sockets_->set_exempt([this](std::string_view ip) { return gateway_->is_trunk_address(ip); });
  sockets_->set_in_use([this](std::uint64_t connection) {
    return gateway_->uses_connection(connection);
  });
}

base::Task<base::Result<>> Telephony::start(System& system) {
  auto rows = co_await platform_.store.all_bindings();
  if (!rows) co_return base::fail(rows.error());
  std::map<std::string, std::vector<sip::Binding>> by_user;
  for (const store::Binding& row : *rows) {
    if (auto binding = from_row(row)) by_user[row.user].push_back(std::move(*binding));
  }
  for (auto& [user, bindings] : by_user) gateway_->restore_bindings(user, std::move(bindings));
  gateway_->start(system.switchboard());
  co_return base::Result<>{};
}

}  // namespace belfry::server
