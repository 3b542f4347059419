#pragma once
#include <map>
#include <string>

#include "base/wait.hpp"
#include "call/schedule/call_terms.hpp"
#include "call/schedule/claim.hpp"
#include "call/switchboard.hpp"

namespace belfry::call::schedule {

/// Makes the call of a job and waits for its end. The call and the job's claim are one transaction,
/// so that after a crash the call is neither lost nor placed twice (rule R3): what has a call is
/// followed to its end, what has none is placed. Control thread.
class CallRunner {
 public:
  /// @param switchboard outlives this.
  explicit CallRunner(Switchboard& switchboard);

  /// One attempt. A call that did not come about goes back into the queue as `terms.retry` wants;
  /// outside the callee's hours the job waits for the next opening. The result holds `call_sid`,
  /// `status`, `reason`, `duration_s`, `answered_by`. A call whose fate a restart has hidden is not
  /// made again: the phone may have rung.
  base::Task<base::Result<JobOutcome>> run(Claim& claim, CallTerms terms, std::string to);
  /// For who begins the call by other words. The claim is taken as `run` does.
  base::Task<base::Result<JobOutcome>> run(Claim& claim, PlaceCall call, RetryPolicy retry);

 private:
  base::Task<base::Result<LegRecord>> end_of(std::string sid);
  base::Task<JobOutcome> outcome_of(LegRecord leg, int attempts, RetryPolicy retry);
  base::Task<bool> was_lost_in_a_restart(std::string sid);
  std::optional<JobOutcome> outside_hours(const CallTerms& terms, const Party& to) const;
  base::WallTime now() const { return switchboard_.services().loop.wall_now(); }

  using Ended = base::Completion<LegRecord>;
  Switchboard& switchboard_;
  std::map<std::string, Ended::Resolver> waiting_;  // by call
  EventFeed::Subscription subscription_;
};

/// Jobs of kind "call": `{"to", "terms", "variables"?}`.
class CallJobs final : public JobHandler {
 public:
  explicit CallJobs(CallRunner& runner) : runner_(runner) {}
  std::string_view kind() const override { return job_kind; }
  base::Task<base::Result<JobOutcome>> run(Claim& claim) override;

  static constexpr std::string_view job_kind = "call";
  static base::json::object parameters(
      const std::string& to, const CallTerms& terms, const Variables& variables = {}
  );

 private:
  CallRunner& runner_;
};

/// `{"name": "value"}` and back; what is no text is left out.
base::json::object to_json(const Variables& variables);
Variables read_variables(const base::json::object& value);

}  // namespace belfry::call::schedule
