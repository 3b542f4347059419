#pragma once
#include <atomic>
#include <string>

#include "base/result.hpp"

namespace belfry::store::sqlite {

/// SQLite's `quick_check` over a read-only connection of its own. Takes seconds for gigabytes; ends
/// early, without a finding, once `stop` is true. Any thread.
base::Result<> quick_check(const std::string& file, const std::atomic<bool>& stop);

}  // namespace belfry::store::sqlite
