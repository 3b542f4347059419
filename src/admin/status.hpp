#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "call/switchboard.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// What only the server's wiring knows. The functions are called on the control thread, once per
/// request, and must not block; one that is empty says nothing.
struct ServerFacts {
  struct Listener {
    std::string kind;     // "http", "https", "sip-udp", "sip-tcp", "sip-tls"
    std::string address;  // "127.0.0.1:8080"
  };
  struct Trunk {
    std::string name;
    std::string state;  // "up", "down"
  };
  struct Check {
    bool ok = true;
    std::string detail;  // for people; may be empty
  };

  std::string version;
  base::WallTime started{};
  bool simulator = false;
  std::function<std::vector<Listener>()> listeners;
  std::function<std::vector<Trunk>()> trunks;
  std::function<std::size_t()> phones;                   // simulated and registered
  std::map<std::string, std::function<Check()>> checks;  // by name: "database", "sip", "disk"
  std::function<bool()> ready;                           // false while starting
};

/// How the server is: `/admin/api/status` for the page, `/healthz`, `/livez` and `/readyz` for
/// those who watch over it, `/metrics` for Prometheus. Not ready while it starts, drains or a check
/// fails. Control thread; outlives the router's requests.
class Status {
 public:
  Status(call::Switchboard& switchboard, ServerFacts facts);

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> show(http::Request request);
  http::Response readiness() const;
  static http::Response metrics();
  base::json::object run_checks(bool& all_ok) const;

  call::Switchboard& switchboard_;
  ServerFacts facts_;
};

}  // namespace belfry::admin
