#pragma once
#include <memory>
#include <string>

#include "call/leg.hpp"

namespace belfry::call {

class Switchboard;

/// A leg that another leg's program has made and drives. It is hung up (or cancelled while it
/// rings) when this goes, however it goes; one that has been redirected has a program of its own
/// and stays. Control thread.
class ChildLeg {
 public:
  ChildLeg(Switchboard& switchboard, std::string sid);
  ChildLeg(ChildLeg&& other) noexcept = default;
  ChildLeg& operator=(ChildLeg&& other) noexcept;
  ~ChildLeg() { let_go(); }

  const std::string& sid() const { return sid_; }
  /// nullptr when it is over.
  Leg* find() const;
  /// They stay when it is over.
  const std::shared_ptr<Leg::Milestones>& milestones() const { return milestones_; }
  bool drives_itself() const { return milestones_->redirected.is_set(); }

 private:
  void let_go();

  Switchboard* switchboard_;
  std::string sid_;
  std::shared_ptr<Leg::Milestones> milestones_;  // empty: moved from
};

/// The party has hung up, or has a program of its own now.
base::Task<void> until_gone(base::Loop& loop, std::shared_ptr<Leg::Milestones> milestones);

/// A leg and one that it dialled, which hear each other, until this goes or one of them is
/// redirected.
class Joined {
 public:
  Joined(Leg& one, Leg& other);
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  ~Joined();

 private:
  MediaPlane& media_;
  SeatId seat_;
};

}  // namespace belfry::call
