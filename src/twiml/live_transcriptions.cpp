#include "twiml/live_transcriptions.hpp"

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "call/leg_ears.hpp"
#include "call/outbox.hpp"
#include "call/switchboard.hpp"
#include "twiml/parameters.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Result;
using base::Task;
using call::Track;

/// How long the last words may take to be understood.
constexpr base::Duration last_words = 30s;

std::string_view word_of(Track track) {
  switch (track) {
    case Track::inbound:
      return "inbound_track";
    case Track::outbound:
      return "outbound_track";
    case Track::both:
      return "both_tracks";
  }
  return "";
}

std::string content_of(const call::Recognized& result) {
  base::json::object content{{"transcript", result.transcript}};
  if (result.final) content["confidence"] = result.confidence;
  return base::json::serialize(content);
}

}  // namespace

/// One transcription: the ears on its tracks, and what is told of them.
class LiveTranscriptions::Running {
 public:
  Running(call::Leg& leg, TranscriptionOrder asked)
      : order(std::move(asked)),
        stop_asked(leg.loop()),
        leg_over(leg.milestones()),
        all_told(leg.loop()),
        services_(leg.services()),
        sid_(base::make_sid("GT", services_.random)),
        leg_sid_(leg.sid()),
        account_sid_(leg.record().account_sid) {
    if (order.name.empty()) order.name = sid_;
  }

  const std::string& sid() const { return sid_; }
  const std::string& leg_sid() const { return leg_sid_; }

  Result<> open(call::Leg& leg) {
    for (const Track track : {Track::inbound, Track::outbound}) {
      if (order.track != track && order.track != Track::both) continue;
      call::RecognitionTerms terms;
      terms.language = order.language;
      terms.hints = order.hints;
      terms.partial_results = order.partial_results;
      auto listener = std::make_unique<Listener>(*this, track);
      BELFRY_TRY(ears, call::LegEars::open(leg, track, std::move(terms), *listener));
      listener->ears = std::move(ears);
      listeners_.push_back(std::move(listener));
    }
    return {};
  }

  void begin() {
    report(
        "transcription-started",
        {{"LanguageCode", order.language},
         {"TranscriptionEngine", std::string(services_.recognizer->engine())},
         {"PartialResults", order.partial_results ? "true" : "false"},
         {"Track", std::string(word_of(order.track))},
         {"InboundTrackLabel", order.inbound_label},
         {"OutboundTrackLabel", order.outbound_label}}
    );
    note("transcription.started");
  }

  void finish() {
    for (const auto& listener : listeners_) listener->ears->finish();
    tell_if_all_told();
  }

  void end() {
    listeners_.clear();
    report("transcription-stopped", {});
    note("transcription.stopped");
  }

  void fail(const base::Error& why) {
    report(
        "transcription-error",
        {{"TranscriptionErrorCode", "20001"}, {"TranscriptionError", why.message}}
    );
    base::log::warning("transcription.error", {{"call", leg_sid_}, {"why", why.message}});
  }

  TranscriptionOrder order;
  base::Event stop_asked;
  std::shared_ptr<call::Leg::Milestones> leg_over;  // may outlive the leg
  base::Event all_told;

 private:
  /// Of one track.
  class Listener final : public call::RecognitionListener {
   public:
    Listener(Running& owner, Track track) : owner_(owner), track_(track) {}
    void on_recognized(const call::Recognized& result) override { owner_.tell(track_, result); }
    void on_recognition_finished() override { end(); }
    void on_recognition_behind(base::Duration left_out) override {
      owner_.fail(
          {Errc::unavailable, "the machine is too slow: " + std::to_string(base::to_ms(left_out)) +
                                  " ms were left out"}
      );
    }
    void on_recognition_failed(const base::Error& why) override {
      owner_.fail(why);
      owner_.stop_asked.set();
      end();
    }
    bool done() const { return done_; }
    std::unique_ptr<call::LegEars> ears;

   private:
    void end() {
      done_ = true;
      owner_.tell_if_all_told();
    }
    Running& owner_;
    Track track_;
    bool done_ = false;
  };

  void tell_if_all_told() {
    if (std::ranges::all_of(listeners_, [](const auto& each) { return each->done(); }))
      all_told.set();
  }

  void tell(Track track, const call::Recognized& result) {
    if (result.transcript.empty()) return;
    report(
        "transcription-content", {{"LanguageCode", order.language},
                                  {"Track", std::string(word_of(track))},
                                  {"TranscriptionData", content_of(result)},
                                  {"Final", result.final ? "true" : "false"}}
    );
  }

  void report(std::string_view event, const call::FormFields& details) {
    if (order.status_callback.url.empty()) return;
    const base::WallTime now = services_.loop.wall_now();
    call::FormFields fields{
        {"AccountSid", account_sid_},
        {"CallSid", leg_sid_},
        {"TranscriptionSid", sid_},
        {"TranscriptionName", order.name},
        {"TranscriptionEvent", std::string(event)},
        {"Timestamp", base::to_rfc3339(now)},
        {"SequenceId", std::to_string(++sequence_)},
    };
    for (const auto& [name, value] : details)
      if (!value.empty()) fields.emplace_back(name, value);
    call::Delivery delivery = call::make_form_delivery(
        account_sid_, order.status_callback, "transcription-callback", sid_, fields,
        services_.random, now
    );
    call::Changes changes;
    changes.deliveries.push_back(std::move(delivery));
    services_.journal.commit_later(std::move(changes));
    services_.outbox.wake();
  }

  void note(std::string type) {
    if (leg_over->over.is_set()) return;
    if (call::Leg* leg = services_.switchboard->find(leg_sid_))
      leg->note(std::move(type), {{"transcription", sid_}, {"name", order.name}});
  }

  call::Services& services_;
  std::string sid_;
  std::string leg_sid_;
  std::string account_sid_;
  std::uint64_t sequence_ = 0;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

/// Takes a transcription out of the table when its task ends, however it does.
class LiveTranscriptions::Leaving {
 public:
  Leaving(LiveTranscriptions& all, Running& one) : all_(all), one_(one) {}
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;
  ~Leaving() { all_.running_.erase(one_.sid()); }

 private:
  LiveTranscriptions& all_;
  Running& one_;
};

LiveTranscriptions::LiveTranscriptions(base::Loop& loop) : loop_(loop), tasks_(loop) {}
LiveTranscriptions::~LiveTranscriptions() = default;

Result<std::string> LiveTranscriptions::start(call::Leg& leg, TranscriptionOrder order) {
  std::size_t there = 0;
  for (const auto& [sid, other] : running_) {
    if (other->leg_sid() != leg.sid()) continue;
    if (!order.name.empty() && other->order.name == order.name)
      return base::fail(Errc::conflict, "a transcription of this name runs already", 20001);
    if (++there >= max_per_leg)
      return base::fail(Errc::refused, "the call has four transcriptions already", 20001);
  }
  auto made = std::make_shared<Running>(leg, std::move(order));
  if (const auto opened = made->open(leg); !opened) {
    made->fail(opened.error());
    return base::fail(opened.error().code, opened.error().message, 20001);
  }
  made->begin();
  running_.emplace(made->sid(), made);
  tasks_.spawn(serve(made));
  return made->sid();
}

Result<std::string> LiveTranscriptions::stop(
    const std::string& leg_sid, const std::string& sid_or_name
) {
  for (const auto& [sid, transcription] : running_) {
    const bool meant = sid == sid_or_name || transcription->order.name == sid_or_name;
    if (transcription->leg_sid() != leg_sid || !meant) continue;
    transcription->stop_asked.set();
    return sid;
  }
  return base::fail(Errc::not_found, "no such transcription");
}

namespace {

Task<void> wait_for(base::Event& event) {
  co_await event.wait();
}

}  // namespace

Task<void> LiveTranscriptions::serve(std::shared_ptr<Running> transcription) {
  const Leaving leaving(*this, *transcription);
  Task<void> stopping = wait_for(transcription->stop_asked);
  Task<void> ending = wait_for(transcription->leg_over->over);
  co_await base::race(loop_, std::move(stopping), std::move(ending));
  transcription->finish();
  Task<void> telling = wait_for(transcription->all_told);
  auto limited = base::with_time_limit(loop_, std::move(telling), last_words);
  co_await std::move(limited);
  transcription->end();
}

}  // namespace belfry::twiml
