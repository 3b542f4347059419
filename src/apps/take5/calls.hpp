#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/take5/directory.hpp"
#include "apps/take5/figures.hpp"
#include "apps/take5/live_call.hpp"
#include "call/schedule/jobs.hpp"

namespace belfry::apps::take5 {

/// The group calls: makes, starts, changes and ends them, and takes up those that a restart has
/// interrupted. The program "take5" of their legs. Control thread.
class Calls final : public call::ProgramFactory, private LiveCall::Owner {
 public:
  struct Environment {
    base::Loop& loop;
    call::Switchboard& switchboard;
    call::Conferences& conferences;
    call::Speech& speech;
    call::schedule::Jobs& jobs;
    Directory& directory;
    Figures& figures;
  };
  Calls(const Environment& environment, CallSettings settings);

  const CallSettings& settings() const { return settings_; }
  void set_outbound_number(std::string number) { settings_.outbound_number = std::move(number); }

  /// Durable when it returns; nobody is rung. One in the future starts by itself at its time.
  /// @return Errc::not_found for the group, Errc::invalid_argument when nobody is in it.
  base::Task<base::Result<CallRecord>> create(std::int64_t group, base::WallTime scheduled);
  /// The created call of the group's schedule for that moment: the one that is there, or a new one.
  base::Task<base::Result<CallRecord>> create_scheduled(
      std::int64_t group, base::WallTime scheduled
  );
  /// Durable when it returns; everybody is rung then.
  /// @return Errc::not_found, Errc::conflict when it is not created.
  base::Task<base::Result<CallRecord>> start(std::string call_id);
  /// A created one is canceled. @return Errc::not_found, Errc::conflict when it is over.
  base::Task<base::Result<CallRecord>> end(std::string call_id);
  base::Task<base::Result<CallRecord>> find(std::string call_id);
  /// @param phone_number E.164
  /// @return Errc::not_found, Errc::conflict when it is over or full.
  base::Task<base::Result<Participant>> add_participant(
      std::string call_id, std::string phone_number
  );
  /// @return Errc::not_found for the call; with detail 1 for the participant.
  base::Task<base::Result<>> remove_participant(std::string call_id, std::string participant_id);
  static constexpr int no_participant = 1;

  struct Query {
    std::string group;       // its id; empty: of all groups
    std::string status;      // empty: any
    std::string after_call;  // only older ones; empty: from the newest
    std::size_t limit = 50;
  };
  base::Task<base::Result<std::vector<CallRecord>>> list(Query query);
  /// What a group's calls come to.
  struct Usage {
    std::size_t calls = 0;            // that somebody was connected in
    std::chrono::minutes minutes{0};  // of all participants, each begun minute counts
  };
  /// By group, of the calls that were made since then.
  base::Task<base::Result<std::map<std::int64_t, Usage>>> usage_since(base::WallTime from);
  std::size_t running() const { return live_.size(); }
  /// Created calls of the group's schedule.
  base::Task<base::Result<std::vector<CallRecord>>> scheduled_calls(std::int64_t group);

  // --- For the group's schedule, which starts a call in the transaction that claims its moment ---

  CallRecord make_record(const Group& group, base::WallTime scheduled, CallRecord::Origin origin);
  /// The call as it is once it has started; its rows, and the group's, are added to `changes`. From
  /// here on the group counts as called today.
  CallRecord prepare_start(CallRecord call, call::Changes& changes);
  void count_created(const CallRecord& call);
  /// They are on disk: everybody is rung.
  void ring(CallRecord call);
  /// Starts a created call in one step with `along`. @return Errc::conflict when it is not created
  /// any more, or from `along`.
  base::Task<base::Result<CallRecord>> launch(CallRecord call, call::Changes along);
  /// A created call will not take place. @return Errc::conflict when it is not created any more.
  base::Task<base::Result<>> cancel(CallRecord call, CallStatus status, std::string reason);

  // --- Start and restart ---

  /// Before the switchboard takes up its legs: their programs find their calls then.
  base::Task<base::Result<>> load();
  /// After it.
  base::Task<base::Result<>> recover();

  /// Told of each change of a call.
  void on_change(std::function<void(const CallRecord&)> listener) {
    on_change_ = std::move(listener);
  }
  /// Told of calls that will start by themselves.
  void on_planned(std::function<void(const CallRecord&)> listener) {
    on_planned_ = std::move(listener);
  }
  /// Told when the next moment of a group's schedule may be void: it has been called without it, or
  /// the call of that moment was canceled.
  void on_moment_void(std::function<void(std::int64_t group)> listener) {
    on_moment_void_ = std::move(listener);
  }

  // ProgramFactory
  std::string_view kind() const override { return "take5"; }
  base::Task<void> run(call::Leg& leg, call::ProgramSpec program) override;

 private:
  // LiveCall::Owner
  void on_changed(const CallRecord& call) override;
  void add_to_end(const CallRecord& call, call::Changes& changes) override;
  void on_idle(const std::string& call_id) override;

  call::Journal& journal() { return environment_.switchboard.services().journal; }
  LiveCall* live(const std::string& call_id) const;
  LiveCall::Environment live_environment();
  base::WallTime free_moment(std::int64_t group);
  struct NewCall {
    call::Changes changes;
    std::vector<call::schedule::Job> jobs;
  };
  NewCall rows_of(const CallRecord& call) const;
  base::Task<base::Result<CallRecord>> store_new(CallRecord call);
  base::Task<base::Result<CallRecord>> of_same_moment(CallRecord call);
  base::Task<base::Result<>> store_created(CallRecord call);
  base::Result<> check_telephony() const;
  void bring_members_up_to_date(CallRecord& call) const;
  base::Task<base::Result<>> load_one(std::string call_id);
  void follow(const call::LegRecord& leg, const call::EventRecord& event);

  Environment environment_;
  CallSettings settings_;
  std::map<std::int64_t, base::WallTime> last_made_;  // by group: what the last id was made of
  std::map<std::string, std::unique_ptr<LiveCall>> live_;
  std::function<void(const CallRecord&)> on_change_;
  std::function<void(const CallRecord&)> on_planned_;
  std::function<void(std::int64_t)> on_moment_void_;
  call::EventFeed::Subscription subscription_;
};

}  // namespace belfry::apps::take5
