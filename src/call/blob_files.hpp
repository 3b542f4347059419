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
  /// As `write`, but what lies on the disk is sealed by a key of its own (rule P4).
  /// @return the key, itself sealed, for the row that names the blob; empty where nothing is sealed
  virtual base::Task<base::Result<std::string>> write_sealed(
      std::string name, std::string bytes
  ) = 0;
  /// To read any part of it on the pool, also after its removal. Shared by whoever reads and the
  /// job that does. Errc::not_found; Errc::malformed when it is not whole or the key is another's.
  virtual base::Task<base::Result<std::shared_ptr<RecordingBytes>>> open(
      std::string name, std::string key
  ) = 0;
  /// Removes what was last written before `before` and is not among `kept`, also what was never
  /// finished. @return how many
  virtual base::Task<base::Result<std::size_t>> remove_others(
      std::set<std::string> kept, base::WallTime before
  ) = 0;
};

}  // namespace belfry::call
