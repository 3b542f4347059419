#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "call/journal.hpp"
#include "call/schedule/job.hpp"
#include "call/schedule/schedule.hpp"

namespace belfry::call::schedule {

/// What an occurrence does, written in the one transaction that claims it (rule R4).
struct Work {
  Changes changes = {};
  std::vector<Job> jobs = {};       // ids begin with the occurrence's key
  base::json::object details = {};  // kept with the occurrence
};

/// Knows what schedules of one kind do. Control thread.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual std::string_view kind() const = 0;

  /// Whether a schedule may have these parameters. @return Errc::invalid_argument saying what is
  /// wrong.
  virtual base::Result<> check(const base::json::object& /*parameters*/) const { return {}; }
  /// Of a schedule whose rule is `drawn`: its next moment after `after`; nothing when there is
  /// none. Asked once, when the schedule is put, when one took place or was missed, and after
  /// `redraw`.
  virtual base::Task<std::optional<base::WallTime>> draw_next(
      Schedule /*schedule*/, base::WallTime /*after*/
  ) {
    co_return std::nullopt;
  }
  /// What is to be written when it takes place. Nothing of it may be done yet.
  /// @return Errc::refused: it must not take place; it is recorded as missed, with the reason.
  /// Other errors are tried again until the grace is over.
  virtual base::Task<base::Result<Work>> prepare(Schedule schedule, Occurrence occurrence) = 0;
  /// It is on disk; its jobs follow by themselves.
  virtual void fired(const Schedule& /*schedule*/, const Occurrence& /*occurrence*/) {}
  virtual void missed(const Schedule& /*schedule*/, const Occurrence& /*occurrence*/) {}
};

}  // namespace belfry::call::schedule
