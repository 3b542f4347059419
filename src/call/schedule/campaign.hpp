#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "call/schedule/call_terms.hpp"
#include "call/schedule/jobs.hpp"

namespace belfry::call::schedule {

/// A list of numbers that are called by one program, once each (and again as the retry policy
/// wants), at a pace.
struct Campaign {
  enum class State {
    draft,  // numbers may be added; nobody is called
    running,
    paused,     // nobody more is called; calls that are made go on
    completed,  // every number has its result
    cancelled
  };
  static constexpr std::string_view collection = "campaign";

  std::string id;  // CP…
  std::string name;
  std::string account_sid;
  CallTerms terms;
  Pace pace{.per_second = 1, .at_once = 10};
  State state = State::draft;
  base::WallTime created{};
  std::optional<base::WallTime> started = {};
  std::optional<base::WallTime> ended = {};
  std::uint64_t numbers = 0;
  std::uint64_t revision = 0;  // one more with each write of the row

  bool is_over() const { return state == State::completed || state == State::cancelled; }
  /// The lane of its jobs.
  std::string lane() const { return "campaign:" + id; }
  Document to_document() const;
  static Campaign from_document(const Document& document);
};

/// How far it is.
struct Progress {
  std::uint64_t numbers = 0;
  std::uint64_t waiting = 0;  // those between two attempts too
  std::uint64_t calling = 0;
  std::map<std::string, std::uint64_t> results = {};  // by `Job::outcome`, of numbers that are done
};

struct CampaignNumber {
  std::string number;
  Variables variables = {};
};

std::string_view to_string(Campaign::State state);

/// The results as CSV (RFC 4180): number, state, outcome, attempts, call, seconds, end, reason, and
/// a column for each variable. Cells that a spreadsheet would take for a formula are quoted (rule
/// H5).
std::string render_results(const std::vector<Job>& jobs);

}  // namespace belfry::call::schedule
