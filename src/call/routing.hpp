#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "call/endpoint.hpp"
#include "call/party.hpp"
#include "call/record.hpp"

namespace belfry::call {

/// One entry of the dial plan: telephone numbers that begin with `prefix` go to `carrier`.
struct Route {
  std::string prefix;  // "+507"; empty: every number
  std::string carrier;
  std::string caller_id = {};  // shown to the party; empty: what the call says
  int priority = 1;            // lower first
  int weight = 100;            // share among equal priorities
};

/// Which carriers to try for a party, in order: longest prefix first, then priority, then by weight
/// at random; carriers that are down come last. Control thread.
class DialPlan {
 public:
  struct Choice {
    Carrier* carrier;
    std::string caller_id;
  };

  /// Carriers are owned by the server and outlive the plan.
  void add_carrier(Carrier& carrier);
  void add_route(Route route);
  /// Nothing goes out by `carrier` any more; it stays, for the calls that it has.
  void remove_routes(const std::string& carrier);
  /// Serves every telephone number that no route claims (the simulator).
  void set_fallback(Carrier* carrier) { fallback_ = carrier; }
  /// Serves `sip:` parties and numbers that are assigned to registered phones; asked first.
  void set_registrations(Carrier* carrier) { registrations_ = carrier; }
  /// Serves `app:` parties.
  void set_applications(Carrier* carrier) { applications_ = carrier; }
  /// Serves `client:` parties.
  void set_clients(Carrier* carrier) { clients_ = carrier; }
  /// Numbers that ring a registered phone, and its user name.
  void assign(std::string number, std::string user);
  std::optional<std::string> user_of(const std::string& number) const;

  /// A number that a route's trunk would be asked for: a call to it costs money.
  bool serves_by_trunk(const Party& party) const;
  /// A route or the fall-back leads there.
  bool serves(const Party& telephone) const;
  std::vector<Choice> choose(const Party& party, base::Random& random) const;
  Carrier* carrier(const std::string& name) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::map<std::string, Carrier*> carriers_;
  std::vector<Route> routes_;
  std::map<std::string, std::string> assigned_;
  Carrier* fallback_ = nullptr;
  Carrier* registrations_ = nullptr;
  Carrier* applications_ = nullptr;
  Carrier* clients_ = nullptr;
};

/// What happens to calls that come in for a number.
class NumberTable {
 public:
  struct Entry {
    ProgramSpec program;
    StatusCallback callback;
    std::string account_sid = {};  // whose it is; empty: the main account's
    std::string sid = {};          // PN…; empty while nobody manages it
    std::string application = {};  // whose calls these are: "kin"; empty: nobody's in particular
  };
  void set(std::string number, Entry entry);
  void set(std::string number, ProgramSpec program, StatusCallback callback = {}) {
    set(std::move(number), Entry{std::move(program), std::move(callback)});
  }
  void remove(const std::string& number) { entries_.erase(number); }
  const Entry* find(const std::string& number) const;
  std::size_t size() const { return entries_.size(); }
  const std::map<std::string, Entry>& all() const { return entries_; }

 private:
  std::map<std::string, Entry> entries_;
};

}  // namespace belfry::call
