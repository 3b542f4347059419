#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sip/flow.hpp"
#include "sip/message.hpp"

namespace belfry::sip {

/// One contact of a user: where its phone can be reached.
struct Binding {
  std::string contact;  // a URI
  std::string call_id;
  std::uint32_t cseq = 0;
  base::WallTime expires_at;  // wall time: it outlives the process
  Flow flow;                  // what the REGISTER came on; requests go there (NAT; RFC 5626)
  std::string user_agent;
  bool operator==(const Binding&) const = default;
};

/// Where bindings live; implemented by the store. Calls return at once (a cache in front of the
/// rows); the control thread.
class BindingStore {
 public:
  virtual ~BindingStore() = default;
  /// All bindings of a user, expired ones included, in the order in which they were saved.
  virtual std::vector<Binding> load(const std::string& user) = 0;
  /// Replaces them.
  virtual void save(const std::string& user, const std::vector<Binding>& bindings) = 0;
};

/// The registrar's logic (RFC 3261 section 10.3; rule S6), after authentication and before the
/// transaction layer. No clock; one thread. At most 10 live contacts a user.
class Registrar {
 public:
  struct Settings {
    std::vector<std::string> domains;  // hosts that are us, lower case
    std::vector<Endpoint> listeners;   // addresses that are us: no contact may name them
    std::uint32_t shortest_s = 60;
    std::uint32_t longest_s = 3600;
    std::size_t most_contacts = 10;
  };
  Registrar(Settings settings, BindingStore& store);

  /// Handles a REGISTER of an authenticated user.
  /// @param user who the digest says it is; only sip:user@(one of our domains) may be in To.
  /// @param to_tag for the response
  /// @param domain one more that this user may be in; lower case
  /// @return the response: 200 with all live contacts; 400, 403, 404, 420, 423, 500 otherwise,
  /// with nothing changed.
  Message handle_register(
      const Message& request, std::string_view user, const Flow& flow, std::string_view to_tag,
      base::WallTime now, std::string_view domain = {}
  );

  /// The live contacts of a user, newest last.
  std::vector<Binding> bindings_of(const std::string& user, base::WallTime now) const;

 private:
  struct Change;
  base::Result<std::vector<Change>> read_changes(const Message& request) const;
  base::Result<std::vector<Binding>> apply(
      std::vector<Binding> bindings, const std::vector<Change>& changes, const Message& request,
      const Flow& flow, base::WallTime now
  ) const;
  base::Result<> check_address_of_record(
      const Message& request, std::string_view user, std::string_view domain
  ) const;
  bool is_us(const Uri& contact) const;

  Settings settings_;
  BindingStore& store_;
};

}  // namespace belfry::sip
