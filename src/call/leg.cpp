#include "call/leg.hpp"

#include "base/log.hpp"
#include "call/hearing.hpp"
#include "call/last_word.hpp"
#include "call/notifications.hpp"
#include "call/outbox.hpp"
#include "call/recordings.hpp"
#include "call/referral.hpp"
#include "call/switchboard.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_waiting_digits = 256;

}  // namespace

/// The one thing that the leg plays at present; stops the sound when it is destroyed early.
class Leg::PlaybackWait {
 public:
  PlaybackWait(Leg& leg, Playback playback, Words words)
      : leg_(leg), words_(std::move(words)), finished_(leg.loop()) {
    leg_.stop_playing();
    leg_.playing_ = this;
    id_ = leg_.services_.media.play(leg_.listened_seat_, std::move(playback));
  }
  PlaybackWait(const PlaybackWait&) = delete;
  PlaybackWait& operator=(const PlaybackWait&) = delete;
  ~PlaybackWait() {
    if (leg_.playing_ != this) return;
    leg_.playing_ = nullptr;
    if (!finished_.is_set() && leg_.listened_seat_)
      leg_.services_.media.stop_playing(leg_.listened_seat_);
  }

  void on_started(PlaybackId playback) {
    if (playback != id_ || words_.text.empty()) return;
    if (leg_.endpoint_) leg_.endpoint_->on_words(words_);
    leg_.note("speech.started", {{"text", words_.text}});
  }
  void on_finished(PlaybackId playback) {
    if (playback != id_) return;
    if (!words_.text.empty()) leg_.note("speech.finished", {});
    finished_.set();
  }
  base::Event& finished() { return finished_; }

 private:
  Leg& leg_;
  Words words_;
  PlaybackId id_;
  base::Event finished_;
};

Leg::Leg(Services& services, LegRecord record)
    : services_(services),
      record_(std::move(record)),
      milestones_(std::make_shared<Milestones>(services.loop)),
      attempt_outcomes_(services.loop),
      digits_(services.loop),
      referrals_(services.loop),
      tasks_(services.loop),
      program_tasks_(services.loop) {}

Leg::~Leg() {
  leave_media();
  for (const base::TimerId timer : {ring_timer_, duration_timer_}) services_.loop.cancel(timer);
  if (listened_seat_) services_.media.listen(listened_seat_, nullptr);
}

base::Loop& Leg::loop() {
  return services_.loop;
}
SeatId Leg::seat() const {
  return endpoint_ ? endpoint_->seat() : SeatId{};
}
SeatId Leg::joined_seat() const {
  return endpoint_ ? endpoint_->joined_seat() : SeatId{};
}

void Leg::start_outbound() {
  tasks_.spawn(run_outbound());
}
void Leg::resume() {
  tasks_.spawn(run_resumed());
}

void Leg::start_inbound(std::unique_ptr<Endpoint> endpoint) {
  endpoint_ = std::move(endpoint);
  on_state(endpoint_->initial_state());
  attach_seat();
  start_program();
}

void Leg::redirect(ProgramSpec program) {
  if (ended()) return;
  record_.program = std::move(program);
  Changes changes;
  changes.legs.push_back(record_);
  services_.journal.commit_later(std::move(changes));
  milestones_->redirected.set();
  if (!answered() && record_.direction != LegRecord::Direction::inbound) return;
  // At once: what the new program enters must not be left by what is cleared away of the old one.
  if (seat()) services_.media.disconnect(seat());
  program_tasks_.cancel();
  forget_digits();
  start_program();
}

void Leg::end_after_restart() {
  own_ending_ = Ending{HangupCause::restart, 0, "the server was restarted"};
  if (const auto opened = open_endpoint(); opened) {
    endpoint_->hang_up(HangupCause::restart);
    start_timer(ring_timer_, 32s, HangupCause::restart);
  } else {
    finish(*own_ending_);
  }
}

void Leg::start_timer(base::TimerId& timer, base::Duration delay, HangupCause cause) {
  services_.loop.cancel(timer);
  timer = services_.loop.call_after(delay, [this, cause] {
    if (own_ending_) {
      finish(*own_ending_);  // the endpoint was told, and does not end
    } else {
      hang_up(cause, std::string(to_string(cause)));
    }
  });
}

// --- Verbs ---

base::Task<base::Result<>> Leg::answer() {
  if (!ended() && !answered() && record_.direction == LegRecord::Direction::inbound) {
    endpoint_->answer();
    const auto milestones = milestones_;
    co_await milestones->settled.wait();
  }
  if (!answered() || ended()) co_return base::fail(base::Errc::cancelled, "the leg has ended");
  co_return base::Result<>{};
}

void Leg::ring() {
  if (!ended() && !answered() && record_.direction == LegRecord::Direction::inbound)
    endpoint_->ring();
}

bool Leg::open_early_media() {
  const bool waits = !ended() && !answered() && record_.direction == LegRecord::Direction::inbound;
  return waits && endpoint_->open_early_media();
}

base::Task<void> Leg::play(Playback playback, Words words) {
  if (ended() || !listened_seat_) co_return;
  PlaybackWait playing(*this, std::move(playback), std::move(words));
  co_await playing.finished().wait();
}

void Leg::stop_playing() {
  if (playing_ == nullptr) return;
  PlaybackWait* interrupted = std::exchange(playing_, nullptr);
  services_.media.stop_playing(listened_seat_);
  interrupted->finished().set();
}

base::Task<char> Leg::next_digit() {
  co_return co_await digits_.pop();
}

void Leg::hang_up(HangupCause cause, std::string detail) {
  if (ended()) return;
  if (!own_ending_) own_ending_ = Ending{cause, 0, std::move(detail)};
  if (endpoint_) {
    endpoint_->hang_up(cause);
    start_timer(
        ring_timer_, 32s, cause
    );  // 64·T1: no answer to BYE or CANCEL comes after that (RFC 3261 §17)
  } else {
    finish(*own_ending_);
  }
}

void Leg::note(std::string type, base::json::object data) {
  Changes changes;
  changes.events.push_back(make_event(std::move(type), std::move(data)));
  const EventRecord event = changes.events.front();
  services_.journal.commit_later(std::move(changes));
  services_.feed.publish(record_, event);
}

void Leg::report_error(int code, std::string message) {
  if (services_.notifications != nullptr) {
    Problem problem{.account_sid = record_.account_sid};
    problem.call_sid = record_.sid;
    problem.code = code;
    problem.message = message;
    services_.notifications->add(problem);
  }
  note_error(code, std::move(message));
}

void Leg::note_error(int code, std::string message) {
  record_.error_code = code;
  base::log::warning("call.error", {{"call", record_.sid}, {"code", code}, {"message", message}});
  note("error", {{"code", code}, {"message", std::move(message)}});
}

// --- What the endpoint and the seat say ---

void Leg::on_ringing() {
  if (record_.status != LegStatus::initiated) return;
  enter(LegStatus::ringing);
  milestones_->rang.set();
}

void Leg::on_early_media() {
  attach_seat();
  milestones_->early_media.set();
}

void Leg::on_answered() {
  if (ended() || answered()) return;
  services_.loop.cancel(std::exchange(ring_timer_, 0));
  attach_seat();
  record_.answered = services_.loop.wall_now();
  // Of a call that came in they are for its application, as long as it lasts.
  if (record_.direction != LegRecord::Direction::inbound) record_.party_terms = {};
  record_.last_seen = record_.answered;
  follow_media();
  start_timer(duration_timer_, record_.max_duration, HangupCause::max_duration);
  tasks_.spawn(store_answer());
}

/// Rule R3: a call that was answered is hung up after a crash, not dialled again; so nobody is told
/// of the answer, and no program begins, before it is on disk.
base::Task<void> Leg::store_answer() {
  record_from_answer();
  std::optional<Step> step = take_step(LegStatus::in_progress, {});
  if (!step) co_return;
  announce(*step);
  const base::Result<> stored = co_await services_.journal.commit(std::move(step->changes));
  if (!stored) base::log::error("leg.answer_not_stored", {{"why", stored.error().message}});
  services_.outbox.wake();
  endpoint_->confirm_answer();
  milestones_->was_answered = true;
  milestones_->settled.set();
  attempt_outcomes_.push(std::nullopt);
}

void Leg::record_from_answer() {
  if (!record_.record || services_.recordings == nullptr) return;
  Recordings& recordings = *services_.recordings;
  const auto started = recordings.start(*this, RecordingSource::outbound_api, *record_.record);
  if (!started) {
    report_error(16100, "the call is not recorded: " + started.error().message);
    return;
  }
  if (const RecordingRecord* recording = recordings.running(*started))
    record_.recorded = {*started, recordings.url_of(*recording), recording->started};
}

void Leg::on_ended(Ending ending) {
  if (ended()) return;
  if (answered() || record_.direction == LegRecord::Direction::inbound) {
    finish(own_ending_.value_or(std::move(ending)));
  } else if (own_ending_) {
    own_ending_->sip_status = ending.sip_status;
    finish(*own_ending_);
  } else {
    attempt_outcomes_.push(std::move(ending));
  }
}

void Leg::on_digit(char digit) {
  accept_digit(digit, media::DoubledKeys::Way::signalling);
  if (!ended() && listened_seat_) services_.media.press(listened_seat_, digit);
}
void Leg::on_seat_digit(char digit) {
  accept_digit(digit, media::DoubledKeys::Way::media);
}

void Leg::accept_digit(char digit, media::DoubledKeys::Way way) {
  if (ended() || digits_.size() >= max_waiting_digits) return;
  if (doubled_keys_.is_repeat(digit, way, services_.loop.now())) return;
  const bool by_media = way == media::DoubledKeys::Way::media;
  note(
      "digit.received",
      {{"digit", std::string(1, digit)}, {"how", by_media ? "media" : "signalling"}}
  );
  digits_.push(digit);
}

void Leg::on_state(base::json::object state) {
  if (ended() || !record_.attempt) return;
  record_.attempt->state = std::move(state);
  Changes changes;
  changes.legs.push_back(record_);
  services_.journal.commit_later(std::move(changes));
}

void Leg::on_trace(std::string type, base::json::object data) {
  if (!ended()) note(std::move(type), std::move(data));
}

void Leg::on_playback_started(PlaybackId playback) {
  if (playing_ != nullptr) playing_->on_started(playback);
}

void Leg::on_playback_finished(PlaybackId playback) {
  if (playing_ != nullptr) playing_->on_finished(playback);
  if (playback_watcher_ != nullptr) playback_watcher_->on_playback_over(playback);
}

void Leg::on_media_timeout() {
  hang_up(HangupCause::media_timeout, "no audio has arrived (rule S9)");
}

void Leg::watch_speech(std::function<void(bool)> told) {
  speech_told_ = std::move(told);
  if (speech_told_ && listened_seat_) services_.media.watch_speech(listened_seat_);
}

void Leg::on_speech(bool speaking) {
  if (speech_told_ && !ended()) speech_told_(speaking);
  for (Hearing* hearing : hearings_)
    hearing->take({speaking ? Heard::Kind::speech_began : Heard::Kind::speech_ended});
}

void Leg::on_beep(double hz) {
  for (Hearing* hearing : hearings_) hearing->take({Heard::Kind::beep, hz});
}

void Leg::show_words(const Words& words) {
  if (ended() || words.text.empty()) return;
  if (endpoint_) endpoint_->on_words(words);
  note("speech.started", {{"text", words.text}});
}

void Leg::attach_seat() {
  const SeatId current = seat();
  if (current == listened_seat_ || !current) return;
  listened_seat_ = current;
  services_.media.listen(current, this);
}

// --- The program ---

void Leg::start_program() {
  program_tasks_.spawn(run_program());
}

base::Task<void> Leg::run_program() {
  // A leg that is redirected meanwhile is not asked again.
  if (!std::exchange(prepared_, true)) {
    base::Task<void> preparing = prepare();
    co_await std::move(preparing);
  }
  milestones_->prepared.set();
  const auto found = services_.programs.find(record_.program.kind);
  if (found == services_.programs.end()) {
    if (!record_.program.kind.empty())
      hang_up(HangupCause::failed, "no program of kind " + record_.program.kind);
    co_return;
  }
  ProgramSpec program = record_.program;
  co_await found->second->run(*this, std::move(program));
  hang_up(HangupCause::normal);
}

}  // namespace belfry::call
