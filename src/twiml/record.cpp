#include "twiml/record.hpp"

#include "base/wait.hpp"
#include "call/leg.hpp"
#include "call/services.hpp"
#include "call/transcriptions.hpp"
#include "media/level.hpp"
#include "twiml/parameters.hpp"
#include "twiml/recording.hpp"
#include "twiml/session.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

constexpr base::Duration beep_length = std::chrono::milliseconds(500);

std::string read_finish_keys(ElementReader& reader) {
  const Record defaults;
  auto keys = reader.text("finishOnKey", defaults.finish_on_key);
  if (keys.find_first_not_of("0123456789*#") == std::string::npos) return keys;
  reader.invalid("finishOnKey", 13613);
  return defaults.finish_on_key;
}

call::FormFields results_of(
    const call::RecordingRecord& recorded, const std::string& url, const std::string& digits
) {
  call::FormFields results{
      {"RecordingUrl", url},
      {"RecordingSid", recorded.sid},
      {"RecordingDuration", std::to_string(recorded.duration_s())},
  };
  if (!digits.empty()) results.emplace_back("Digits", digits);
  return results;
}

/// Notices when the caller has been silent for long. Control thread.
class SilenceWatch final : public call::AudioTap {
 public:
  explicit SilenceWatch(base::Loop& loop) : loop_(loop), last_speech_(loop.now()) {}
  void on_audio(call::Track, base::Duration, std::span<const media::Sample> samples) override {
    if (activity_.handle_frame(samples)) last_speech_ = loop_.now();
  }
  bool heard_speech() const { return activity_.heard_speech(); }
  base::Instant last_speech() const { return last_speech_; }

 private:
  base::Loop& loop_;
  media::VoiceActivity activity_{media::narrowband};
  base::Instant last_speech_;
};

base::Task<void> wait_for_silence(
    base::Loop& loop, const SilenceWatch& watch, base::Duration timeout, base::Instant limit
) {
  while (loop.now() < limit) {
    const base::Instant due = watch.last_speech() + timeout;
    if (due <= loop.now() && timeout > base::Duration{0}) co_return;
    const base::Instant next = timeout > base::Duration{0} ? std::min(due, limit) : limit;
    co_await base::sleep_until(loop, next);
  }
}

base::Task<char> wait_for_key(Voice& voice, const std::string& keys) {
  while (true) {
    const char key = co_await voice.next_digit();
    if (keys.find(key) != std::string::npos) co_return key;
  }
}

/// One recording by this verb. When the caller hangs up meanwhile, which destroys it, the action is
/// still requested, with `Digits=hangup`; nobody runs the answer.
class Take {
 public:
  Take(const Record& record, Session& session, call::Leg& leg)
      : record_(record),
        session_(session),
        leg_(leg),
        recordings_(*leg.services().recordings),
        watch_(leg.loop()) {}
  Take(const Take&) = delete;
  Take& operator=(const Take&) = delete;
  ~Take() {
    if (tap_) leg_.services().media.remove_tap(tap_);
    if (ended_ || sid_.empty()) return;
    if (leg_.ended()) {
      ask_action_after_hangup();
      if (!watch_.heard_speech()) static_cast<void>(recordings_.discard(sid_, 16102));
    }
    static_cast<void>(recordings_.stop(sid_));
  }

  base::Result<> begin() {
    auto order = recording_order(
        false, "inbound", record_.trim_silence, record_.recording_callback, session_
    );
    BELFRY_TRY(sid, recordings_.start(leg_, call::RecordingSource::record_verb, std::move(order)));
    sid_ = std::move(sid);
    if (record_.transcribe) order_transcription();
    tap_ = leg_.services().media.add_tap(leg_.seat(), call::Track::inbound, &watch_);
    return {};
  }

  /// Until a key, silence or the longest time ends it.
  base::Task<void> wait() {
    base::Loop& loop = leg_.loop();
    base::Task<void> silence =
        wait_for_silence(loop, watch_, record_.timeout, loop.now() + record_.max_length);
    base::Task<char> key = wait_for_key(session_.voice(), record_.finish_on_key);
    auto winner = co_await base::race(loop, std::move(silence), std::move(key));
    if (winner.index() == 1) digits_ = std::get<1>(winner);
  }

  base::Task<base::Result<call::RecordingRecord>> end() {
    ended_ = true;
    const base::Result<> stopped =
        watch_.heard_speech() ? recordings_.stop(sid_) : recordings_.discard(sid_, 16102);
    if (!stopped) session_.warn(13750, "<Record>: " + stopped.error().message);
    co_return co_await recordings_.finished(sid_);
  }

  call::FormFields results(const call::RecordingRecord& recorded) const {
    return results_of(recorded, recordings_.url_of(recorded), digits_);
  }

 private:
  void ask_action_after_hangup() {
    auto action = session_.transfer(record_.action, record_.method, Session::Purpose::action);
    const auto* transfer = std::get_if<Transfer>(&action);
    if (transfer == nullptr || transfer->request.url.empty()) return;
    call::FormFields fields = standard_parameters(session_.voice().record());
    recordings_.add_epilogue(
        sid_,
        [fields, request = transfer->request,
         &recordings =
             recordings_](const call::RecordingRecord& recorded) -> std::optional<call::Delivery> {
          if (recorded.status == call::RecordingStatus::absent) return std::nullopt;
          call::FormFields all = fields;
          const auto results = results_of(recorded, recordings.url_of(recorded), "hangup");
          all.insert(all.end(), results.begin(), results.end());
          call::Delivery delivery =
              form_delivery(recorded.account_sid, request.url, request.method, all);
          delivery.kind = "action";
          return delivery;
        }
    );
  }

  /// What is recorded is written down when it is whole, whoever has gone by then.
  void order_transcription() {
    const call::RecordingRecord* recording = recordings_.running(sid_);
    call::Transcriptions* transcriptions = leg_.services().transcriptions;
    if (recording == nullptr || transcriptions == nullptr) return;
    call::CallbackAddress callback;
    if (!record_.transcribe_callback.empty()) {
      const auto url = session_.resolve(record_.transcribe_callback);
      if (!url) session_.warn(13257, "transcribeCallback: " + url.error().message);
      if (url) callback = {.url = *url, .own_application = session_.is_own(*url)};
    }
    transcriptions->order(
        *recording, std::move(callback), standard_parameters(session_.voice().record())
    );
    if (leg_.services().recognizer == nullptr)
      session_.warn(13618, "no speech recogniser is available; the transcription will fail");
  }

  const Record& record_;
  Session& session_;
  call::Leg& leg_;
  call::Recordings& recordings_;
  SilenceWatch watch_;
  call::TapId tap_;
  std::string sid_;
  std::string digits_;
  bool ended_ = false;
};

}  // namespace

Record read_record(const Element& element, Findings& findings) {
  constexpr std::uint32_t longest = 4 * 3600;  // rule W3
  ElementReader reader(element, findings);
  Record record;
  record.action = reader.optional_text("action");
  record.method = reader.method("method", 13610);
  record.timeout = reader.seconds("timeout", 5, 0, longest, 13611);
  record.finish_on_key = read_finish_keys(reader);
  record.max_length = reader.seconds("maxLength", 3600, 1, longest, 13612);
  record.play_beep = reader.flag("playBeep", true, 13616);
  record.trim_silence =
      reader.word("trim", "trim-silence", {"trim-silence", "do-not-trim"}, 13699) == "trim-silence";
  record.recording_callback = read_recording_callback(reader);
  record.transcribe_callback = reader.text("transcribeCallback");
  record.transcribe =
      reader.flag("transcribe", false, 13614) || !record.transcribe_callback.empty();
  if (record.transcribe && record.max_length > std::chrono::seconds(120)) {
    if (element.attribute("maxLength") != nullptr) reader.invalid("maxLength", 13617);
    record.max_length = std::chrono::seconds(120);
  }
  reader.report_unknown_attributes();
  reader.report_children();
  return record;
}

base::Task<Step> execute(const Record& record, Session& session) {
  call::Leg* leg = session.voice().leg();
  const bool possible = leg != nullptr && leg->services().recordings != nullptr;
  if (!possible) co_return co_await skip("Record", Answers::yes, session);
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  if (record.play_beep) {
    call::TonePlayback beep{call::TonePlayback::Kind::beep, beep_length};
    co_await session.play(std::move(beep));
  }
  session.voice().forget_digits();
  Take take(record, session, *leg);
  if (auto began = take.begin(); !began) {
    session.warn(13750, "<Record> was skipped: " + began.error().message);
    co_return NextVerb{};
  }
  co_await take.wait();
  session.count_media_progress();
  auto recorded = co_await take.end();
  if (!recorded || recorded->status == call::RecordingStatus::absent) co_return NextVerb{};
  co_return session.transfer(
      record.action, record.method, Session::Purpose::action, take.results(*recorded)
  );
}

}  // namespace belfry::twiml
