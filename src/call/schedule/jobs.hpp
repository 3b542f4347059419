#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "base/wait.hpp"
#include "call/journal.hpp"
#include "call/schedule/claim.hpp"

namespace belfry::call::schedule {

/// How fast the jobs of a lane begin.
struct Pace {
  double per_second = 0;    // 0: no limit
  std::size_t at_once = 0;  // 0: no limit
  bool paused = false;      // none begins; those that run go on
  bool operator==(const Pace&) const = default;
};

/// Durable work: queued jobs begin when they are due, each by one claimer at a time (lease and
/// fence), in the order of their moments and at their lane's pace. Only what names and times a
/// waiting job is in memory. Control thread.
class Jobs {
 public:
  struct Environment {
    base::Loop& loop;
    Journal& journal;
    /// Whose leases these are: the same after a restart on the same data, another elsewhere. A
    /// restarted owner goes on at once; others wait until a lease is over.
    std::string owner;
    std::size_t at_once = 2000;  // of all lanes
  };
  using Listener = std::function<void(const Job&)>;

  explicit Jobs(Environment environment);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// They outlive this. Before `start`.
  void add_handler(JobHandler& handler);
  /// Told of each job that is over, or that goes back to wait (`queued`), once that is on disk.
  void on_change(Listener listener) { listeners_.push_back(std::move(listener)); }
  /// After the calls of the last process were taken up: reads what waits, and begins.
  base::Task<base::Result<>> start();

  /// Durable when it returns. @return Errc::conflict when one of them is there already; then none
  /// is added.
  base::Task<base::Result<>> add(std::vector<Job> jobs, Changes along = {});
  /// For who has committed `to_document()` of each by itself (as new document).
  void adopt(const std::vector<Job>& jobs);
  /// Ends those of a lane that have not begun. @return how many.
  base::Task<base::Result<std::size_t>> cancel_lane(std::string lane);
  /// @return Errc::not_found, Errc::conflict when it has begun or is over.
  base::Task<base::Result<>> cancel(std::string id);
  /// Applies to a lane with or without jobs until the process ends.
  void set_pace(const std::string& lane, Pace pace);

  std::size_t waiting(const std::string& lane) const;
  std::size_t running(const std::string& lane) const;
  std::size_t waiting() const;
  std::size_t running() const { return running_.size(); }
  base::Task<base::Result<std::optional<Job>>> find(std::string id);

 private:
  struct Lane {
    Pace pace;
    bool is_paced = false;  // by `set_pace`: it stays without jobs
    std::set<std::pair<base::WallTime, std::string>> waiting;
    std::size_t running = 0;
    base::Instant next_start{};  // by `per_second`
  };

  base::WallTime now() const { return environment_.loop.wall_now(); }
  void enqueue(const std::string& lane, base::WallTime due, const std::string& id);
  void dequeue(const Job& job);
  /// On a later turn.
  void wake();
  void pump();
  /// @return when it can begin another; nothing when that needs an event.
  std::optional<base::Duration> pump_lane(const std::string& name, Lane& lane);
  base::Task<void> run(std::string lane, std::string id);
  /// @return when it is due again; nothing when it is over, or somebody else's.
  base::Task<std::optional<base::WallTime>> run_once(std::string id);
  base::Task<std::optional<base::WallTime>> settle(Claim& claim, JobOutcome outcome);
  base::Task<std::optional<base::WallTime>> look_again(std::string id, base::Error why);
  base::Task<base::Result<std::size_t>> cancel_all(std::vector<Document> rows);
  Changes ending(Job job, Job::State state) const;
  void tell(const Job& job);
  bool is_ours(const Job& job) const { return job.owner == environment_.owner; }

  Environment environment_;
  std::map<std::string, JobHandler*, std::less<>> handlers_;
  std::vector<Listener> listeners_;
  std::map<std::string, Lane> lanes_;
  std::set<std::string> running_;
  bool started_ = false;
  bool awake_ = false;
  base::TimerId timer_ = 0;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call::schedule
