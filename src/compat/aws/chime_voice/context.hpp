#pragma once
#include <string>
#include <vector>

#include "base/random.hpp"
#include "call/journal.hpp"
#include "call/number_directory.hpp"
#include "call/sip_directory.hpp"
#include "compat/aws/chime_voice/connector.hpp"
#include "compat/aws/door.hpp"
#include "identity/sealer.hpp"

namespace belfry::compat::aws::chime_voice {

/// Runs the trunks of voice connectors; `server` implements it. Control thread.
class ConnectorTrunks {
 public:
  virtual ~ConnectorTrunks() = default;
  /// From now on calls to these numbers go out by these routes of the connector, and no others.
  /// @return Errc::invalid_argument for a host that cannot be.
  virtual base::Result<> set(
      const std::string& connector_id, const std::vector<OriginationRoute>& routes,
      const std::vector<std::string>& numbers
  ) = 0;
};

/// What the nouns of this service work with; all of it outlives them.
struct Context {
  base::Loop& loop;
  base::Random& random;
  call::Journal& journal;
  call::NumberDirectory& directory;
  call::SipDirectory& sip;
  const identity::Sealer& sealer;
  bool simulator_is_on = false;
  ConnectorTrunks* trunks = nullptr;  // none: nothing can be reached by SIP
};

// The service's errors.
Failure bad_request(std::string message);
Failure not_found(std::string message);
Failure conflict(std::string message);
Failure store_failed(const base::Error& error);

/// `max-results` (1 to 100, 50 when absent) and `next-token`.
std::expected<call::DocumentQuery, Failure> read_page(
    const Call& call, std::string_view collection
);
/// A list of a page, with the token of the next.
base::json::object render_page(
    std::string_view name, base::json::array items, const std::vector<call::Document>& documents,
    std::size_t limit
);

}  // namespace belfry::compat::aws::chime_voice
