#pragma once
#include "call/schedule/call_runner.hpp"
#include "call/schedule/handler.hpp"

namespace belfry::call::schedule {

/// Schedules of kind "call": each occurrence calls all of `to` (a list of numbers) by the terms
/// beside it (`CallTerms`), one job each.
class CallSchedules final : public Handler {
 public:
  std::string_view kind() const override { return "call"; }
  base::Result<> check(const base::json::object& parameters) const override;
  base::Task<base::Result<Work>> prepare(Schedule schedule, Occurrence occurrence) override;

  static constexpr std::size_t most_numbers = 500;
};

}  // namespace belfry::call::schedule
