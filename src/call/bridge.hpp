#pragma once
#include "call/program.hpp"

namespace belfry::call {

/// Program "bridge": calls another party and joins the two, parameters {"to", "caller"?}; without
/// "to" it calls the number that the caller asked for, by the dial plan. The caller hears ringing
/// until the other answers, is answered then, and leaves when the other does.
class BridgeProgram final : public ProgramFactory {
 public:
  std::string_view kind() const override { return "bridge"; }
  base::Task<void> run(Leg& leg, ProgramSpec program) override;
};

}  // namespace belfry::call
