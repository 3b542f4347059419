#pragma once
#include "call/leg.hpp"

namespace belfry::call {

/// Something in the party's audio besides words and keys.
struct Heard {
  enum class Kind { speech_began, speech_ended, beep } kind = Kind::speech_began;
  double hz = 0;  // of a beep
};

/// Listens to a leg's party for as long as it lives: when it speaks, and beeps if asked for. For
/// programs (silence after speech, answering machines); the leg outlives it. Control thread.
class Hearing {
 public:
  enum class For { speech, speech_and_beeps };
  Hearing(Leg& leg, For what);
  Hearing(const Hearing&) = delete;
  Hearing& operator=(const Hearing&) = delete;
  ~Hearing();

  /// What comes next, or nothing at `limit`.
  base::Task<std::optional<Heard>> next_until(base::Instant limit);
  /// For `Leg`.
  void take(Heard heard);

 private:
  static base::Task<void> pop_into(base::Mailbox<Heard>& heard, std::optional<Heard>& into);

  Leg& leg_;
  base::Mailbox<Heard> heard_;
};

}  // namespace belfry::call
