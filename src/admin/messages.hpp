#pragma once
#include "call/messages.hpp"
#include "call/switchboard.hpp"
#include "http/router.hpp"

namespace belfry::admin {

/// `/admin/api/messages`: the text messages in and out, newest first, with what became of them.
/// Control thread; outlives the router's requests.
class Messages {
 public:
  explicit Messages(call::Switchboard& switchboard) : switchboard_(switchboard) {}

  void add_to(http::Router& router);

 private:
  base::Task<http::Response> list(http::Request request);

  call::Switchboard& switchboard_;
};

}  // namespace belfry::admin
