#include "call/schedule/campaigns.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "base/log.hpp"
#include "call/json_members.hpp"

namespace belfry::call::schedule {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

constexpr std::size_t page_size = 500;
constexpr std::size_t most_variable_bytes = 4096;  // of one number
constexpr base::Duration retry_pause = 5s;
/// Every word that a number's job ends with.
constexpr std::array<std::string_view, 10> outcomes = {"completed",   "no-answer", "busy",
                                                       "failed",      "canceled",  "refused",
                                                       "invalid",     "no-hours",  "unknown",
                                                       "unknown-kind"};

std::unexpected<base::Error> unknown(const std::string& id) {
  return base::fail(Errc::not_found, "there is no campaign " + id);
}

/// What may become what.
bool may_become(Campaign::State from, Campaign::State to) {
  using State = Campaign::State;
  switch (to) {
    case State::draft:
      return false;
    case State::running:
      return from == State::draft || from == State::paused;
    case State::paused:
      return from == State::running;
    case State::completed:
      return from == State::running || from == State::paused;
    case State::cancelled:
      return from == State::draft || from == State::running || from == State::paused;
  }
  return false;
}

std::string campaign_of(const Job& job) {
  return job.id.substr(0, job.id.find('/'));
}

}  // namespace

Campaigns::Campaigns(const Environment& environment)
    : environment_(environment), tasks_(environment.loop) {
  environment_.jobs.add_handler(*this);
}

Task<Result<>> Campaigns::load() {
  std::string after;
  while (true) {
    DocumentQuery query;
    query.collection = Campaign::collection;
    query.after_key = after;
    query.limit = page_size;
    const auto page = co_await environment_.journal.find_documents(std::move(query));
    if (!page) co_return base::fail(page.error());
    for (const Document& row : *page) {
      Campaign campaign = Campaign::from_document(row);
      apply_pace(campaign);
      campaigns_.emplace(row.key, std::move(campaign));
    }
    if (page->size() < page_size) break;
    after = page->back().key;
  }
  co_return Result<>{};
}

Task<Result<>> Campaigns::resume() {
  std::vector<Campaign> known;
  known.reserve(campaigns_.size());
  for (const auto& [id, campaign] : campaigns_) known.push_back(campaign);
  for (const Campaign& campaign : known) {
    if (campaign.state == Campaign::State::cancelled) {
      const auto canceled = co_await environment_.jobs.cancel_lane(campaign.lane());
      if (!canceled) co_return base::fail(canceled.error());
    }
    finish_when_done(campaign.id);
  }
  co_return Result<>{};
}

const Campaign* Campaigns::find(const std::string& id) const {
  const auto found = campaigns_.find(id);
  return found == campaigns_.end() ? nullptr : &found->second;
}

std::vector<const Campaign*> Campaigns::all() const {
  std::vector<const Campaign*> list;
  list.reserve(campaigns_.size());
  for (const auto& [id, campaign] : campaigns_) list.push_back(&campaign);
  std::ranges::sort(list, [](const Campaign* a, const Campaign* b) {
    return std::tie(b->created, b->id) < std::tie(a->created, a->id);
  });
  return list;
}

void Campaigns::apply_pace(const Campaign& campaign) {
  Pace pace = campaign.pace;
  pace.paused = campaign.state != Campaign::State::running;
  environment_.jobs.set_pace(campaign.lane(), pace);
}

/// One job a number: its id holds the number, so that nobody is called twice.
Result<std::vector<Job>> Campaigns::jobs_of(
    const Campaign& campaign, const std::vector<CampaignNumber>& numbers, std::size_t& duplicates
) const {
  if (campaign.numbers + numbers.size() > most_numbers)
    return base::fail(Errc::too_large, "a campaign has at most 100000 numbers");
  std::vector<Job> jobs;
  std::set<std::string> seen;
  for (const CampaignNumber& each : numbers) {
    const auto party = Party::parse(each.number);
    if (!party)
      return base::fail(
          Errc::invalid_argument, "\"" + each.number + "\" is " + party.error().message
      );
    Job job;
    job.id = campaign.id + "/" + party->to_string();
    if (!seen.insert(job.id).second) {
      ++duplicates;
      continue;
    }
    job.kind = kind();
    job.lane = campaign.lane();
    job.due = job.created = now();
    job.parameters = {{"to", party->to_string()}};
    if (!each.variables.empty()) job.parameters["variables"] = to_json(each.variables);
    if (base::json::serialize(job.parameters).size() > most_variable_bytes)
      return base::fail(Errc::too_large, "the variables of " + each.number + " are too long");
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Task<Result<Campaigns::Made>> Campaigns::create(
    Campaign terms, std::vector<CampaignNumber> numbers
) {
  Made made{.campaign = std::move(terms)};
  Campaign& campaign = made.campaign;
  campaign.id = base::make_sid("CP", environment_.random);
  campaign.created = now();
  campaign.state = Campaign::State::draft;
  campaign.numbers = 0;
  campaign.revision = 1;
  auto jobs = jobs_of(campaign, numbers, made.duplicates);
  if (!jobs) co_return base::fail(jobs.error());
  made.added = campaign.numbers = jobs->size();
  apply_pace(campaign);
  Changes along;
  along.new_documents.push_back(campaign.to_document());
  const Result<> stored = co_await environment_.jobs.add(std::move(*jobs), std::move(along));
  if (!stored) co_return base::fail(stored.error());
  campaigns_.emplace(campaign.id, campaign);
  co_return made;
}

/// Each by itself: one that is there already takes no other along.
Task<Result<>> Campaigns::store_each(std::span<const Job> jobs, std::vector<Job>& added) {
  std::vector<Task<Result<>>> commits;
  for (const Job& job : jobs) {
    Changes changes;
    changes.new_documents.push_back(job.to_document());
    commits.push_back(environment_.journal.commit(std::move(changes)));
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Task<Result<>> commit = std::move(commits.at(i));
    const Result<> stored = co_await std::move(commit);
    if (!stored && stored.error().code != Errc::conflict) co_return stored;
    if (stored) added.push_back(jobs[i]);
  }
  co_return Result<>{};
}

Task<Result<Campaigns::Made>> Campaigns::add_numbers(
    std::string id, std::vector<CampaignNumber> numbers
) {
  const Campaign* found = find(id);
  if (found == nullptr) co_return unknown(id);
  if (found->state != Campaign::State::draft)
    co_return base::fail(Errc::conflict, "numbers are added to a draft only");
  Made made{.campaign = *found};
  auto jobs = jobs_of(*found, numbers, made.duplicates);
  if (!jobs) co_return base::fail(jobs.error());
  std::vector<Job> added;
  for (std::size_t first = 0; first < jobs->size(); first += page_size) {
    const auto page = std::span(*jobs).subspan(first, std::min(page_size, jobs->size() - first));
    const auto stored = co_await store_each(page, added);
    if (!stored) co_return base::fail(stored.error());
  }
  made.duplicates += jobs->size() - added.size();
  environment_.jobs.adopt(added);
  made.added = added.size();
  found = find(id);
  if (found == nullptr) co_return unknown(id);
  Campaign changed = *found;
  changed.numbers += added.size();
  Changes nothing;
  const Result<> stored = co_await write(std::move(changed), std::move(nothing));
  if (!stored) co_return base::fail(stored.error());
  made.campaign = *find(id);
  co_return made;
}

Task<Result<>> Campaigns::write(Campaign campaign, Changes changes) {
  changes.conditions.push_back(
      {.document = {std::string(Campaign::collection), campaign.id},
       .member = "revision",
       .expected = static_cast<std::int64_t>(campaign.revision)}
  );
  ++campaign.revision;
  changes.documents.push_back(campaign.to_document());
  const Result<> stored = co_await environment_.journal.commit(std::move(changes));
  if (stored) campaigns_.insert_or_assign(campaign.id, campaign);
  co_return stored;
}

Task<Result<Campaign>> Campaigns::enter(std::string id, Campaign::State state) {
  const Campaign* found = find(id);
  if (found == nullptr) co_return unknown(id);
  if (found->state == state) co_return *found;  // asked twice
  if (!may_become(found->state, state))
    co_return base::fail(Errc::conflict, "the campaign is " + std::string(to_string(found->state)));
  Campaign changed = *found;
  changed.state = state;
  if (state == Campaign::State::running && !changed.started) changed.started = now();
  if (changed.is_over()) changed.ended = now();
  Changes nothing;
  const Result<> stored = co_await write(std::move(changed), std::move(nothing));
  if (!stored) co_return base::fail(stored.error());
  const Campaign entered = *find(id);
  apply_pace(entered);
  base::log::info("campaign.state", {{"campaign", id}, {"state", to_string(state)}});
  co_return entered;
}

Task<Result<Campaign>> Campaigns::start(std::string id) {
  const auto entered = co_await enter(id, Campaign::State::running);
  if (entered) finish_when_done(id);
  co_return entered;
}

Task<Result<Campaign>> Campaigns::pause(std::string id) {
  return enter(std::move(id), Campaign::State::paused);
}

Task<Result<Campaign>> Campaigns::cancel(std::string id) {
  auto entered = co_await enter(id, Campaign::State::cancelled);
  if (!entered) co_return entered;
  const auto canceled = co_await environment_.jobs.cancel_lane(entered->lane());
  if (!canceled) co_return base::fail(canceled.error());
  results_.erase(id);  // counted again when somebody asks
  co_return entered;
}

Task<Result<JobOutcome>> Campaigns::run(Claim& claim) {
  const Campaign* campaign = find(campaign_of(claim.job()));
  if (campaign == nullptr) {
    JobOutcome gone{.state = Job::State::failed, .word = "invalid"};
    co_return gone;
  }
  CallTerms terms = campaign->terms;
  if (terms.account_sid.empty()) terms.account_sid = campaign->account_sid;
  std::string to = text_member(claim.job().parameters, "to");
  co_return co_await environment_.runner.run(claim, std::move(terms), std::move(to));
}

void Campaigns::settled(const Job& job) {
  const std::string id = campaign_of(job);
  ++settled_;
  const auto counted = results_.find(id);
  if (counted != results_.end()) ++counted->second[job.outcome];
  // The job leaves its lane after this.
  environment_.loop.post([this, id] { finish_when_done(id); });
}

void Campaigns::finish_when_done(const std::string& id) {
  const Campaign* campaign = find(id);
  if (campaign == nullptr || !may_become(campaign->state, Campaign::State::completed)) return;
  const std::string lane = campaign->lane();
  if (environment_.jobs.waiting(lane) + environment_.jobs.running(lane) > 0) return;
  tasks_.spawn(complete(id));
}

Task<void> Campaigns::complete(std::string id) {
  while (true) {
    const Campaign* campaign = find(id);
    if (campaign == nullptr || !may_become(campaign->state, Campaign::State::completed)) co_return;
    const auto entered = co_await enter(id, Campaign::State::completed);
    if (entered) co_return;
    co_await base::sleep_for(environment_.loop, retry_pause);
  }
}

Task<Result<Campaigns::Counts>> Campaigns::count(std::string lane) {
  Counts counts;
  for (const std::string_view outcome : outcomes) {
    DocumentQuery query;
    query.collection = Job::collection;
    query.tag = lane;
    query.members = {{"outcome", std::string(outcome)}};
    const auto found = co_await environment_.journal.count_documents(std::move(query));
    if (!found) co_return base::fail(found.error());
    if (*found > 0) counts[std::string(outcome)] = *found;
  }
  co_return counts;
}

Task<Result<Progress>> Campaigns::progress(std::string id) {
  const Campaign* campaign = find(id);
  if (campaign == nullptr) co_return unknown(id);
  const std::string lane = campaign->lane();
  Counts counts;
  if (const auto counted = results_.find(id); counted != results_.end()) {
    counts = counted->second;
  } else {
    const std::uint64_t before = settled_;
    auto found = co_await count(lane);
    if (!found) co_return base::fail(found.error());
    counts = std::move(*found);
    // What ended meanwhile may be in it or not.
    if (settled_ == before) results_.insert_or_assign(id, counts);
  }
  campaign = find(id);
  if (campaign == nullptr) co_return unknown(id);
  Progress progress{.numbers = campaign->numbers, .results = std::move(counts)};
  progress.waiting = environment_.jobs.waiting(lane);
  progress.calling = environment_.jobs.running(lane);
  co_return progress;
}

Task<Result<std::string>> Campaigns::results_csv(std::string id) {
  const Campaign* campaign = find(id);
  if (campaign == nullptr) co_return unknown(id);
  const std::string lane = campaign->lane();
  std::map<std::string, Job> by_id;  // one that ends meanwhile is found twice
  for (const std::string& tag : {std::string(live_jobs), lane}) {
    std::string after;
    while (true) {
      DocumentQuery query;
      query.collection = Job::collection;
      query.tag = tag;
      query.members = {{"lane", lane}};
      query.after_key = after;
      query.limit = page_size;
      const auto page = co_await environment_.journal.find_documents(std::move(query));
      if (!page) co_return base::fail(page.error());
      for (const Document& row : *page) by_id.insert_or_assign(row.key, Job::from_document(row));
      if (page->size() < page_size) break;
      after = page->back().key;
    }
  }
  std::vector<Job> jobs;
  jobs.reserve(by_id.size());
  for (auto& [key, job] : by_id) jobs.push_back(std::move(job));
  co_return render_results(jobs);
}

}  // namespace belfry::call::schedule
