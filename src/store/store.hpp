#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "call/call_figures.hpp"
#include "call/journal.hpp"
#include "store/binding.hpp"

namespace belfry::store {

struct Settings {
  enum class Mode {
    thread,      // a writer thread of its own: for servers
    same_thread  // the same code on turns of the loop: for simulation, deterministic
  };

  /// The data folder, made with mode 0700 when it is not there; `:memory:` keeps everything in RAM.
  std::string folder;
  /// "postgresql://user:password@host:port/database", or "sqlite" (or nothing): a file in the
  /// folder.
  std::string database_url = {};
  Mode mode = Mode::thread;
  /// Writes that wait; one more gets Errc::unavailable.
  std::size_t max_queue = 100'000;
  /// Of SQLite's file; a store that has reached it is as full as the disk. 0: only the disk limits
  /// it.
  std::uint64_t max_bytes = 0;
  /// Told once when what is on disk can no longer be trusted (rule R2: a failed fsync, an I/O
  /// error, a damaged file). Must end the process. Called on the writer thread.
  std::function<void(const std::string& message)> on_fatal;
  /// PostgreSQL only: another server of the same database has written something. On the loop, at
  /// most every 50 ms, and once after each connection.
  std::function<void()> on_doorbell = {};
};

/// How long rows are kept (rule P5).
struct Retention {
  std::chrono::days legs{365};      // ended legs with their events, and their figures
  std::chrono::days deliveries{7};  // delivered or given up
};

/// The journal in a SQLite file or a PostgreSQL database, with what else the server keeps there.
/// One writer takes everything that waits into one transaction and answers after its fsync (rule
/// R1). When the disk is full commits fail with Errc::unavailable, `commit_later` waits in memory,
/// and the disk is tried again every few seconds (rule R2). While the database is out of reach
/// everything waits; after 5 s it is as with a full disk, and again once it is back. A commit whose
/// answer was lost is looked up then: it is never written twice. Text that is no UTF-8 is kept
/// with U+FFFD in its place, and so is NUL outside of JSON; bodies of deliveries are kept as they
/// are. Control thread, but for the writer inside. The loop outlives it; destroying it writes what
/// waits. Answers that have not arrived then never do.
class Store : public call::Journal, public call::CallStatistics {
 public:
  /// How long the oldest write has been waiting: the sign of overload. Zero when none waits.
  virtual base::Duration queue_age() const = 0;
  virtual std::size_t queue_length() const = 0;

  /// Deletes at most `limit` legs and `limit` deliveries that are older than `retention`; call it
  /// again while it returns more than zero. Also works on a full disk, and may end that state.
  virtual base::Task<base::Result<std::uint64_t>> purge(
      Retention retention, base::WallTime now, std::size_t limit
  ) = 0;
  /// Reads the whole database for damage; beside the writer, on a thread of its own. For after
  /// readiness (rule R9). @return Errc::io with what was found.
  virtual base::Task<base::Result<>> check_integrity() = 0;

  // --- Registered phones, for the registrar ---

  virtual base::Task<base::Result<std::vector<Binding>>> all_bindings() = 0;
  /// These are the user's bindings from now on; none removes the user.
  virtual base::Task<base::Result<>> replace_bindings(
      std::string user, std::vector<Binding> bindings
  ) = 0;
};

/// Locks the folder (rule R6), opens or makes `belfry.db` in it, or opens and locks the PostgreSQL
/// database, and brings it to our schema.
/// @return Errc::conflict when another process holds the folder or the database (it is named in the
/// message) or the schema is newer than ours, Errc::io when one of them cannot be used,
/// Errc::invalid_argument for a `database_url` that is none.
base::Result<std::unique_ptr<Store>> open(const Settings& settings, base::Loop& loop);

}  // namespace belfry::store
