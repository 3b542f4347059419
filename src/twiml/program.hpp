#pragma once
#include <string>

#include "call/program.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {

/// Programs of kind "twiml": runs the document of {"url", "method", "fallback_url",
/// "fallback_method", "own_application"}, or the inline document {"twiml"}, or speaks {"say"}.
class TwimlPrograms final : public call::ProgramFactory {
 public:
  /// What `environment` refers to outlives this.
  explicit TwimlPrograms(Environment environment) : environment_(std::move(environment)) {}
  std::string_view kind() const override { return "twiml"; }
  base::Task<void> run(call::Leg& leg, call::ProgramSpec program) override;

 private:
  Environment environment_;
};

/// Runs a program until it ends or hangs up; whoever runs it hangs up afterwards.
base::Task<void> run_program(Voice& voice, const Environment& environment, Program program);

}  // namespace belfry::twiml
