// `<Dial><Queue>`: the side of the one who takes a caller out of a queue.
#include "base/wait.hpp"
#include "call/leg.hpp"
#include "call/queues.hpp"
#include "call/switchboard.hpp"
#include "twiml/dial_recording.hpp"
#include "twiml/meeting_others.hpp"
#include "twiml/pending_action.hpp"
#include "twiml/queue_side.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

base::Task<void> ring_back(Session& session) {
  while (true) {
    call::TonePlayback tone{call::TonePlayback::Kind::ringback, std::chrono::hours(1)};
    co_await session.play(std::move(tone));
  }
}

base::Task<void> ready_or_over(base::Loop& loop, call::QueueMeetingPtr meeting) {
  base::Task<void> ready = wait_for_event(meeting->ready);
  base::Task<void> over = wait_for_event(meeting->over);
  co_await base::race(loop, std::move(ready), std::move(over));
}

using QueueSidePtr = std::unique_ptr<QueueSide>;

/// Asks for callers until one is ready to be bridged. One who goes before that is passed over.
base::Task<QueueSidePtr> meet(
    call::Queues& queues, call::Leg& leg, std::string name, call::SideDocument document
) {
  while (true) {
    auto request = queues.request(leg, name, document);
    if (!request) co_return nullptr;  // it was deleted meanwhile
    call::QueueMeetingPtr meeting = co_await (*request)->meeting();
    auto side = std::make_unique<QueueSide>(leg, meeting);
    co_await ready_or_over(leg.loop(), meeting);
    if (!meeting->over.is_set()) co_return std::move(side);
  }
}

/// The same with ring-back.
base::Task<QueueSidePtr> meet_ringing(
    Session& session, std::string name, call::SideDocument document
) {
  call::Leg& leg = *session.voice().leg();
  base::Task<QueueSidePtr> meeting =
      meet(*leg.services().queues, leg, std::move(name), std::move(document));
  base::Task<void> ringing = ring_back(session);
  auto outcome = co_await base::race(leg.loop(), std::move(meeting), std::move(ringing));
  co_return std::move(std::get<0>(outcome));
}

call::FormFields results_of(std::string status, const call::QueueMeeting* meeting) {
  call::FormFields fields{{"DialCallStatus", std::move(status)}};
  if (meeting == nullptr) {
    fields.emplace_back("DialBridged", "false");
    return fields;
  }
  fields.emplace_back("DialCallSid", meeting->caller_sid);
  fields.emplace_back("DialBridged", meeting->bridged ? "true" : "false");
  fields.emplace_back("QueueSid", meeting->queue_sid);
  fields.emplace_back("QueueTime", std::to_string(meeting->waited_s));
  return fields;
}

}  // namespace

base::Task<Step> dial_queue(const Queue& queue, const Dial& dial, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  call::Leg* leg = session.voice().leg();
  if (leg == nullptr || leg->services().queues == nullptr) {
    base::Task<Step> skipped = skip("Queue", Answers::yes, session);
    co_return co_await std::move(skipped);
  }
  call::QueueMeetingPtr meeting;
  DialRecording recording(dial, session);
  PendingAction action(session, dial.action, dial.method, [&](bool leg_ended) {
    using Fields = std::optional<call::FormFields>;
    if (!leg_ended) return Fields();
    call::FormFields fields = results_of(meeting ? "completed" : "canceled", meeting.get());
    recording.add_to(fields);
    return Fields(std::move(fields));
  });
  const std::string& account = leg->record().account_sid;
  if (leg->services().queues->find_by_name(account, queue.name) == nullptr) {
    session.warn(14212, "there is no queue of this name");
    co_return action.conclude(results_of("failed", nullptr));
  }
  call::SideDocument document;
  if (!queue.url.empty()) {
    auto url = session.resolve(queue.url);
    if (!url) co_return Failure{std::move(url.error()), queue.url};
    document.own_application = session.is_own(*url);
    document.url = std::move(*url);
    document.method = queue.method;
  }
  recording.on_ringing();
  base::Task<QueueSidePtr> waiting = meet_ringing(session, queue.name, std::move(document));
  auto met = base::with_time_limit(leg->loop(), std::move(waiting), dial.timeout);
  auto found = co_await std::move(met);
  if (!found || !*found) {
    call::FormFields nobody = results_of("no-answer", nullptr);
    recording.add_to(nobody);
    co_return action.conclude(std::move(nobody));
  }
  const QueueSidePtr side = std::move(*found);
  meeting = side->meeting();
  call::Leg* caller = leg->services().switchboard->find(meeting->caller_sid);
  if (caller == nullptr || caller->ended())
    co_return action.conclude(results_of("failed", meeting.get()));
  leg->services().media.connect(leg->seat(), caller->seat());
  meeting->bridged = true;
  recording.on_answer();
  leg->note("bridge.connected", {{"with", caller->sid()}});
  caller->note("bridge.connected", {{"with", leg->sid()}});
  const base::Instant begun = leg->loop().now();
  const Parting parting = co_await wait_for_parting(meeting->over, dial, session);
  recording.stop();
  session.count_media_progress();
  call::FormFields results =
      results_of(parting == Parting::star ? "answered" : "completed", meeting.get());
  results.emplace_back(
      "DialCallDuration", std::to_string(base::to_ms(leg->loop().now() - begun) / 1000)
  );
  recording.add_to(results);
  co_return action.conclude(std::move(results));
}

}  // namespace belfry::twiml
