#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "base/worker_pool.hpp"
#include "call/blob_files.hpp"

namespace belfry::store {

/// Blobs as files of a folder, mode 0600, named by their SID; written beside, fsynced, then
/// renamed, so that each is whole or not there. The work is done on the pool. With an empty folder
/// name all is kept in memory. Blobs are sealed if there is a vault. Control thread.
class BlobFolder final : public call::BlobFiles {
 public:
  /// @param vault outlives it and its pool; none: nothing is sealed
  BlobFolder(
      std::filesystem::path folder, base::WorkerPool& pool, call::RecordingVault* vault = nullptr
  );

  base::Task<base::Result<>> write(std::string name, std::string bytes) override;
  base::Task<base::Result<std::string>> read(std::string name) override;
  base::Task<base::Result<>> remove(std::string name) override;
  base::Task<base::Result<std::string>> write_sealed(std::string name, std::string bytes) override;
  base::Task<base::Result<std::shared_ptr<call::RecordingBytes>>> open(
      std::string name, std::string key
  ) override;
  base::Task<base::Result<std::size_t>> remove_others(
      std::set<std::string> kept, base::WallTime before
  ) override;

 private:
  std::filesystem::path folder_;
  base::WorkerPool& pool_;
  call::RecordingVault* vault_;
  std::map<std::string, std::string> in_memory_;
};

}  // namespace belfry::store
