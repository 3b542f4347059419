#pragma once
#include <filesystem>
#include <functional>
#include <vector>

#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "server/config/config.hpp"
#include "store/store.hpp"

namespace belfry::server {

/// Keeps a data folder sound and bounded while the server runs: looks through the database for
/// damage once it is ready (rule R9), finishes recordings that a crash cut off (rule R8), and each
/// hour removes what is older than its retention (rule P5). Control thread; files are handled on
/// the pool.
class Housekeeping {
 public:
  struct Settings {
    store::Retention retention;
    /// Rows of the call model and of applications that nobody else forgets.
    struct Documents {
      std::string collection;
      std::chrono::days keep;
      std::string kept_tag = {};  // rows with it stay, however old: they are still needed
    };
    std::vector<Documents> documents;
    std::vector<std::function<base::Task<base::Result<>>()>> upkeep;  // of what keeps itself
    std::filesystem::path heard_folder;  // what simulated phones heard; empty: none
    std::chrono::days heard{7};          // how long that is kept
  };
  Housekeeping(base::Loop& loop, store::Store& store, base::WorkerPool& pool, Settings settings);

  void start() { tasks_.spawn(run()); }

 private:
  base::Task<void> run();
  base::Task<void> keep_up();
  base::Task<void> repair();
  base::Task<void> purge_rows();
  base::Task<void> purge_documents(Settings::Documents what);
  base::Task<void> purge_recordings();

  base::Loop& loop_;
  store::Store& store_;
  base::WorkerPool& pool_;
  Settings settings_;
  base::TaskGroup tasks_;
};

/// Gives every `.part` in `folder` its true sizes and its name. @return how many there were.
std::size_t repair_recordings(const std::filesystem::path& folder);
/// Removes recordings that were last written before `before`. @return how many.
std::size_t remove_recordings(const std::filesystem::path& folder, base::WallTime before);

}  // namespace belfry::server
