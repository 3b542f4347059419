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
  const auto found = users_.find(user);
  const Domain* domain = find(host);
  if (found == users_.end()) return domain == nullptr;  // a phone of the configuration
  const User& caller = found->second;
  if (domain != nullptr)
    return caller.calls && caller.domain_sid == domain->sid && lets_in(*domain, source_ip);
  return caller.calls && std::ranges::any_of(domains_, [&](const auto& each) {
           return each.second.sid == caller.domain_sid && lets_in(each.second, source_ip);
         });
}

bool SipDomainDoors::registers(std::string_view host, const std::string& user) const {
  const auto found = users_.find(user);
  const Domain* domain = find(host);
  if (found == users_.end()) return domain == nullptr;
  const User& phone = found->second;
  if (domain != nullptr && domain->sid != phone.domain_sid) return false;
  return phone.registers && std::ranges::any_of(domains_, [&](const auto& each) {
           return each.second.sid == phone.domain_sid && each.second.takes_registrations;
         });
}

std::string SipDomainDoors::sid_of(std::string_view host, const std::string& user) const {
  if (const Domain* domain = find(host)) return domain->sid;
  const auto found = users_.find(user);
  return found == users_.end() ? std::string() : found->second.domain_sid;
}

std::string SipDomainDoors::guest_of(std::string_view host) const {
  return "@" + base::to_lower(host);
}

}  // namespace belfry::call
