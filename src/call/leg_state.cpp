// How a leg goes from one status to the next, and who is told.
#include "base/log.hpp"
#include "call/last_word.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {
namespace {

/// The word for a status in a list of callback events.
std::string_view callback_event(LegStatus status) {
  switch (status) {
    case LegStatus::queued:
      return "queued";
    case LegStatus::initiated:
      return "initiated";
    case LegStatus::ringing:
      return "ringing";
    case LegStatus::in_progress:
      return "answered";
    case LegStatus::completed:
    case LegStatus::busy:
    case LegStatus::failed:
    case LegStatus::no_answer:
    case LegStatus::canceled:
      return "completed";
  }
  return "";
}

}  // namespace

EventRecord Leg::make_event(std::string type, base::json::object data) {
  return {
      record_.sid, record_.next_event++, services_.loop.wall_now(), std::move(type), std::move(data)
  };
}

void Leg::add_callback(Changes& changes) {
  const StatusCallback& callback = record_.status_callback;
  const std::string_view event = callback_event(record_.status);
  if (callback.url.empty() || std::ranges::find(callback.events, event) == callback.events.end())
    return;
  const base::WallTime now = services_.loop.wall_now();
  Delivery delivery =
      services_.callback_format.render(record_, event, record_.next_callback++, now);
  delivery.id = base::make_uuid(services_.random);
  delivery.order_key = record_.sid;
  delivery.kind = "status-callback";
  delivery.own_application = callback.own_application;
  delivery.created = now;
  delivery.next_attempt = now;
  changes.deliveries.push_back(std::move(delivery));
}

std::optional<Leg::Step> Leg::take_step(LegStatus next, base::json::object data) {
  if (!may_follow(record_.status, next)) {
    base::log::error(
        "leg.impossible_step",
        {{"call", record_.sid}, {"from", to_string(record_.status)}, {"to", to_string(next)}}
    );
    return std::nullopt;
  }
  // Of a call that was taken back before it was dialled nobody is told.
  const bool is_news = record_.status != LegStatus::queued || next != LegStatus::canceled;
  record_.status = next;
  Step step;
  step.event = make_event("call." + std::string(to_string(next)), std::move(data));
  step.changes.events.push_back(step.event);
  if (is_final(next)) {
    for (LastWord* word : last_words_) word->say(record_, step.changes);
    leave_media();
  }
  if (is_news) add_callback(step.changes);
  step.changes.legs.push_back(record_);
  return step;
}

void Leg::announce(const Step& step) {
  base::log::info("call.status", {{"call", record_.sid}, {"status", to_string(record_.status)}});
  services_.feed.publish(record_, step.event);
}

void Leg::enter(LegStatus next, base::json::object data) {
  std::optional<Step> step = take_step(next, std::move(data));
  if (!step) return;
  const bool tells_somebody = !step->changes.deliveries.empty();
  services_.journal.commit_later(std::move(step->changes));
  if (tells_somebody) services_.outbox.wake();
  announce(*step);
}

void Leg::finish(Ending ending) {
  if (ended()) return;
  if (!answered() && ending.handshake != Handshake::none) note_failed_handshake(ending.handshake);
  const bool inbound = record_.direction == LegRecord::Direction::inbound;
  LegStatus status = final_status(ending.cause, answered());
  if (inbound && !answered() && ending.cause == HangupCause::rejected)
    status = LegStatus::no_answer;

  record_.end_reason = ending.detail.empty() ? std::string(to_string(ending.cause)) : ending.detail;
  record_.ended = services_.loop.wall_now();
  record_.party_terms = {};
  if (record_.attempt) record_.attempt->terms = {};
  if (ending.cause == HangupCause::restart && record_.last_seen) record_.ended = record_.last_seen;
  enter(
      status, {{"cause", to_string(ending.cause)},
               {"reason", record_.end_reason},
               {"sip_status", ending.sip_status}}
  );

  milestones_->ending = std::move(ending);
  milestones_->settled.set();
  milestones_->prepared.set();
  milestones_->over.set();
  tasks_.cancel();
  program_tasks_.cancel();
  services_.switchboard->remove(record_.sid);
}

}  // namespace belfry::call
