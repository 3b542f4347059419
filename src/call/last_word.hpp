#pragma once
#include <functional>

#include "call/leg.hpp"

namespace belfry::call {

/// What a program still owes when its leg ends under it: written in the same commit as the end, and
/// before the leg's own status callback. It counts as long as it lives; the leg outlives it.
class LastWord {
 public:
  /// @param ended the leg as it then is. Adds deliveries (with id and order key) to `changes`.
  using Say = std::function<void(const LegRecord& ended, Changes& changes)>;

  LastWord(Leg& leg, Say say) : leg_(leg), say_(std::move(say)) {
    leg_.last_words_.push_back(this);
  }
  LastWord(const LastWord&) = delete;
  LastWord& operator=(const LastWord&) = delete;
  ~LastWord() { std::erase(leg_.last_words_, this); }

  /// For `Leg`.
  void say(const LegRecord& ended, Changes& changes) const { say_(ended, changes); }

 private:
  Leg& leg_;
  Say say_;
};

}  // namespace belfry::call
