#include "apps/take5/start_jobs.hpp"

#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using call::schedule::Claim;
using call::schedule::Job;
using call::schedule::JobOutcome;
using namespace std::chrono_literals;

constexpr std::chrono::minutes longest_grace{10};  // rule R4
constexpr auto lease = 60s;

}  // namespace

call::Document occurrence_of(const CallRecord& call) {
  const std::string key = std::to_string(call.group) + "@" + base::to_rfc3339(call.scheduled);
  return {std::string(occurrence_collection), key, call.id, {{"call", call.id}}, call.created};
}

Job StartJobs::make(const CallRecord& call) {
  Job job;
  job.id = call.id;
  job.kind = job_kind;
  job.due = call.scheduled;
  job.expires = call.scheduled + std::min(call.planned, longest_grace);
  job.created = call.created;
  return job;
}

Task<Result<JobOutcome>> StartJobs::run(Claim& claim) {
  if (claim.is_resumed()) co_return JobOutcome{.word = "started"};  // in one step with the lease
  auto call = co_await calls_.find(claim.job().id);
  if (!call) co_return base::fail(std::move(call.error()));
  if (call->status != CallStatus::created) co_return JobOutcome{.word = "not-needed"};
  const call::Document occurrence = occurrence_of(*call);
  const auto first = co_await journal_.find_document(occurrence.collection, occurrence.key);
  if (!first) co_return base::fail(first.error());
  if (*first) {
    const std::string reason = "the group has been called at this moment, as " + (*first)->tag;
    const auto refused = co_await calls_.cancel(std::move(*call), CallStatus::failed, reason);
    if (!refused && refused.error().code != Errc::conflict) co_return base::fail(refused.error());
    co_return JobOutcome{.word = "called-already"};
  }
  call::Changes along = claim.take(loop_.wall_now() + lease, {{"started", true}});
  along.new_documents.push_back(occurrence);
  auto launched = co_await calls_.launch(std::move(*call), std::move(along));
  if (!launched) co_return base::fail(std::move(launched.error()));
  co_return JobOutcome{.word = "started"};
}

void StartJobs::settled(const Job& job) {
  if (job.state == Job::State::missed) tasks_.spawn(note_missed(job.id));
}

Task<void> StartJobs::note_missed(std::string call_id) {
  auto call = co_await calls_.find(call_id);
  if (!call || call->status != CallStatus::created) co_return;
  base::log::warning("take5.call_missed", {{"call", call_id}});
  const auto noted = co_await calls_.cancel(
      std::move(*call), CallStatus::failed, "missed: the server was down at its time"
  );
  if (!noted)
    base::log::error("take5.not_noted", {{"call", call_id}, {"why", noted.error().message}});
}

}  // namespace belfry::apps::take5
