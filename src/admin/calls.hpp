#pragma once
#include <string>

#include "call/switchboard.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/calls`: what calls there are and were, what happened in each, placing one, ending
/// one. Control thread; outlives the router's requests.
class Calls {
 public:
  struct Settings {
    std::string default_from;  // shown to the party when a request names nobody
  };
  Calls(call::Switchboard& switchboard, Settings settings)
      : switchboard_(switchboard), settings_(std::move(settings)) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> show(http::Request request);
  base::Task<http::Response> list_events(http::Request request);
  base::Task<http::Response> place(http::Request request);
  base::Task<http::Response> hang_up(http::Request request);

  /// The call that the path names, or the answer that there is none.
  base::Task<std::expected<call::LegRecord, http::Response>> find(const http::Request& request);
  /// `media` and `audio`: how the call's audio is doing, or was when it ended. Null where nothing
  /// is known: before there is audio, and after a crash.
  base::Task<base::json::object> describe_audio(const call::LegRecord& leg);
  base::Task<std::optional<call::SeatStatistics>> measure(std::string sid);
  call::Journal& journal() const { return switchboard_.services().journal; }
  base::Loop& loop() const { return switchboard_.services().loop; }

  call::Switchboard& switchboard_;
  Settings settings_;
};

}  // namespace belfry::admin
