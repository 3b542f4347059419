#pragma once
#include <list>
#include <set>
#include <string>
#include <string_view>

#include "call/event_feed.hpp"
#include "http/event_stream.hpp"
#include "http/router.hpp"
#include "sim/phone_network.hpp"

namespace belfry::admin {

/// `GET /admin/api/events`: what happens, as server-sent events `call`, `phone` and whatever is
/// published. What a page has missed it reads again: nothing is repeated. Several changes of one
/// phone in one turn of the loop are one event. Control thread; feed and network outlive it.
class LiveEvents {
 public:
  static constexpr std::size_t max_streams = 64;

  /// @param network nullptr while the simulator is off; its one listener is this.
  LiveEvents(base::Loop& loop, call::EventFeed& feed, sim::PhoneNetwork* network);
  LiveEvents(const LiveEvents&) = delete;
  LiveEvents& operator=(const LiveEvents&) = delete;
  ~LiveEvents();

  void add_to(http::Router& router);
  /// Tells every page. `event` is one word: "notification".
  void publish(std::string_view event, const base::json::value& body);
  std::size_t listeners() const { return streams_.size(); }

 private:
  http::Response open(const http::Request& request);
  void note_phone(const std::string& number);
  void tell_phones();

  base::Loop& loop_;
  sim::PhoneNetwork* network_;
  call::EventFeed::Subscription subscription_;
  std::list<http::EventStream> streams_;
  std::set<std::string> changed_phones_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // watched by posted work
};

}  // namespace belfry::admin
