#include "call/sip_domain_doors.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace belfry::call {

const SipDomainDoors::Domain* SipDomainDoors::find(std::string_view host) const {
  const auto found = domains_.find(base::to_lower(host));
  return found == domains_.end() ? nullptr : &found->second;
}

bool SipDomainDoors::lets_in(const Domain& domain, std::string_view source_ip) {
  return !domain.has_addresses || std::ranges::any_of(domain.addresses, [&](const IpRange& range) {
    return range.contains(source_ip);
  });
}

SipDoor::Answer SipDomainDoors::ask(std::string_view host, std::string_view source_ip) const {
  const Domain* domain = find(host);
  if (domain == nullptr) return Answer::no_domain;
  if (!lets_in(*domain, source_ip)) return Answer::refused;
  return domain->has_addresses && !domain->has_users ? Answer::open : Answer::password;
}

bool SipDomainDoors::admits(
    std::string_view host, const std::string& user, std::string_view source_ip
) const {
  const auto home = users_.find(user);
  if (const Domain* domain = find(host))
    return home != users_.end() && home->second == domain->sid && lets_in(*domain, source_ip);
  if (home == users_.end()) return true;  // a phone of the configuration, which has no domain
  return std::ranges::any_of(domains_, [&](const auto& each) {
    return each.second.sid == home->second && lets_in(each.second, source_ip);
  });
}

std::string SipDomainDoors::guest_of(std::string_view host) const {
  return "@" + base::to_lower(host);
}

}  // namespace belfry::call
