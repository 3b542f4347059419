#pragma once
#include <string>
#include <string_view>

namespace belfry::call {

/// What the SIP domains of accounts say of calls and registrations that arrive. Hosts are in any
/// case. Asked by gateways; control thread.
class SipDoor {
 public:
  enum class Answer {
    no_domain,  // the host is none of theirs
    refused,    // no calls from that address
    password,   // from those who have the password of one of its users
    open,       // its addresses are known, and that is enough
  };
  virtual ~SipDoor() = default;

  virtual bool is_domain(std::string_view host) const = 0;
  /// Who calls `host` from `source_ip`?
  virtual Answer ask(std::string_view host, std::string_view source_ip) const = 0;
  /// Whether a user whose password is known may call `host` from there: into a domain its own users
  /// for calls only, from the domain's addresses if it names some.
  virtual bool admits(std::string_view host, const std::string& user, std::string_view source_ip)
      const = 0;
  /// Whether a user whose password is known may register at `host`: at a domain its own users for
  /// registrations, if it takes any; elsewhere these too, and phones that belong to no domain.
  virtual bool registers(std::string_view host, const std::string& user) const = 0;
  /// SD… of the domain that a call to `host` by that user comes through; empty: none.
  virtual std::string sid_of(std::string_view host, const std::string& user) const = 0;
  /// `IncomingCall::user` of a call that came in without a password.
  virtual std::string guest_of(std::string_view host) const = 0;
};

}  // namespace belfry::call
