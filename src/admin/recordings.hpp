#pragma once
#include <functional>
#include <string>

#include "call/recordings.hpp"
#include "call/switchboard.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/calls/{sid}/recordings`, `/admin/api/conferences/{sid}/recordings`: with links that
/// a page can play.
/// Control thread; outlives the router's requests.
class Recordings {
 public:
  /// A URL of the sound that needs no credentials for a while.
  using Link = std::function<std::string(const call::RecordingRecord&)>;
  Recordings(call::Switchboard& switchboard, Link link)
      : switchboard_(switchboard), link_(std::move(link)) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list_of_call(http::Request request);
  base::Task<http::Response> list_of_conference(http::Request request);
  /// @param subject SID of what was recorded
  base::Task<http::Response> list(http::Request request, std::string subject);

  call::Switchboard& switchboard_;
  Link link_;
};

}  // namespace belfry::admin
