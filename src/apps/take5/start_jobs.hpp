#pragma once
#include "apps/take5/calls.hpp"
#include "call/schedule/claim.hpp"

namespace belfry::apps::take5 {

/// The durable jobs by which created calls start at their time: one for each, with the call's id.
/// Two calls of a group for the same moment are one: the second is not rung (rule R4). Control
/// thread.
class StartJobs final : public call::schedule::JobHandler {
 public:
  static constexpr std::string_view job_kind = "take5";

  explicit StartJobs(Calls& calls, call::Journal& journal, base::Loop& loop)
      : calls_(calls), journal_(journal), tasks_(loop), loop_(loop) {}

  static call::schedule::Job make(const CallRecord& call);

  std::string_view kind() const override { return job_kind; }
  base::Task<base::Result<call::schedule::JobOutcome>> run(call::schedule::Claim& claim) override;
  void settled(const call::schedule::Job& job) override;

 private:
  base::Task<void> note_missed(std::string call_id);

  Calls& calls_;
  call::Journal& journal_;
  base::TaskGroup tasks_;
  base::Loop& loop_;
};

call::Document occurrence_of(const CallRecord& call);

}  // namespace belfry::apps::take5
