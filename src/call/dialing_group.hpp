#pragma once
#include <optional>
#include <vector>

#include "call/child_leg.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {

/// Rings several parties for one leg, all at once or one after the other, until one of them is
/// ready to be joined with it. The others are then cancelled (those who had answered too: hung up).
/// All of them are when this goes. Control thread.
class DialingGroup {
 public:
  enum class Order { together, one_by_one };

  /// What goes on beside, for the one who waits. Called from the group's own tasks.
  class Host {
   public:
    virtual ~Host() = default;
    /// This one is called now.
    virtual void on_trying(std::size_t /*target*/) {}
    virtual void on_ringing(std::size_t /*target*/, Leg& /*child*/) {}
    virtual void on_early_media(std::size_t /*target*/, Leg& /*child*/) {}
    /// What a party goes through after its answer, before it may be joined. It is destroyed when
    /// the party hangs up or another one is taken. @return false: it is refused.
    virtual base::Task<bool> screen(std::size_t target, Leg& child) = 0;
  };

  struct Outcome {
    std::size_t target = 0;
    std::string sid = {};                  // empty: no call could be made
    bool accepted = false;                 // ready to be joined: `take` it
    bool answered = false;                 // ... or had been, and was refused or hung up
    bool redirected = false;               // an API gave it something else to do
    LegStatus status = LegStatus::failed;  // how it ended, when it was not accepted
    Ending ending = {};
    std::optional<base::WallTime> answered_at = {};
    std::string sip_call_id = {};  // of a SIP dialog
    NamedValues sip_headers = {};  // X-… of the response that answered or refused
  };

  /// `host` outlives it.
  DialingGroup(Leg& caller, std::vector<PlaceCall> targets, Order order, Host& host);
  DialingGroup(const DialingGroup&) = delete;
  DialingGroup& operator=(const DialingGroup&) = delete;
  ~DialingGroup();

  /// Until one is accepted or all have failed. Of those who failed it tells of one that had
  /// answered, else of the last.
  base::Task<Outcome> run();
  /// The accepted one, now the caller's own.
  ChildLeg take(std::size_t target) { return std::move(*children_.at(target)); }
  /// Those that live or lived, by target.
  const std::vector<std::optional<ChildLeg>>& children() const { return children_; }

 private:
  void start(std::size_t target);
  base::Task<void> follow(std::size_t target);
  base::Task<void> tell_ringing(std::size_t target);
  base::Task<void> tell_early_media(std::size_t target);
  base::Task<bool> unless_gone(
      base::Task<bool> screening, std::shared_ptr<Leg::Milestones> milestones
  );
  Leg* find(std::size_t target) const;
  Outcome outcome_of(std::size_t target) const;
  /// While its leg is there to be asked.
  void remember(std::size_t target);
  void drop_all_but(std::size_t target);

  Leg& caller_;
  std::vector<PlaceCall> targets_;
  Order order_;
  Host& host_;
  std::vector<std::optional<ChildLeg>> children_;
  std::vector<Outcome> known_;  // what their legs said of themselves, by target
  base::Mailbox<Outcome> outcomes_;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

}  // namespace belfry::call
