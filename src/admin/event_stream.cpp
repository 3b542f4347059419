#include "admin/event_stream.hpp"

#include "admin/call_json.hpp"
#include "admin/phone_json.hpp"

namespace belfry::admin {

LiveEvents::LiveEvents(base::Loop& loop, call::EventFeed& feed, sim::PhoneNetwork* network)
    : loop_(loop), network_(network) {
  subscription_ =
      feed.subscribe([this](const call::LegRecord& leg, const call::EventRecord& event) {
        if (streams_.empty()) return;
        const base::json::object body{
            {"call", render_call(leg, loop_.wall_now())}, {"event", render_event(event)}
        };
        publish("call", body);
      });
  if (network_ == nullptr) return;
  network_->on_change([this](const sim::Phone& phone) { note_phone(phone.number()); });
}

LiveEvents::~LiveEvents() {
  if (network_ != nullptr) network_->on_change({});
}

void LiveEvents::add_to(http::Router& router) {
  router.add("GET /admin/api/events", http::immediate([this](const http::Request& request) {
               return open(request);
             }));
}

http::Response LiveEvents::open(const http::Request& request) {
  if (streams_.size() >= max_streams) {
    return failure(request, {base::Errc::unavailable, "64 pages are listening already", 0});
  }
  const auto stream = streams_.emplace(streams_.end(), loop_);
  stream->on_closed([this, stream, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) streams_.erase(stream);
  });
  return stream->open();
}

void LiveEvents::publish(std::string_view event, const base::json::value& body) {
  if (streams_.empty()) return;
  const std::string text = base::json::serialize(body);
  // One whose client is gone stays in the list until its turn to be erased; it takes nothing.
  for (http::EventStream& stream : streams_) (void)stream.send(text, event);
}

void LiveEvents::note_phone(const std::string& number) {
  if (streams_.empty()) return;
  const bool first = changed_phones_.empty();
  changed_phones_.insert(number);
  if (!first) return;
  loop_.post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) tell_phones();
  });
}

void LiveEvents::tell_phones() {
  for (const std::string& number : std::exchange(changed_phones_, {})) {
    publish("phone", render_phone(*network_, number));
  }
}

}  // namespace belfry::admin
