#include <set>

#include "base/log.hpp"
#include "server/server.hpp"
#include "server/version.hpp"
#include "server/web_pages.hpp"

/// Listeners of HTTP, and what is served there beside the applications: pages and the server's
/// status.

namespace belfry::server {

base::Result<> Server::open_http() {
  add_pages();
  add_status();
  http::Gate::Settings gate;
  gate.host_names = config_.http.allowed_hosts;
  gate.open_paths = compat::twilio::voice_sdk::PageFiles::open_paths();
  gate_ = std::make_unique<http::Gate>(system_->router(), random_, std::move(gate));
  http_ = std::make_unique<http::Server>(driver_, *gate_, http::Server::Settings());
  BELFRY_TRY(address, http_->listen({local_, config_.http.port}));
  note_listener("http", address);
  system_->set_url("http://" + address.to_string());
  system_->messaging().set_own_url("http://" + address.to_string());
  std::set<std::uint16_t> ports(config_.http.extra_ports.begin(), config_.http.extra_ports.end());
  if (config_.take5.port != 0) ports.insert(config_.take5.port);
  ports.erase(config_.http.port);
  for (const std::uint16_t port : ports) open_extra_port(local_, port);
  if (config_.http.tls_port != 0) BELFRY_CHECK(open_https());
  return {};
}

void Server::add_pages() {
  pages_ = std::make_unique<http::StaticFiles>(web_pages());
  system_->router().set_fallback(http::immediate([this](const http::Request& request) {
    return pages_->serve(request);
  }));
  system_->router().add("GET /docs", http::immediate([this](const http::Request& request) {
                          http::Request page = request;
                          page.path = "/docs.html";
                          return pages_->serve(page);
                        }));
}

void Server::add_status() {
  admin::ServerFacts facts;
  facts.version = version();
  facts.started = clock_.wall_now();
  facts.simulator = system_->simulator() != nullptr;
  facts.listeners = [this] {
    std::vector<admin::ServerFacts::Listener> listeners;
    listeners.reserve(listening_.size());
    for (const Listening& listening : listening_) {
      listeners.push_back({listening.kind, listening.address.to_string()});
    }
    return listeners;
  };
  facts.phones = [this] {
    const std::size_t simulated =
        system_->simulator() == nullptr ? 0 : system_->simulator()->phones().size();
    return simulated + telephony_->registered_phones();
  };
  facts.trunks = [this] {
    std::vector<admin::ServerFacts::Trunk> trunks;
    for (const auto& row : trunk_table_->rows()) trunks.push_back({row.terms.name, row.state});
    return trunks;
  };
  facts.checks["database"] = [this] {
    const bool writes = store_->accepts_writes();
    return admin::ServerFacts::Check{writes, writes ? "" : "it is full or out of reach"};
  };
  facts.ready = [this] { return ready_; };
  status_ = std::make_unique<admin::Status>(system_->switchboard(), std::move(facts));
  status_->add_to(system_->router());
}

void Server::open_extra_port(const net::IpAddress& ip, std::uint16_t port) {
  const auto address = http_->listen({ip, port});
  if (address) {
    note_listener("http", *address);
  } else {
    base::log::warning("http.port_taken", {{"port", port}, {"why", address.error().message}});
  }
}

base::Result<> Server::open_https() {
  const auto address = http_->listen({local_, config_.http.tls_port}, &*tls_);
  if (address) {
    note_listener("https", *address);
  } else {
    base::log::warning(
        "https.port_taken", {{"port", config_.http.tls_port}, {"why", address.error().message}}
    );
  }
  return {};
}

}  // namespace belfry::server
