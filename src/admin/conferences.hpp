#pragma once
#include <string>

#include "call/conferences.hpp"
#include "call/switchboard.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/conferences`: who is in which, who talks now; mute, hold, remove, end. Control
/// thread; outlives the router's requests.
class Conferences {
 public:
  Conferences(call::Switchboard& switchboard, call::Conferences& conferences)
      : switchboard_(switchboard), conferences_(conferences) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list(http::Request request);
  base::Task<http::Response> show(http::Request request);
  base::Task<http::Response> end(http::Request request);
  base::Task<http::Response> change(http::Request request);
  base::Task<http::Response> remove(http::Request request);

  base::json::object render(const call::ConferenceRecord& record) const;
  base::json::object render(const call::Conference& conference, const call::ParticipantRecord& who)
      const;
  /// Why there is no live conference of that SID: it has ended, or there was none.
  base::Task<http::Response> refuse_missing(http::Request request);
  base::Task<base::Result<std::optional<call::ConferenceRecord>>> find(std::string sid);

  call::Switchboard& switchboard_;
  call::Conferences& conferences_;
};

}  // namespace belfry::admin
