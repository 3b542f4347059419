#pragma once
#include <memory>
#include <set>
#include <string>

#include "base/time.hpp"
#include "call/message_carrier.hpp"
#include "call/recording_vault.hpp"

namespace belfry::call {

/// Blobs that may be large and that somebody may forget; `store` implements it. Control thread,
/// does not block.
class BlobFiles : public BlobStore {
 public:
  /// To read any part of it on the pool, also after its removal. Shared by whoever reads and the
  /// job that does. Errc::not_found.
  virtual base::Task<base::Result<std::shared_ptr<RecordingBytes>>> open(std::string name) = 0;
  /// Removes what was last written before `before` and is not among `kept`, also what was never
  /// finished. @return how many
  virtual base::Task<base::Result<std::size_t>> remove_others(
      std::set<std::string> kept, base::WallTime before
  ) = 0;
};

}  // namespace belfry::call
