#include "speech/pocketsphinx_recognizer.hpp"

#include <atomic>
#include <mutex>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "speech/listener_session.hpp"

namespace belfry::speech {
namespace {

using base::Errc;
using base::Result;
using base::Task;
using call::RecognitionTerms;
using call::Recognized;
using Pieces = std::vector<Utterances::Piece>;
using Results = Result<std::vector<Recognized>>;

/// A job is worth its while from here on, unless an utterance is over.
constexpr base::Duration worthwhile = std::chrono::milliseconds(300);
/// A recording is understood in jobs of so many frames, so that the pool serves others in between.
constexpr std::size_t frames_per_job = 100;

void count_utterance(bool understood) {
  base::metrics::counter(
      "belfry_recognized_utterances_total", "Utterances that were listened to",
      {{"result", understood ? "understood" : "nothing"}}
  )
      .add();
}

}  // namespace

/// Decoders are made when they are needed and kept. Any thread.
class PocketsphinxRecognizer::Decoders {
 public:
  explicit Decoders(std::filesystem::path models) : models_(std::move(models)) {}

  Result<std::unique_ptr<PocketsphinxDecoder>> take() {
    // Also while one is made: the library's own set-up is not for two threads.
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return PocketsphinxDecoder::create(models_);
    auto decoder = std::move(idle_.back());
    idle_.pop_back();
    return decoder;
  }
  void give_back(std::unique_ptr<PocketsphinxDecoder> decoder) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(decoder));
  }

  std::atomic<std::size_t> streams = 0;  // with their last job

 private:
  std::filesystem::path models_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<PocketsphinxDecoder>> idle_;
};

/// One party's share of the pool: a session with a decoder of its own from the first sound on.
class PocketsphinxRecognizer::Work {
 public:
  enum class Kind { stream, recording };
  Work(std::shared_ptr<Decoders> decoders, RecognitionTerms terms, Kind kind)
      : decoders_(std::move(decoders)), terms_(std::move(terms)), kind_(kind) {
    if (kind_ == Kind::stream) ++decoders_->streams;
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work() {
    if (session_) decoders_->give_back(session_->release());
    if (kind_ == Kind::stream) --decoders_->streams;
  }

  /// Pool.
  Results process(Pieces pieces) {
    if (!session_) {
      BELFRY_TRY(decoder, decoders_->take());
      session_.emplace(std::move(decoder), terms_);
    }
    return session_->process(std::move(pieces));
  }

  /// One job at a time.
  static Task<Results> run(base::WorkerPool& pool, std::shared_ptr<Work> work, Pieces pieces) {
    std::move_only_function<Results()> job = [work = std::move(work), pieces = std::move(pieces)](
                                             ) mutable { return work->process(std::move(pieces)); };
    Task<Results> running = pool.run<Results>(std::move(job));
    co_return co_await std::move(running);
  }

 private:
  std::shared_ptr<Decoders> decoders_;  // shared with the recognizer and all other work
  RecognitionTerms terms_;
  Kind kind_;
  std::optional<ListenerSession> session_;
};

class PocketsphinxRecognizer::Stream final : public call::RecognitionStream {
 public:
  Stream(
      base::Loop& loop, base::WorkerPool& pool, const Settings& settings,
      std::shared_ptr<Work> work, base::Duration pause, call::RecognitionListener& listener
  )
      : pool_(pool),
        longest_queue_(settings.longest_queue),
        work_(std::move(work)),
        listener_(listener),
        utterances_(pause),
        news_(loop),
        tasks_(loop) {
    tasks_.spawn(listen());
  }

  void hear(std::span<const std::int16_t> frame) override {
    if (finishing_ || failed_) return;
    utterances_.handle_frame(frame);
    if (utterances_.waiting() > longest_queue_) left_out_ += utterances_.drop();
    wake();
  }
  bool is_speaking() const override { return utterances_.is_speaking(); }
  void finish() override {
    if (std::exchange(finishing_, true)) return;
    utterances_.finish();
    wake();
  }

 private:
  void wake() {
    if (news_.size() == 0) news_.push({});
  }

  Pieces take_pieces() {
    Pieces pieces;
    while (auto piece = utterances_.take()) pieces.push_back(std::move(*piece));
    return pieces;
  }

  bool is_worthwhile() const {
    return finishing_ || utterances_.has_end() || utterances_.waiting() >= worthwhile;
  }

  Task<void> listen() {
    while (true) {
      if (!is_worthwhile()) {
        co_await news_.pop();
        continue;
      }
      Pieces pieces = take_pieces();
      if (pieces.empty()) break;  // finishing, and all is told
      Task<Results> working = Work::run(pool_, work_, std::move(pieces));
      Results results = co_await std::move(working);
      if (!results) {
        failed_ = true;
        base::log::error("recognition.failed", {{"why", results.error().message}});
        listener_.on_recognition_failed(results.error());
        co_return;
      }
      tell(*results);
    }
    listener_.on_recognition_finished();
  }

  void tell(const std::vector<Recognized>& results) {
    for (const Recognized& result : results) {
      if (result.final) count_utterance(!result.transcript.empty());
      listener_.on_recognized(result);
    }
    if (left_out_ == base::Duration{0}) return;
    base::log::warning("recognition.behind", {{"left_out_ms", base::to_ms(left_out_)}});
    listener_.on_recognition_behind(std::exchange(left_out_, base::Duration{0}));
  }

  struct News {};
  base::WorkerPool& pool_;
  base::Duration longest_queue_;
  std::shared_ptr<Work> work_;  // shared with the job that runs
  call::RecognitionListener& listener_;
  Utterances utterances_;
  base::Duration left_out_{0};
  bool finishing_ = false;
  bool failed_ = false;
  base::Mailbox<News> news_;
  base::TaskGroup tasks_;  // last: what runs in it uses the rest
};

PocketsphinxRecognizer::PocketsphinxRecognizer(
    base::Loop& loop, base::WorkerPool& pool, Settings settings
)
    : loop_(loop),
      pool_(pool),
      settings_(std::move(settings)),
      decoders_(std::make_shared<Decoders>(settings_.models)) {}

PocketsphinxRecognizer::~PocketsphinxRecognizer() = default;

std::unique_ptr<PocketsphinxRecognizer> PocketsphinxRecognizer::create(
    base::Loop& loop, base::WorkerPool& pool, Settings settings
) {
  if (!PocketsphinxDecoder::has_models(settings.models)) return nullptr;
  return std::unique_ptr<PocketsphinxRecognizer>(
      new PocketsphinxRecognizer(loop, pool, std::move(settings))
  );
}

bool PocketsphinxRecognizer::understands(std::string_view language) const {
  const std::string_view primary = language.substr(0, language.find_first_of("-_"));
  return base::to_lower(primary) == "en";
}

Result<> PocketsphinxRecognizer::check(const RecognitionTerms& terms) const {
  if (understands(terms.language)) return {};
  return base::fail(Errc::unsupported, "only English is understood, not " + terms.language);
}

Result<std::unique_ptr<call::RecognitionStream>> PocketsphinxRecognizer::open(
    RecognitionTerms terms, call::RecognitionListener& listener
) {
  BELFRY_CHECK(check(terms));
  if (decoders_->streams >= settings_.streams)
    return base::fail(
        Errc::unavailable,
        std::to_string(settings_.streams) + " parties are listened to already: no more at once"
    );
  const base::Duration pause = terms.pause;
  auto work = std::make_shared<Work>(decoders_, std::move(terms), Work::Kind::stream);
  return std::make_unique<Stream>(loop_, pool_, settings_, std::move(work), pause, listener);
}

namespace {

/// Of a recording: so many frames from `at` on, as utterances.
Pieces next_pieces(const media::PcmClip& clip, std::size_t& at, Utterances& utterances) {
  const std::size_t frame = media::samples_per_frame(media::narrowband);
  const media::ConstSamples all(clip.samples);
  Pieces pieces;
  for (std::size_t i = 0; i < frames_per_job && at + frame <= all.size(); ++i, at += frame)
    utterances.handle_frame(all.subspan(at, frame));
  if (at + frame > all.size()) utterances.finish();
  while (auto piece = utterances.take()) pieces.push_back(std::move(*piece));
  return pieces;
}

Recognized join(const std::vector<Recognized>& utterances) {
  Recognized whole;
  whole.final = true;
  std::size_t understood = 0;
  for (const Recognized& utterance : utterances) {
    if (utterance.transcript.empty()) continue;
    if (!whole.transcript.empty()) whole.transcript += ' ';
    whole.transcript += utterance.transcript;
    whole.confidence += utterance.confidence;
    ++understood;
  }
  if (understood > 0) whole.confidence /= static_cast<double>(understood);
  return whole;
}

}  // namespace

Task<Result<Recognized>> PocketsphinxRecognizer::transcribe(
    media::PcmClipPtr clip, RecognitionTerms terms
) {
  BELFRY_CO_CHECK(check(terms));
  if (clip->rate != media::narrowband)
    co_return base::fail(Errc::unsupported, "a recording has 8,000 samples a second");
  Utterances utterances(terms.pause);
  terms.partial_results = false;
  auto work = std::make_shared<Work>(decoders_, std::move(terms), Work::Kind::recording);
  std::vector<Recognized> all;
  const std::size_t frame = media::samples_per_frame(media::narrowband);
  for (std::size_t at = 0; at + frame <= clip->samples.size();) {
    Pieces pieces = next_pieces(*clip, at, utterances);
    if (pieces.empty()) continue;
    Task<Results> working = Work::run(pool_, work, std::move(pieces));
    Results results = co_await std::move(working);
    if (!results) co_return base::fail(results.error());
    for (Recognized& result : *results) {
      count_utterance(!result.transcript.empty());
      all.push_back(std::move(result));
    }
  }
  co_return join(all);
}

}  // namespace belfry::speech
