#include "call/child_leg.hpp"

#include "call/switchboard.hpp"

namespace belfry::call {

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

Joined::Joined(Leg& one, Leg& other) : media_(one.services().media), seat_(one.seat()) {
  media_.connect(one.seat(), other.seat());
}

Joined::~Joined() {
  // Whoever was redirected has left already and may be elsewhere by now: only one side is parted.
  media_.disconnect(seat_);
}

}  // namespace belfry::call
