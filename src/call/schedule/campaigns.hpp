#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "call/schedule/call_runner.hpp"
#include "call/schedule/campaign.hpp"
#include "call/schedule/jobs.hpp"

namespace belfry::call::schedule {

/// Owns the campaigns. Every number is a job, so a restart goes on where it stood and nobody is
/// called twice. Control thread.
class Campaigns final : public JobHandler {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    Journal& journal;
    Jobs& jobs;
    CallRunner& runner;
  };
  static constexpr std::size_t most_numbers = 100'000;

  /// Adds itself to the jobs' handlers.
  explicit Campaigns(const Environment& environment);

  /// Before `Jobs::start`: the paces of what runs, and what is paused.
  base::Task<base::Result<>> load();
  /// After it: ends what was over, or was being cancelled, when the server stopped.
  base::Task<base::Result<>> resume();

  struct Made {
    Campaign campaign;
    std::size_t added = 0;
    std::size_t duplicates = 0;
  };
  /// A draft with these numbers. Durable when it returns.
  /// @return Errc::invalid_argument for a number that is none, Errc::too_large.
  base::Task<base::Result<Made>> create(Campaign terms, std::vector<CampaignNumber> numbers);
  /// To a draft; a number that is there already is counted as a duplicate.
  base::Task<base::Result<Made>> add_numbers(std::string id, std::vector<CampaignNumber> numbers);
  base::Task<base::Result<Campaign>> start(std::string id);  // from draft or paused
  base::Task<base::Result<Campaign>> pause(std::string id);
  /// Numbers that wait are canceled; calls that are made go on.
  base::Task<base::Result<Campaign>> cancel(std::string id);

  const Campaign* find(const std::string& id) const;
  std::vector<const Campaign*> all() const;  // newest first
  base::Task<base::Result<Progress>> progress(std::string id);
  base::Task<base::Result<std::string>> results_csv(std::string id);

  // JobHandler
  std::string_view kind() const override { return "campaign"; }
  base::Task<base::Result<JobOutcome>> run(Claim& claim) override;
  void settled(const Job& job) override;

 private:
  using Counts = std::map<std::string, std::uint64_t>;  // by outcome
  base::WallTime now() const { return environment_.loop.wall_now(); }
  base::Result<std::vector<Job>> jobs_of(
      const Campaign& campaign, const std::vector<CampaignNumber>& numbers, std::size_t& duplicates
  ) const;
  base::Task<base::Result<>> store_each(std::span<const Job> jobs, std::vector<Job>& added);
  base::Task<base::Result<Campaign>> enter(std::string id, Campaign::State state);
  base::Task<base::Result<>> write(Campaign campaign, Changes changes);
  void apply_pace(const Campaign& campaign);
  void finish_when_done(const std::string& id);
  base::Task<void> complete(std::string id);
  base::Task<base::Result<Counts>> count(std::string lane);

  Environment environment_;
  std::map<std::string, Campaign> campaigns_;
  std::map<std::string, Counts> results_;  // by campaign
  std::uint64_t settled_ = 0;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call::schedule
