#pragma once
#include "admin/trunk_table.hpp"
#include "call/switchboard.hpp"

namespace belfry::admin {

struct TestCall {
  call::Party to;
  std::string from;  // empty: the server's default number
};

/// Does a trunk work? Looks at its addresses and registration, then calls a number by it, says a
/// sentence to whoever answers, and looks whether audio comes back. Takes up to 40 s. Control
/// thread.
class TrunkCheck {
 public:
  struct Line {
    std::string what;  // "address", "registration", "route", "call", "audio"
    bool ok = true;
    std::string seen;
    std::string fix;  // what to do about it; empty when it is well
  };
  struct Report {
    std::vector<Line> lines;
    std::string call_sid;  // of the test call; empty when there was none

    bool ok() const;
  };

  TrunkCheck(call::Switchboard& switchboard, TrunkTable::Row trunk)
      : switchboard_(switchboard), trunk_(std::move(trunk)) {}

  base::Task<Report> run(TestCall terms);

 private:
  void look_at_trunk();
  void look_at_route(const call::LegRecord& leg);
  base::Task<void> call(TestCall terms);
  base::Task<void> listen(const std::string& call_sid);
  base::Task<bool> has_rung();
  void explain(const call::Ending& ending, bool rang);
  void well(std::string what, std::string seen);
  void ill(std::string what, std::string seen, std::string fix);

  call::Switchboard& switchboard_;
  const TrunkTable::Row trunk_;
  Report report_;
};

base::json::object to_json(const TrunkCheck::Report& report);

}  // namespace belfry::admin
