#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sip/flow.hpp"
#include "sip/uri.hpp"

namespace belfry::gateway::sip {

/// The hosts and ports under which we are called (rule S2: anything else is not for us). A value.
class OwnNames {
 public:
  /// @param hosts any case
  OwnNames(
      const std::vector<std::string>& hosts, const std::vector<belfry::sip::Endpoint>& listeners
  );

  bool is_ours(const belfry::sip::Uri& uri) const;
  std::vector<std::string> hosts() const { return {hosts_.begin(), hosts_.end()}; }

 private:
  std::set<std::string> hosts_;
  std::set<std::uint16_t> ports_;
};

}  // namespace belfry::gateway::sip
