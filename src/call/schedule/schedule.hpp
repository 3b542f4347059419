#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "call/record.hpp"
#include "call/schedule/recurrence.hpp"

namespace belfry::call::schedule {

/// Something that is to happen again and again, or once. `kind` names the `Handler` that knows
/// what.
struct Schedule {
  enum class State {
    active,
    paused,   // nothing becomes due; what would have been is passed over
    finished  // its rule has no further moment
  };
  static constexpr std::string_view collection = "schedule";

  std::string id;  // letters, digits, `.`, `_`, `-`; at most 64
  std::string kind;
  std::string name;
  std::string account_sid;
  RecurrenceTerms recurrence;
  /// How late an occurrence may still take place (rule R4).
  std::chrono::seconds grace{600};
  base::json::object parameters;  // the handler's own
  State state = State::active;
  base::WallTime created{};
  /// Drawn once, kept until it took place, was missed, or the rule changed.
  std::optional<base::WallTime> next;
  std::optional<base::WallTime> last;  // the due moment of the last one that took place
  std::uint64_t fired = 0;
  std::uint64_t missed = 0;
  std::uint64_t revision = 0;  // one more with each write of the row

  Document to_document() const;
  static Schedule from_document(const Document& document);
};

/// One moment of a schedule: it took place or was missed. Its key is unique (rule R4).
struct Occurrence {
  enum class State { fired, missed };
  static constexpr std::string_view collection = "schedule.occurrence";

  std::string schedule_id;
  base::WallTime due{};
  /// Told apart from those of the rule, and from each other: "run-…". Empty: of the rule.
  std::string extra = {};
  State state = State::fired;
  base::WallTime at{};              // when that was decided
  std::string reason = {};          // of a missed one
  std::uint64_t count = 1;          // a missed one may stand for many before it
  std::size_t jobs = 0;             // of a fired one
  base::json::object details = {};  // what the handler says of it

  /// `<schedule>@<due in UTC>`, the first part of its jobs' ids.
  std::string key() const;
  Document to_document() const;
  static Occurrence from_document(const Document& document);
};

std::string_view to_string(Schedule::State state);
std::string_view to_string(Occurrence::State state);
bool is_schedule_id(std::string_view text);
/// Rule R4: the smaller of ten minutes and how long what is planned takes.
std::chrono::seconds default_grace(std::chrono::seconds duration);

}  // namespace belfry::call::schedule
