#include "twiml/enqueue.hpp"

#include "base/wait.hpp"
#include "call/hold_music.hpp"
#include "twiml/meeting_others.hpp"
#include "twiml/pending_action.hpp"
#include "twiml/queue_side.hpp"
#include "twiml/restricted.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

/// A caller's stay in a queue, from entering to leaving it.
class QueueStay {
 public:
  QueueStay(const Enqueue& enqueue, Session& session, call::Leg& leg)
      : enqueue_(enqueue), session_(session), leg_(leg), queues_(*leg.services().queues) {}

  /// Until the caller has left: the word for it. Empty: the leg has ended.
  base::Task<std::string> run();
  /// The word for a stay that is cut off.
  std::string cut_off_result(bool leg_ended) const;
  call::FormFields results(std::string word) const;

 private:
  base::Task<std::string> wait_once();
  base::Task<std::string> wait_documents();
  base::Task<std::string> endless_music();
  base::Task<std::string> meet(call::QueueMeetingPtr meeting);
  base::Task<void> connect_document(call::QueueMeetingPtr meeting);
  call::FormFields position() const;

  const Enqueue& enqueue_;
  Session& session_;
  call::Leg& leg_;
  call::Queues& queues_;
  std::optional<call::SideDocument> wait_;
  std::string queue_sid_;
  std::int64_t waited_s_ = 0;
  std::unique_ptr<call::QueuePlace> place_;
  call::QueueMeetingPtr meeting_;  // shared with the leg that takes the caller out
};

base::Task<std::string> QueueStay::run() {
  auto wait = resolve_wait(enqueue_.wait_url, enqueue_.wait_url_method, session_);
  if (!wait) {
    session_.warn(wait.error().detail, wait.error().message);
    co_return "error";
  }
  wait_ = std::move(*wait);
  auto placed = queues_.enqueue(leg_, enqueue_.name, enqueue_.max_queue_size);
  if (!placed) {
    session_.warn(placed.error().detail, placed.error().message);
    co_return "queue-full";
  }
  place_ = std::move(*placed);
  queue_sid_ = place_->queue_sid();
  while (true) {
    std::string word = co_await wait_once();
    if (word.empty()) co_return word;
    waited_s_ = place_->waited_s();
    if (word != "meeting") co_return word;
    word = co_await meet(meeting_);
    if (word != "again") co_return word;
    meeting_.reset();
    place_->wait_again();
  }
}

/// Waits until somebody takes the caller out ("meeting"), or for the caller's own way out.
base::Task<std::string> QueueStay::wait_once() {
  base::Task<call::QueueMeetingPtr> taken = place_->taken_out();
  base::Task<std::string> heard = wait_documents();
  auto winner = co_await base::race(leg_.loop(), std::move(taken), std::move(heard));
  if (winner.index() == 1) co_return std::get<1>(std::move(winner));
  meeting_ = std::get<0>(std::move(winner));
  co_return "meeting";
}

base::Task<std::string> QueueStay::endless_music() {
  while (true) {
    call::ClipPlayback music{call::hold_music(), call::until_stopped};
    co_await session_.play(std::move(music));
  }
}

base::Task<std::string> QueueStay::wait_documents() {
  if (!wait_) co_return co_await endless_music();
  if (wait_->url.empty()) {
    base::Event never(leg_.loop());
    co_await never.wait();
  }
  RestrictedProgram::Terms terms{DocumentKind::queue_wait, {{"QueueSid", queue_sid_}}};
  terms.own_application = wait_->own_application;
  RestrictedProgram program(session_.voice(), session_.environment(), std::move(terms));
  while (true) {
    DocumentRequest request{wait_->url, wait_->method, position()};
    DocumentEnd end = co_await program.run(std::move(request));
    switch (end.how) {
      case DocumentEnd::How::hung_up:
        co_return "";
      case DocumentEnd::How::left:
        co_return "leave";
      case DocumentEnd::How::failed:
        co_return "error";
      case DocumentEnd::How::finished:
        break;
    }
    while (end.audio) {
      call::ClipPlayback again{end.audio, call::until_stopped};
      co_await session_.play(std::move(again));
    }
  }
}

call::FormFields QueueStay::position() const {
  const auto wait = queues_.find_waiting(queue_sid_, leg_.sid());
  const call::QueueRecord* queue = queues_.find(queue_sid_);
  return {
      {"QueuePosition", std::to_string(wait ? wait->position : 0)},
      {"QueueTime", std::to_string(place_->waited_s())},
      {"AvgQueueTime", std::to_string(queues_.average_wait_s(queue_sid_))},
      {"CurrentQueueSize", std::to_string(queues_.waiting(queue_sid_).size())},
      {"MaxQueueSize", std::to_string(queue == nullptr ? 0 : queue->max_size)},
  };
}

/// "bridged" when they have met, "again" when the other went before that, empty when the leg has
/// ended.
base::Task<std::string> QueueStay::meet(call::QueueMeetingPtr meeting) {
  const QueueSide side(leg_, meeting);
  if (!meeting->document.url.empty()) {
    base::Task<void> document = connect_document(meeting);
    base::Task<void> over = wait_for_event(meeting->over);
    co_await base::race(leg_.loop(), std::move(document), std::move(over));
  }
  meeting->ready.set();
  co_await meeting->over.wait();
  co_return meeting->bridged ? "bridged" : "again";
}

base::Task<void> QueueStay::connect_document(call::QueueMeetingPtr meeting) {
  RestrictedProgram::Terms terms{DocumentKind::queue_connect, {}};
  terms.always = {
      {"QueueSid", queue_sid_},
      {"QueueTime", std::to_string(waited_s_)},
      {"DequeingCallSid", meeting->dialer_sid},
  };
  terms.own_application = meeting->document.own_application;
  RestrictedProgram program(session_.voice(), session_.environment(), std::move(terms));
  DocumentRequest request{meeting->document.url, meeting->document.method, {}};
  // One that fails is in the timeline, and no reason to keep the two apart.
  co_await program.run(std::move(request));
}

std::string QueueStay::cut_off_result(bool leg_ended) const {
  if (meeting_ && meeting_->bridged) return leg_ended ? "bridged" : "redirected-from-bridged";
  if (meeting_ && leg_ended) return "bridging-in-process";
  return leg_ended ? "hangup" : "redirected";
}

call::FormFields QueueStay::results(std::string word) const {
  const std::int64_t waited = place_ && !meeting_ ? place_->waited_s() : waited_s_;
  return {
      {"QueueResult", std::move(word)},
      {"QueueSid", queue_sid_},
      {"QueueTime", std::to_string(waited)},
  };
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= call::max_queue_name;
}

}  // namespace

Enqueue read_enqueue(const Element& element, Findings& findings) {
  ElementReader reader(element, findings);
  Enqueue enqueue;
  if (!reader.text("workflowSid").empty()) reader.invalid("workflowSid", 14226, Severity::error);
  enqueue.name = element.own_text();
  if (enqueue.name.empty()) findings.warn(14204, "<Enqueue> needs the name of a queue");
  if (enqueue.name.size() > 64) findings.warn(14205, "a queue's name has at most 64 characters");
  enqueue.action = reader.optional_text("action");
  enqueue.method = reader.method("method", 14201);
  enqueue.wait_url = reader.optional_text("waitUrl");
  enqueue.wait_url_method = reader.method("waitUrlMethod", 14206);
  enqueue.max_queue_size = reader.number("maxQueueSize", 1000, 1, 5000, 12200);
  reader.report_unknown_attributes();
  for (const Element& child : element.children)
    if (!child.is_text()) report_misplaced(child, element, findings, 12200);
  return enqueue;
}

base::Task<Step> execute(const Enqueue& enqueue, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  call::Leg* leg = session.voice().leg();
  if (leg == nullptr || leg->services().queues == nullptr) {
    base::Task<Step> skipped = skip("Enqueue", Answers::yes, session);
    co_return co_await std::move(skipped);
  }
  // The stay outlives the action: what is cut off says how.
  QueueStay stay(enqueue, session, *leg);
  PendingAction action(session, enqueue.action, enqueue.method, [&stay, leg](bool leg_ended) {
    using Fields = std::optional<call::FormFields>;
    if (leg->services().queues->abandoned()) return Fields();
    return Fields(stay.results(stay.cut_off_result(leg_ended)));
  });
  if (!is_name(enqueue.name)) co_return action.conclude(stay.results("error"));
  std::string word = co_await stay.run();
  session.count_media_progress();
  if (word.empty()) co_return HungUp{};
  co_return action.conclude(stay.results(std::move(word)));
}

}  // namespace belfry::twiml
