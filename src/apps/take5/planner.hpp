#pragma once
#include <map>
#include <string>
#include <vector>

#include "apps/take5/calls.hpp"
#include "apps/take5/texts.hpp"
#include "call/schedule/schedules.hpp"

namespace belfry::apps::take5 {

/// Calls the groups when their moments come: each enabled group with members is a drawn schedule.
/// Moments are drawn ahead and kept with the group; one that was missed is made up within the hour,
/// or drawn again. Control thread.
class Planner final : public call::schedule::Handler {
 public:
  static constexpr std::size_t shown_moments = 5;

  struct Environment {
    base::Loop& loop;
    base::Random& random;
    call::Journal& journal;
    call::schedule::Schedules& schedules;
    Directory& directory;
    Calls& calls;
    Texts& texts;
    std::string account_sid;
  };
  explicit Planner(Environment environment);

  /// When the schedules have started: those that a crash kept from being made are made now.
  base::Task<base::Result<>> start();

  /// When the group is called next; nothing for one that is disabled or empty.
  std::optional<base::WallTime> next(std::int64_t group) const;
  /// At most `count`, in order; these are the moments at which it will be called.
  std::vector<base::WallTime> preview(std::int64_t group, std::size_t count) const;
  /// Groups that cannot be called as they want: [{"groupId", "name", "problems"}].
  base::json::array problems() const;

  // Handler
  std::string_view kind() const override { return "take5"; }
  base::Task<std::optional<base::WallTime>> draw_next(
      call::schedule::Schedule schedule, base::WallTime after
  ) override;
  base::Task<base::Result<call::schedule::Work>> prepare(
      call::schedule::Schedule schedule, call::schedule::Occurrence occurrence
  ) override;
  void fired(const call::schedule::Schedule& schedule, const call::schedule::Occurrence& occurrence)
      override;
  void missed(
      const call::schedule::Schedule& schedule, const call::schedule::Occurrence& occurrence
  ) override;

 private:
  /// A call on its way to the disk. Should it not get there, the group was not called.
  struct Prepared {
    CallRecord call;
    bool is_new = false;
    base::WallTime called_before;
  };

  static std::string schedule_id(std::int64_t group);
  bool is_called(const Group& group) const;
  void draw(std::int64_t group_id);
  void take_back(std::int64_t group);
  base::Result<> may_call(std::int64_t group, base::WallTime due) const;
  base::Task<void> on_change(std::int64_t group, Directory::Change change);
  base::Task<void> put(std::int64_t group);
  base::Task<void> remove(std::int64_t group);
  base::Task<void> follow_void_moment(std::int64_t group);
  base::Task<void> cancel_created(
      std::int64_t group, std::optional<base::WallTime> only, CallStatus status, std::string reason
  );
  void plan_reminder(std::int64_t group);

  Environment environment_;
  std::map<std::int64_t, Prepared> prepared_;  // by group
  base::TaskGroup tasks_;
};

}  // namespace belfry::apps::take5
