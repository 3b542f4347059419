#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/task.hpp"
#include "call/schedule/handler.hpp"
#include "call/schedule/jobs.hpp"
#include "call/schedule/recurrence.hpp"

namespace belfry::call {
class Notifications;
}

namespace belfry::call::schedule {

/// What somebody wants of a schedule.
struct ScheduleTerms {
  std::string id;
  std::string kind;
  std::string name = {};
  std::string account_sid = {};
  RecurrenceTerms recurrence = {};  // `start` that is 0 becomes the moment of the first put
  std::chrono::seconds grace{600};
  base::json::object parameters = {};
  bool enabled = true;
};

/// Owns the schedules; fires each moment of each exactly once (rule R4): one transaction claims the
/// occurrence, stores the next moment and inserts all jobs. The rows are in memory; the journal is
/// the truth. Control thread.
class Schedules {
 public:
  struct Environment {
    base::Loop& loop;
    base::Random& random;
    Journal& journal;
    Jobs& jobs;
    Notifications* notifications = nullptr;  // none: what was missed is in the rows and the log
  };
  static constexpr std::size_t most_schedules = 100'000;

  explicit Schedules(const Environment& environment);
  ~Schedules();
  Schedules(const Schedules&) = delete;
  Schedules& operator=(const Schedules&) = delete;

  /// They outlive this. Before `start`.
  void add_handler(Handler& handler);
  bool has_handler(std::string_view kind) const { return handlers_.contains(kind); }
  /// Reads the rows, records what was missed, and begins.
  base::Task<base::Result<>> start();

  const Schedule* find(const std::string& id) const;
  const std::map<std::string, Schedule>& all() const { return schedules_; }

  /// Makes or changes one; durable when it returns, together with `along`. The stored next moment
  /// stays unless the rule, the zone, the hours or `enabled` changed.
  /// @return Errc::invalid_argument for a bad rule or id, Errc::not_found for an unknown kind,
  /// Errc::conflict when somebody else changed it at the same moment or by `along`, Errc::too_large
  /// beyond `most_schedules`.
  base::Task<base::Result<Schedule>> put(ScheduleTerms terms, Changes along = {});
  base::Task<base::Result<Schedule>> set_paused(std::string id, bool paused);
  /// For the owner of a drawn one whose reasons have changed: its next moment is drawn anew.
  base::Task<base::Result<Schedule>> redraw(std::string id);
  /// With `along`; what has taken place stays on record.
  base::Task<base::Result<>> remove(std::string id, Changes along = {});
  /// An occurrence beside the rule. The same `request` a second time finds the first (rule R4).
  base::Task<base::Result<Occurrence>> run_now(std::string id, std::string request);

  /// The next moments, the stored one first. A drawn one has at most that.
  std::vector<base::WallTime> preview(const Schedule& schedule, std::size_t count) const;
  /// Newest first. @param id empty: of all schedules.
  base::Task<base::Result<std::vector<Occurrence>>> occurrences(
      std::string id, std::optional<Occurrence::State> state, std::size_t limit
  );

 private:
  using Due = std::pair<base::WallTime, std::string>;

  base::WallTime now() const { return environment_.loop.wall_now(); }
  void keep(Schedule schedule);
  void forget(const std::string& id);
  void arm();
  void fire_what_is_due();
  base::Task<void> fire(std::string id);
  base::Task<void> after_conflict(Schedule before);
  base::Task<base::Result<>> take_place(Schedule schedule);
  base::Task<base::Result<>> claim(Schedule schedule, Occurrence& occurrence, Work work);
  base::Task<base::Result<>> pass_over(Schedule schedule, std::string reason);
  std::optional<Recurrence> rule_of(const Schedule& schedule) const;
  base::Task<std::optional<base::WallTime>> next_of(Schedule schedule, base::WallTime after);
  /// Commits `schedule` as the next revision of its row. On success it is what we keep.
  base::Task<base::Result<>> write(Schedule schedule, Changes changes);
  base::Task<void> reload(std::string id);
  enum class Draw { when_changed, anew };
  using Edit = std::function<void(Schedule&)>;
  base::Task<base::Result<Schedule>> create(ScheduleTerms terms, Changes along);
  base::Task<base::Result<Schedule>> change(std::string id, Edit edit, Draw draw, Changes along);
  base::Task<void> draw(Schedule& schedule, const Schedule& before, Draw draw);
  base::Result<> check(const ScheduleTerms& terms) const;
  void report_missed(const Schedule& schedule, const Occurrence& last, std::uint64_t count);

  Environment environment_;
  std::map<std::string, Handler*, std::less<>> handlers_;
  std::map<std::string, Schedule> schedules_;
  std::map<std::string, Recurrence> recurrences_;
  std::set<Due> due_;
  std::set<std::string> busy_;
  bool started_ = false;
  base::TimerId timer_ = 0;
  base::TaskGroup tasks_;
};

}  // namespace belfry::call::schedule
