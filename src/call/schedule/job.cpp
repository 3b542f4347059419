#include "call/schedule/job.hpp"

#include <array>

#include "call/json_members.hpp"
#include "call/schedule/claim.hpp"

namespace belfry::call::schedule {
namespace {

constexpr std::array<std::string_view, 6> states = {"queued", "leased", "done",
                                                    "failed", "missed", "canceled"};

void put_time(
    base::json::object& value, std::string_view name, const std::optional<base::WallTime>& time
) {
  if (time) value[name] = base::to_unix_micros(*time);
}

std::optional<base::WallTime> time_member(const base::json::object& value, std::string_view name) {
  if (!value.contains(name)) return std::nullopt;
  return base::from_unix_micros(number_member(value, name));
}

Job::State parse_state(std::string_view text) {
  const auto found = std::ranges::find(states, text);
  return found == states.end() ? Job::State::failed
                               : static_cast<Job::State>(found - states.begin());
}

}  // namespace

std::string_view to_string(Job::State state) {
  return states.at(static_cast<std::size_t>(state));
}

Document Job::to_document() const {
  base::json::object value{
      {"kind", kind},
      {"lane", lane},
      {"due", base::to_unix_micros(due)},
      {"parameters", parameters},
      {"state", to_string(state)},
      {"attempts", attempts},
      {"progress", progress},
      {"result", result},
      {"outcome", outcome},
      {"owner", owner},
      {"fence", static_cast<std::int64_t>(fence)}
  };
  put_time(value, "expires", expires);
  put_time(value, "lease_until", lease_until);
  put_time(value, "ended", ended);
  return {
      .collection = std::string(collection),
      .key = id,
      .tag = is_over() ? lane : std::string(live_jobs),
      .value = std::move(value),
      .created = created
  };
}

Job Job::from_document(const Document& document) {
  const base::json::object& value = document.value;
  Job job;
  job.id = document.key;
  job.kind = text_member(value, "kind");
  job.lane = text_member(value, "lane");
  job.due = base::from_unix_micros(number_member(value, "due"));
  job.expires = time_member(value, "expires");
  job.parameters = object_member(value, "parameters");
  job.state = parse_state(text_member(value, "state"));
  job.attempts = static_cast<int>(number_member(value, "attempts"));
  job.progress = object_member(value, "progress");
  job.result = object_member(value, "result");
  job.outcome = text_member(value, "outcome");
  job.owner = text_member(value, "owner");
  job.lease_until = time_member(value, "lease_until");
  job.fence = static_cast<std::uint64_t>(number_member(value, "fence"));
  job.created = document.created;
  job.ended = time_member(value, "ended");
  return job;
}

Changes Claim::take(base::WallTime until, base::json::object progress) {
  before_ = job_;
  if (job_.state != Job::State::leased) ++job_.attempts;
  job_.state = Job::State::leased;
  job_.owner = owner_;
  job_.lease_until = until;
  job_.progress = std::move(progress);
  return write();
}

Changes Claim::settle(JobOutcome outcome, base::WallTime now) {
  const bool was_begun = job_.state == Job::State::leased;
  job_.state = outcome.state;
  job_.outcome = std::move(outcome.word);
  job_.owner.clear();
  job_.lease_until.reset();
  job_.progress.clear();
  if (outcome.state == Job::State::queued) {
    job_.due = outcome.again;
    if (was_begun && !outcome.counts) --job_.attempts;
  } else {
    job_.ended = now;
    job_.result = std::move(outcome.result);
  }
  Changes changes = write();
  Changes& along = outcome.changes;
  along.conditions.insert(
      along.conditions.end(), changes.conditions.begin(), changes.conditions.end()
  );
  along.documents.push_back(std::move(changes.documents.front()));
  return std::move(along);
}

Changes Claim::write() {
  Changes changes;
  changes.conditions.push_back(
      {.document = {std::string(Job::collection), job_.id},
       .member = "fence",
       .expected = static_cast<std::int64_t>(job_.fence)}
  );
  ++job_.fence;
  changes.documents.push_back(job_.to_document());
  return changes;
}

}  // namespace belfry::call::schedule
