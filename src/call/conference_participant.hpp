#pragma once
#include "call/conference.hpp"

namespace belfry::call {

/// Somebody in the conference, or being called into it.
struct Conference::Participant {
  explicit Participant(base::Loop& loop) : sounds(loop) {}

  ParticipantRecord record;
  Leg* leg = nullptr;  // nullptr while its call is being made; it leaves before the leg goes
  SeatId seat;
  std::shared_ptr<ParticipationState> state;  // shared with the leg's program
  std::optional<SideDocument> wait;
  std::optional<SideDocument> hold;
  std::optional<SideDocument> announcement;
  Sound sound = Sound::none;
  bool speaking = false;
  base::TaskGroup sounds;  // what it alone hears
};

}  // namespace belfry::call
