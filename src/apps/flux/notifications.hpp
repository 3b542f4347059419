#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/flux/call_request.hpp"
#include "call/calling_hours.hpp"
#include "call/switchboard.hpp"

namespace belfry::apps::flux {

/// What became of a key press, or of none; written once per call.
struct Response {
  std::string call_sid;
  std::string task_id;
  std::string digits;
  bool acknowledged = false;
  base::WallTime processed{};
};

/// One notification as pages and API show it.
struct Notification {
  std::string call_sid;
  std::string task_id;  // empty: none
  std::string task_title;
  std::string to;
  std::string status;  // of the call
  std::string end_reason;
  base::WallTime initiated{};
  std::optional<Response> response;

  base::json::object to_json() const;
};

/// The rule of the application: places calls, keeps what was acknowledged, tells the configured
/// webhook. Control thread.
class Notifications {
 public:
  struct Settings {
    std::string from;         // number shown to the party
    std::string webhook_url;  // is told `task.acknowledged`; empty: nobody
    std::chrono::seconds ring_timeout{60};
    call::CallingHours hours;  // of calls that a carrier takes; a simulated phone disturbs nobody
  };
  Notifications(
      base::Loop& loop, base::Random& random, call::Switchboard& switchboard, Settings settings
  );

  /// Errc::refused outside the calling hours.
  /// @param base_url scheme and host under which this server's callbacks are reached.
  base::Task<base::Result<call::LegRecord>> place(CallRequest request, std::string base_url);
  /// Only digit 1 of a person acknowledges, and only the first response of a call counts: a
  /// repeated one changes nothing. Durable when it returns.
  /// @return whether the call's task is acknowledged now.
  base::Task<base::Result<bool>> respond(
      std::string call_sid, std::string task_id, std::string digits, bool machine
  );

  base::Task<base::Result<std::optional<Notification>>> find(std::string call_sid);
  /// Newest first.
  base::Task<base::Result<std::vector<Notification>>> list(std::string task_id, std::size_t limit);
  /// Called with the SID of a call whose notification has changed; `find` tells what it is now.
  /// Cheap when nobody looks: a server rings thousands of calls a second, a page shows a few.
  void on_change(std::function<void(const std::string& call_sid)> listener) {
    on_change_ = std::move(listener);
  }

 private:
  base::Result<> admit_now(const call::Party& party) const;
  base::Task<base::Result<Notification>> assemble(call::Document document);

  base::Loop& loop_;
  base::Random& random_;
  call::Switchboard& switchboard_;
  Settings settings_;
  std::function<void(const std::string&)> on_change_;
  call::EventFeed::Subscription subscription_;
};

}  // namespace belfry::apps::flux
