#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <thread>

#include "base/metrics.hpp"
#include "base/wait.hpp"
#include "store/folder_lock.hpp"
#include "store/sql/writer.hpp"
#include "store/store.hpp"

namespace belfry::store::sql {

/// The control thread's side of the store: turns calls into work of the writer. A call counts from
/// the moment it is made, not from when its task is awaited.
class SqlStore final : public Store {
 public:
  /// Looks for damage beside the writer, on a thread of its own; ends early, without a finding,
  /// once `stop` is true.
  using Check = std::function<base::Result<>(const std::atomic<bool>& stop)>;

  SqlStore(
      const Settings& settings, FolderLock lock, std::unique_ptr<Database> database, Check check,
      base::Loop& loop
  );
  ~SqlStore() override;

  base::Task<base::Result<>> commit(call::Changes changes) override;
  void commit_later(call::Changes changes) override;
  bool accepts_writes() const override { return writer_.accepts_writes(); }
  base::Task<base::Result<std::optional<call::LegRecord>>> find_leg(std::string sid) override;
  base::Task<base::Result<std::vector<call::LegRecord>>> find_legs(call::LegQuery query) override;
  base::Task<base::Result<std::vector<call::LegRecord>>> unfinished_legs() override;
  base::Task<base::Result<std::uint64_t>> count_legs() override;
  base::Task<base::Result<std::vector<call::EventRecord>>> events_of(std::string leg_sid) override;
  base::Task<base::Result<std::vector<call::Delivery>>> due_deliveries(
      base::WallTime now, std::size_t limit
  ) override;
  base::Task<base::Result<std::optional<base::WallTime>>> next_delivery() override;
  base::Task<base::Result<std::optional<call::Document>>> find_document(
      std::string collection, std::string key
  ) override;
  base::Task<base::Result<std::vector<call::Document>>> find_documents(call::DocumentQuery query
  ) override;
  base::Task<base::Result<std::uint64_t>> count_documents(call::DocumentQuery query) override;

  base::Task<base::Result<call::CallAnalysis>> analyse_calls(call::CallFiguresQuery query) override;

  base::Duration queue_age() const override;
  std::size_t queue_length() const override { return writes_in_flight_.size(); }
  base::Task<base::Result<std::uint64_t>> purge(
      Retention retention, base::WallTime now, std::size_t limit
  ) override;
  base::Task<base::Result<>> check_integrity() override;
  base::Task<base::Result<std::vector<Binding>>> all_bindings() override;
  base::Task<base::Result<>> replace_bindings(std::string user, std::vector<Binding> bindings)
      override;

 private:
  using Done = std::move_only_function<void(base::Result<>)>;

  bool has_place() const { return writes_in_flight_.size() < max_queue_; }
  void enqueue(Writer::Write write, Done done);
  void enqueue(Writer::Kind kind, std::move_only_function<void(Database&)> apply, Done done);
  void enqueue_changes(Writer::Kind kind, call::Changes changes, Done done);
  void try_again_after(base::Duration wait);
  template <class Query>
  auto ask(Query query);

  base::Loop& loop_;
  const std::size_t max_queue_;
  FolderLock lock_;
  base::metrics::Histogram& seconds_;
  std::map<std::uint64_t, base::Instant> writes_in_flight_;  // by order of the calls
  std::uint64_t last_write_ = 0;
  base::TimerId retry_timer_ = 0;
  std::optional<base::Instant> trouble_since_;
  std::shared_ptr<SqlStore*> self_;  // answers hold it weakly, to see that the store is gone
  std::atomic<bool> stop_check_ = false;
  const Check check_;
  std::thread check_thread_;
  Writer writer_;
};

}  // namespace belfry::store::sql
