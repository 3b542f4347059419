#pragma once
#include "call/routing.hpp"
#include "compat/aws/chime_voice/context.hpp"
#include "server/stored_trunks.hpp"

namespace belfry::server {

/// A trunk for each route of a voice connector, beside all the others, and in the dial plan each
/// number of the connector. Control thread.
class ConnectorTrunks final : public compat::aws::chime_voice::ConnectorTrunks {
 public:
  ConnectorTrunks(StoredTrunks& trunks, call::DialPlan& dial_plan)
      : trunks_(trunks), dial_plan_(dial_plan) {}

  base::Result<> set(
      const std::string& connector_id,
      const std::vector<compat::aws::chime_voice::OriginationRoute>& routes,
      const std::vector<std::string>& numbers
  ) override;

 private:
  const std::string* carrier_of(const std::string& trunk) const;

  StoredTrunks& trunks_;
  call::DialPlan& dial_plan_;
  std::vector<admin::TrunkTable::Row> rows_;
};

}  // namespace belfry::server
