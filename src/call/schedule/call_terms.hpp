#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "call/calling_hours.hpp"
#include "call/record.hpp"

namespace belfry::call::schedule {

/// What becomes of a call that did not come about.
struct RetryPolicy {
  int attempts = 1;  // in all
  std::chrono::seconds delay{300};
  std::vector<LegStatus> on = {LegStatus::no_answer, LegStatus::busy, LegStatus::failed};

  bool wants_another(LegStatus status, int attempts_so_far) const;
};

/// Values of one party's `{{name}}`.
using Variables = std::map<std::string, std::string>;

/// How parties are called and what they hear: one program for all of them. As JSON:
/// `from`?, exactly one of `say`, `twiml`, `url` (with `method`?, `fallback_url`?),
/// `ring_timeout_s`?, `max_duration_s`?, `retry`? {`attempts`, `delay_s`, `on`: ["no-answer", …]},
/// `calling_hours`? {`from`: "08:00", `until`: "21:00"}. `{{name}}` in what is said stands for a
/// party's own value.
struct CallTerms {
  std::string from;
  std::string account_sid;  // empty: the main account
  std::string application;  // shown as whose calls these are
  ProgramSpec program;
  StatusCallback status_callback = {};
  std::chrono::seconds ring_timeout{30};
  std::chrono::seconds max_duration{4 * 3600};
  RetryPolicy retry = {};
  /// At the callee (rule P1). Not set: those of the law, for numbers that a trunk serves.
  std::optional<CallingHours> hours = {};

  /// @return Errc::invalid_argument naming the member.
  static base::Result<CallTerms> from_json(const base::json::object& value);
  base::json::object to_json() const;
  /// The program with a party's own values in it: as they are in words, escaped in TwiML,
  /// percent-encoded in a URL.
  ProgramSpec program_for(const Variables& variables) const;
};

}  // namespace belfry::call::schedule
