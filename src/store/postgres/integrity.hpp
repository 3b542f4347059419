#pragma once
#include <atomic>
#include <string>

#include "base/result.hpp"

namespace belfry::store::postgres {

/// Reads every row over a connection of its own: PostgreSQL looks at each page's checksum (when the
/// cluster has them) and header. Ends early, without a finding, once `stop` is true or when the
/// database goes away. Any thread. @return Errc::io with what is damaged.
base::Result<> read_everything(const std::string& url, const std::atomic<bool>& stop);

}  // namespace belfry::store::postgres
