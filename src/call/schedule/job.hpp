#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "call/record.hpp"

namespace belfry::call::schedule {

/// A piece of work that is done once: a durable row. `kind` names the `JobHandler` that does it.
struct Job {
  enum class State {
    queued,  // waits for `due`, its lane and its turn
    leased,  // somebody does it, until `lease_until`
    done,    // the five ends
    failed,
    missed,  // its time was over before it could begin
    canceled
  };
  static constexpr std::string_view collection = "job";

  std::string id;  // unique for ever: `<occurrence>/<member>`
  std::string kind;
  std::string lane = {};  // jobs of one lane share a pace and are paused together; empty: at once
  base::WallTime due{};
  std::optional<base::WallTime> expires = {};  // not begun by then: missed
  base::json::object parameters = {};          // the handler's own
  State state = State::queued;
  int attempts = 0;                  // how often it was begun
  base::json::object progress = {};  // of a leased one: what a restart has to know
  base::json::object result = {};    // of an ended one
  std::string outcome = {};          // its one word, for counting: "completed", "busy"
  std::string owner = {};            // who holds the lease
  std::optional<base::WallTime> lease_until = {};
  std::uint64_t fence = 0;  // one more with each write of the row; an outdated writer finds another
  base::WallTime created{};
  std::optional<base::WallTime> ended = {};

  bool is_over() const { return state != State::queued && state != State::leased; }
  /// Its tag is `live` until it is over, then its lane.
  Document to_document() const;
  static Job from_document(const Document& document);
};

inline constexpr std::string_view live_jobs = "live";

std::string_view to_string(Job::State state);

}  // namespace belfry::call::schedule
