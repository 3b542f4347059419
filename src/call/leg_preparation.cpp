// What happens between the answer of an outbound leg and its program: keys are sent, or it is found
// out who has answered.
#include "call/answering_machine.hpp"
#include "call/hearing.hpp"
#include "call/last_word.hpp"
#include "call/outbox.hpp"
#include "call/services.hpp"

namespace belfry::call {

Hearing::Hearing(Leg& leg, For what) : leg_(leg), heard_(leg.loop()) {
  leg_.hearings_.push_back(this);
  MediaPlane& media = leg_.services().media;
  media.watch_speech(leg_.seat());
  if (what == For::speech_and_beeps) media.watch_beep(leg_.seat());
}

Hearing::~Hearing() {
  std::erase(leg_.hearings_, this);
}

void Hearing::take(Heard heard) {
  heard_.push(heard);
}

/// Straight into the waiter's variable: what comes in the moment of the time-out is not lost.
base::Task<void> Hearing::pop_into(base::Mailbox<Heard>& heard, std::optional<Heard>& into) {
  into = co_await heard.pop();
}

base::Task<std::optional<Heard>> Hearing::next_until(base::Instant limit) {
  std::optional<Heard> heard;
  base::Task<void> next = pop_into(heard_, heard);
  co_await base::with_time_limit(leg_.loop(), std::move(next), limit - leg_.loop().now());
  co_return heard;
}

base::Task<void> Leg::prepare() {
  if (!record_.send_digits.empty()) {
    note("digits.sent", {});
    Playback keys = DigitsPlayback{record_.send_digits};
    co_await play(std::move(keys));
    co_return;
  }
  if (record_.machine_detection.mode == MachineDetection::Mode::off) co_return;
  if (record_.machine_detection.in_background) {
    tasks_.spawn(detect_in_background());
  } else {
    base::Task<void> detecting = detect_machine();
    co_await std::move(detecting);
  }
}

base::Task<void> Leg::detect_machine() {
  const base::Instant started = loop().now();
  Hearing hearing(*this, Hearing::For::speech_and_beeps);
  AnsweringMachine machine(record_.machine_detection, started);
  while (const auto due = machine.next_timeout()) {
    const std::optional<Heard> heard = co_await hearing.next_until(*due);
    const base::Instant now = loop().now();
    if (!heard) {
      machine.handle_timeout(now);
    } else if (heard->kind == Heard::Kind::beep) {
      machine.handle_beep(heard->hz, now);
    } else {
      machine.handle_speech(heard->kind == Heard::Kind::speech_began, now);
    }
  }
  conclude_detection(*machine.verdict(), loop().now() - started);
}

base::Task<void> Leg::detect_in_background() {
  const base::Instant started = loop().now();
  {
    // A call that is over before anything is clear is reported too.
    const LastWord unknown(*this, [this, started](const LegRecord&, Changes& changes) {
      conclude_detection(AnsweredBy::unknown, loop().now() - started);
      tell_detection(changes);
    });
    base::Task<void> detecting = detect_machine();
    co_await std::move(detecting);
  }
  Changes changes;
  changes.legs.push_back(record_);
  tell_detection(changes);
  services_.journal.commit_later(std::move(changes));
  services_.outbox.wake();
}

void Leg::conclude_detection(AnsweredBy who, base::Duration took) {
  record_.answered_by = to_string(who);
  record_.detection_took = std::chrono::duration_cast<std::chrono::milliseconds>(took);
  note(
      "amd.result", {{"answered_by", record_.answered_by}, {"ms", record_.detection_took.count()}}
  );
}

void Leg::tell_detection(Changes& changes) {
  if (record_.machine_detection.callback_url.empty()) return;
  const base::WallTime now = services_.loop.wall_now();
  Delivery delivery = services_.callback_format.render_detection(record_, now);
  delivery.id = base::make_uuid(services_.random);
  delivery.order_key = record_.sid;
  delivery.kind = "amd-callback";
  changes.deliveries.push_back(std::move(delivery));
}

}  // namespace belfry::call
