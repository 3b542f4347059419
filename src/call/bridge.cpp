#include "call/bridge.hpp"

#include "call/leg.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {
namespace {

std::string text_of(const base::json::object& parameters, std::string_view key) {
  const auto* member = parameters.if_contains(key);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

/// Hangs the other leg up when the bridge goes, however it goes.
class OtherLeg {
 public:
  OtherLeg(Switchboard& switchboard, std::string sid)
      : switchboard_(switchboard), sid_(std::move(sid)) {}
  OtherLeg(const OtherLeg&) = delete;
  OtherLeg& operator=(const OtherLeg&) = delete;
  ~OtherLeg() {
    if (Leg* leg = find())
      leg->hang_up(leg->answered() ? HangupCause::normal : HangupCause::canceled);
  }
  Leg* find() const { return switchboard_.find(sid_); }

 private:
  Switchboard& switchboard_;
  std::string sid_;
};

base::Task<void> pass_on_ringing(Leg& caller, std::shared_ptr<Leg::Milestones> other) {
  co_await other->rang.wait();
  caller.ring();
  co_await other->settled.wait();
}

base::Task<void> wait_for_answer(std::shared_ptr<Leg::Milestones> other) {
  co_await other->settled.wait();
}

}  // namespace

base::Task<void> BridgeProgram::run(Leg& leg, ProgramSpec program) {
  Switchboard& switchboard = *leg.services().switchboard;
  const auto to = Party::parse(text_of(program.parameters, "to"));
  if (!to) {
    leg.hang_up(HangupCause::unreachable, to.error().message);
    co_return;
  }
  PlaceCall terms;
  terms.to = *to;
  terms.from = text_of(program.parameters, "caller");
  if (terms.from.empty()) terms.from = leg.record().from;
  terms.direction = LegRecord::Direction::outbound_dial;
  terms.parent_sid = leg.sid();
  const auto placed = switchboard.place_child(terms);
  if (!placed) {
    leg.hang_up(HangupCause::overload, placed.error().message);
    co_return;
  }

  const OtherLeg other(switchboard, *placed);
  const auto milestones = other.find()->milestones();
  base::Task<void> ringing = pass_on_ringing(leg, milestones);
  base::Task<void> settled = wait_for_answer(milestones);
  co_await base::race(leg.loop(), std::move(ringing), std::move(settled));
  if (!milestones->was_answered) {
    leg.hang_up(milestones->ending.cause, milestones->ending.detail);
    co_return;
  }
  const auto answered = co_await leg.answer();
  Leg* joined = other.find();
  if (!answered || joined == nullptr || joined->ended()) co_return;
  leg.services().media.connect(leg.seat(), joined->seat());
  leg.note("bridge.connected", {{"with", *placed}});
  joined->note("bridge.connected", {{"with", leg.sid()}});
  co_await milestones->over.wait();
}

}  // namespace belfry::call
