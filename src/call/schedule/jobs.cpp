#include "call/schedule/jobs.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "call/json_members.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using base::WallTime;
using namespace std::chrono_literals;

constexpr std::size_t page_size = 500;
/// A wall clock that is stepped is noticed after this (rule R5).
constexpr base::Duration longest_wait = 30s;
constexpr std::chrono::seconds trouble_pause = 5s;

/// What has been begun once may be tried again later.
bool is_too_late(const Job& job, WallTime begins) {
  return job.attempts == 0 && job.expires && begins >= *job.expires;
}

void count(std::string_view state) {
  base::metrics::counter(
      "belfry_jobs_total", "Jobs that ended", {{"state", std::string(state)}}
  ).add();
}

}  // namespace

Jobs::Jobs(Environment environment)
    : environment_(std::move(environment)), tasks_(environment_.loop) {}

Jobs::~Jobs() {
  environment_.loop.cancel(timer_);
}

void Jobs::add_handler(JobHandler& handler) {
  handlers_.emplace(handler.kind(), &handler);
}

Task<Result<>> Jobs::start() {
  std::string after;
  while (true) {
    DocumentQuery query;
    query.collection = Job::collection;
    query.tag = live_jobs;
    query.after_key = after;
    query.limit = page_size;
    const auto page = co_await environment_.journal.find_documents(std::move(query));
    if (!page) co_return base::fail(page.error());
    for (const Document& row : *page) {
      const Job job = Job::from_document(row);
      const bool is_elsewhere = job.state == Job::State::leased && !is_ours(job);
      // What was begun goes on at once.
      const WallTime due = job.state == Job::State::queued ? job.due : WallTime{};
      enqueue(job.lane, is_elsewhere ? *job.lease_until : due, job.id);
    }
    if (page->size() < page_size) break;
    after = page->back().key;
  }
  started_ = true;
  wake();
  co_return Result<>{};
}

Task<Result<>> Jobs::add(std::vector<Job> jobs, Changes along) {
  for (Job& job : jobs) {
    if (job.created == WallTime{}) job.created = now();
    along.new_documents.push_back(job.to_document());
  }
  const Result<> stored = co_await environment_.journal.commit(std::move(along));
  if (stored) adopt(jobs);
  co_return stored;
}

void Jobs::adopt(const std::vector<Job>& jobs) {
  for (const Job& job : jobs) enqueue(job.lane, job.due, job.id);
  wake();
}

void Jobs::enqueue(const std::string& lane, WallTime due, const std::string& id) {
  lanes_[lane].waiting.emplace(due, id);
}

void Jobs::dequeue(const Job& job) {
  const auto lane = lanes_.find(job.lane);
  if (lane != lanes_.end()) lane->second.waiting.erase({job.due, job.id});
}

void Jobs::set_pace(const std::string& lane, Pace pace) {
  Lane& changed = lanes_[lane];
  changed.pace = pace;
  changed.is_paced = true;
  changed.next_start = {};
  wake();
}

void Jobs::wake() {
  if (!started_ || std::exchange(awake_, true)) return;
  environment_.loop.cancel(timer_);
  timer_ = environment_.loop.call_at(environment_.loop.now(), [this] {
    timer_ = 0;
    awake_ = false;
    pump();
  });
}

void Jobs::pump() {
  std::optional<base::Duration> wait;
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    Lane& lane = at->second;
    if (const auto next = pump_lane(at->first, lane))
      wait = std::min(*next, wait.value_or(longest_wait));
    const bool is_idle = lane.waiting.empty() && lane.running == 0 && !lane.is_paced;
    at = is_idle ? lanes_.erase(at) : std::next(at);
  }
  if (awake_ || !wait) return;  // nothing waits but for an event
  environment_.loop.cancel(timer_);
  timer_ = environment_.loop.call_after(*wait, [this] {
    timer_ = 0;
    pump();
  });
}

std::optional<base::Duration> Jobs::pump_lane(const std::string& name, Lane& lane) {
  while (!lane.waiting.empty() && !lane.pace.paused) {
    const bool is_full = lane.pace.at_once != 0 && lane.running >= lane.pace.at_once;
    if (is_full || running_.size() >= environment_.at_once) return std::nullopt;
    const auto& [due, id] = *lane.waiting.begin();
    const base::Instant now_is = environment_.loop.now();
    const base::Duration wait = std::max<base::Duration>(due - now(), lane.next_start - now_is);
    if (wait > base::Duration::zero()) return wait;
    if (lane.pace.per_second > 0) {
      const std::chrono::duration<double> gap(1 / lane.pace.per_second);
      lane.next_start = now_is + std::chrono::duration_cast<base::Duration>(gap);
    }
    const std::string started = id;
    lane.waiting.erase(lane.waiting.begin());
    if (!running_.insert(started).second) continue;
    ++lane.running;
    tasks_.spawn(run(name, started));
  }
  return std::nullopt;
}

Task<void> Jobs::run(std::string lane, std::string id) {
  const auto again = co_await run_once(id);
  running_.erase(id);
  Lane& left = lanes_[lane];
  --left.running;
  if (again) enqueue(lane, *again, id);
  wake();
}

Task<std::optional<WallTime>> Jobs::run_once(std::string id) {
  auto row = co_await find(id);
  if (!row) co_return now() + trouble_pause;
  if (!*row || (*row)->is_over()) co_return std::nullopt;
  Job& job = **row;
  if (job.state == Job::State::queued && job.due > now()) co_return job.due;
  const bool is_leased = job.state == Job::State::leased;
  if (is_leased && !is_ours(job) && *job.lease_until > now()) co_return *job.lease_until;
  const auto handler = handlers_.find(job.kind);
  Claim claim(std::move(job), environment_.owner);
  if (handler == handlers_.end()) {
    JobOutcome unknown{.state = Job::State::failed, .word = "unknown-kind"};
    co_return co_await settle(claim, std::move(unknown));
  }
  if (!is_leased && is_too_late(claim.job(), now())) {
    JobOutcome late{.state = Job::State::missed, .word = "late"};
    co_return co_await settle(claim, std::move(late));
  }
  auto outcome = co_await handler->second->run(claim);
  if (!outcome) {
    base::Error why = std::move(outcome.error());
    co_return co_await look_again(std::move(id), std::move(why));
  }
  JobOutcome known = std::move(*outcome);
  co_return co_await settle(claim, std::move(known));
}

/// A promise is kept when it is on disk: while the store refuses, the job stays ours.
Task<std::optional<WallTime>> Jobs::settle(Claim& claim, JobOutcome outcome) {
  const bool was_begun = claim.job().attempts > 1 || (claim.job().attempts == 1 && outcome.counts);
  if (outcome.state == Job::State::queued && !was_begun && is_too_late(claim.job(), outcome.again))
    outcome.state = Job::State::missed;
  const Changes changes = claim.settle(std::move(outcome), now());
  while (true) {
    Changes attempt = changes;
    const Result<> stored = co_await environment_.journal.commit(std::move(attempt));
    if (stored) break;
    if (stored.error().code == Errc::conflict) {
      base::Error why = stored.error();
      co_return co_await look_again(claim.job().id, std::move(why));
    }
    co_await base::sleep_for(environment_.loop, trouble_pause);
  }
  const Job& job = claim.job();
  tell(job);
  if (!job.is_over()) co_return job.due;
  count(to_string(job.state));
  const auto handler = handlers_.find(job.kind);
  if (handler != handlers_.end()) handler->second->settled(job);
  co_return std::nullopt;
}

/// Something failed: the row says what is left to do.
Task<std::optional<WallTime>> Jobs::look_again(std::string id, base::Error why) {
  base::log::info("job.put_off", {{"job", id}, {"reason", why.message}});
  const std::chrono::seconds pause =
      why.detail > 0 ? std::chrono::seconds(why.detail) : trouble_pause;
  const WallTime again = now() + pause;
  auto row = co_await find(std::move(id));
  if (!row) co_return again;
  if (!*row || (*row)->is_over()) co_return std::nullopt;
  const Job& job = **row;
  if (job.state == Job::State::leased && !is_ours(job)) co_return *job.lease_until;
  co_return std::max(again, job.due);
}

void Jobs::tell(const Job& job) {
  for (const Listener& listener : listeners_) listener(job);
}

Task<Result<std::optional<Job>>> Jobs::find(std::string id) {
  const auto row =
      co_await environment_.journal.find_document(std::string(Job::collection), std::move(id));
  if (!row) co_return base::fail(row.error());
  if (!*row) co_return std::optional<Job>();
  co_return std::optional<Job>(Job::from_document(**row));
}

Changes Jobs::ending(Job job, Job::State state) const {
  Claim claim(std::move(job), environment_.owner);
  return claim.settle({.state = state, .word = std::string(to_string(state))}, now());
}

Task<Result<>> Jobs::cancel(std::string id) {
  auto row = co_await find(id);
  if (!row) co_return base::fail(row.error());
  if (!*row) co_return base::fail(Errc::not_found, "there is no job " + id);
  Job job = **row;
  if (job.state != Job::State::queued)
    co_return base::fail(Errc::conflict, "the job has begun or is over");
  dequeue(job);
  Changes changes = ending(job, Job::State::canceled);
  Job ended = Job::from_document(changes.documents.front());
  const Result<> stored = co_await environment_.journal.commit(std::move(changes));
  if (!stored) {
    adopt({std::move(job)});
    co_return stored;
  }
  tell(ended);
  co_return stored;
}

Task<Result<std::size_t>> Jobs::cancel_lane(std::string lane) {
  std::size_t canceled = 0;
  while (true) {
    DocumentQuery query;
    query.collection = Job::collection;
    query.tag = live_jobs;
    query.members = {{"lane", lane}, {"state", "queued"}};
    query.limit = page_size;
    auto page = co_await environment_.journal.find_documents(std::move(query));
    if (!page) co_return base::fail(page.error());
    if (page->empty()) co_return canceled;
    std::vector<Document> rows = std::move(*page);
    const auto ended = co_await cancel_all(std::move(rows));
    if (!ended) co_return base::fail(ended.error());
    canceled += *ended;
  }
}

/// One by one: of those that begin at this moment the end does not take hold, and they leave the
/// query by themselves. One group of the store's writer holds them all.
Task<Result<std::size_t>> Jobs::cancel_all(std::vector<Document> rows) {
  std::size_t canceled = 0;
  std::vector<std::pair<Job, Task<Result<>>>> commits;
  for (const Document& row : rows) {
    const Job job = Job::from_document(row);
    dequeue(job);
    Changes changes = ending(job, Job::State::canceled);
    Job ended = Job::from_document(changes.documents.front());
    commits.emplace_back(std::move(ended), environment_.journal.commit(std::move(changes)));
  }
  for (auto& [job, commit] : commits) {
    const Result<> stored = co_await std::move(commit);
    if (!stored && stored.error().code != Errc::conflict) co_return base::fail(stored.error());
    if (!stored) continue;
    ++canceled;
    tell(job);
  }
  co_return canceled;
}

std::size_t Jobs::waiting(const std::string& lane) const {
  const auto found = lanes_.find(lane);
  return found == lanes_.end() ? 0 : found->second.waiting.size();
}

std::size_t Jobs::running(const std::string& lane) const {
  const auto found = lanes_.find(lane);
  return found == lanes_.end() ? 0 : found->second.running;
}

std::size_t Jobs::waiting() const {
  std::size_t sum = 0;
  for (const auto& [name, lane] : lanes_) sum += lane.waiting.size();
  return sum;
}

}  // namespace belfry::call::schedule
