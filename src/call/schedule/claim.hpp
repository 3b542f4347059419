#pragma once
#include <string>

#include "base/task.hpp"
#include "call/journal.hpp"
#include "call/schedule/job.hpp"

namespace belfry::call::schedule {

/// What has become of one run of a job.
struct JobOutcome {
  Job::State state = Job::State::done;
  std::string word = {};  // `Job::outcome`
  base::json::object result = {};
  base::WallTime again = {};  // for `queued`: not before
  bool counts = true;         // for `queued`: as an attempt
  Changes changes = {};       // written in the same transaction
};

/// A job in the hands of who does it. The first step that anybody could notice is committed
/// together with `take()`; so what a crash interrupts is either wholly there or not at all.
class Claim {
 public:
  Claim(Job job, std::string owner)
      : job_(std::move(job)),
        owner_(std::move(owner)),
        is_resumed_(job_.state == Job::State::leased) {}

  const Job& job() const { return job_; }
  /// It was begun before a restart, and `job().progress` says how far it came.
  bool is_resumed() const { return is_resumed_; }
  /// The job's row as ours, to be committed with whatever it begins with; that fails with
  /// Errc::conflict when somebody else was faster. A second `take` in one run is a further step: it
  /// prolongs the lease and notes another progress.
  /// @param until when the rest is done at the latest; afterwards others may take the job.
  Changes take(base::WallTime until, base::json::object progress);
  /// What `take` has made was not written: the commit was refused for another reason.
  void give_back() { job_ = before_; }
  /// The row's end, or its way back into the queue. Its commit fails when the lease was lost.
  Changes settle(JobOutcome outcome, base::WallTime now);

 private:
  Changes write();

  Job job_;
  Job before_;  // the last `take`
  std::string owner_;
  bool is_resumed_;
};

/// Does jobs of one kind. Control thread.
class JobHandler {
 public:
  virtual ~JobHandler() = default;
  virtual std::string_view kind() const = 0;
  /// Runs until the job is over or is to be tried again; it is destroyed when the server stops, and
  /// the next process calls it with a claim that is resumed. `claim` outlives the task.
  /// @return an error to have the job tried again in a while (`detail`, when not 0: seconds);
  /// Errc::conflict when a commit said that the job is somebody else's now.
  virtual base::Task<base::Result<JobOutcome>> run(Claim& claim) = 0;
  /// It is over, on disk.
  virtual void settled(const Job& /*job*/) {}
};

}  // namespace belfry::call::schedule
