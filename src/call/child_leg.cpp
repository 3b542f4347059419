#include "call/child_leg.hpp"

#include "call/switchboard.hpp"

namespace belfry::call {
namespace {

using MilestonesPtr = std::shared_ptr<Leg::Milestones>;

base::Task<void> until_over(MilestonesPtr milestones) {
  co_await milestones->over.wait();
}

base::Task<void> until_redirected(MilestonesPtr milestones) {
  co_await milestones->redirected.wait();
}

}  // namespace

ChildLeg::ChildLeg(Switchboard& switchboard, std::string sid)
    : switchboard_(&switchboard), sid_(std::move(sid)) {
  milestones_ = switchboard.find(sid_)->milestones();
}

ChildLeg& ChildLeg::operator=(ChildLeg&& other) noexcept {
  if (this == &other) return *this;
  let_go();
  switchboard_ = other.switchboard_;
  sid_ = std::move(other.sid_);
  milestones_ = std::move(other.milestones_);
  return *this;
}

Leg* ChildLeg::find() const {
  Leg* leg = switchboard_->find(sid_);
  return leg != nullptr && leg->ended() ? nullptr : leg;
}

void ChildLeg::let_go() {
  if (!milestones_ || drives_itself()) return;
  if (Leg* leg = find())
    leg->hang_up(leg->answered() ? HangupCause::normal : HangupCause::canceled);
}

base::Task<void> until_gone(base::Loop& loop, std::shared_ptr<Leg::Milestones> milestones) {
  base::Task<void> over = until_over(milestones);
  base::Task<void> redirected = until_redirected(std::move(milestones));
  co_await base::race(loop, std::move(over), std::move(redirected));
}

Joined::Joined(Leg& one, Leg& other) : media_(one.services().media), seat_(one.seat()) {
  media_.connect(one.seat(), other.joined_seat());
}

Joined::~Joined() {
  // Whoever was redirected has left already and may be elsewhere by now: only one side is parted.
  media_.disconnect(seat_);
}

}  // namespace belfry::call
