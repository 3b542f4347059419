#pragma once
#include "admin/trunk_table.hpp"
#include "call/routing.hpp"
#include "gateway/sip/gateway.hpp"
#include "server/config/config.hpp"

namespace belfry::server {

/// The trunks of the gateway: those of the configuration, and those that are set up by the API
/// while the server runs. One that is removed stays, without routes, until the next start: its
/// calls go on. Control thread.
class StoredTrunks final : public admin::TrunkTable {
 public:
  StoredTrunks(const Config& config, gateway::sip::Gateway& gateway, call::DialPlan& dial_plan);

  std::vector<Row> rows() const override;
  base::Result<> add(const admin::TrunkTerms& terms) override;
  base::Result<> remove(const std::string& name) override;

 private:
  struct Entry {
    admin::TrunkTerms terms;
    std::string carrier;  // its name in the gateway and the dial plan
    bool from_file = false;
    bool removed = false;
  };
  Entry* find(const std::string& name);
  /// A removed one keeps its carrier, which still has calls to end: the next of that name gets
  /// another.
  std::string free_carrier_name(const std::string& name) const;
  void add_routes(const Entry& entry);

  gateway::sip::Gateway& gateway_;
  call::DialPlan& dial_plan_;
  std::vector<Entry> entries_;
};

}  // namespace belfry::server
