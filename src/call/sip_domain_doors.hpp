#pragma once
#include <map>
#include <string>
#include <vector>

#include "call/ip_range.hpp"
#include "call/sip_door.hpp"

namespace belfry::call {

/// The doors of all SIP domains, as their lists of addresses and credentials are just now. A
/// domain with lists of addresses takes calls from these only; with lists of credentials for calls,
/// only from their users; with both, from these users at these addresses; with neither, it takes
/// passwords of nobody. A value.
class SipDomainDoors final : public SipDoor {
 public:
  struct Domain {
    std::string sid;
    bool has_addresses = false;  // a list is mapped, even an empty one
    std::vector<IpRange> addresses = {};
    bool has_users = false;            // for calls
    bool takes_registrations = false;  // of its users for registrations
  };
  struct User {
    std::string domain_sid;
    bool calls = false;
    bool registers = false;
  };
  void add_domain(const std::string& name, Domain domain) { domains_[name] = std::move(domain); }
  void add_user(const std::string& name, User user) { users_[name] = std::move(user); }

  bool is_domain(std::string_view host) const override { return find(host) != nullptr; }
  Answer ask(std::string_view host, std::string_view source_ip) const override;
  bool admits(std::string_view host, const std::string& user, std::string_view source_ip)
      const override;
  bool registers(std::string_view host, const std::string& user) const override;
  std::string sid_of(std::string_view host, const std::string& user) const override;
  /// No user name begins with that.
  std::string guest_of(std::string_view host) const override;

 private:
  const Domain* find(std::string_view host) const;
  static bool lets_in(const Domain& domain, std::string_view source_ip);

  std::map<std::string, Domain> domains_;  // by name
  std::map<std::string, User> users_;
};

}  // namespace belfry::call
