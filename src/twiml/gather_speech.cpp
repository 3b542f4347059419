#include "twiml/gather_speech.hpp"

#include "base/ids.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"
#include "call/services.hpp"
#include "twiml/parameters.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

SpeechCollector::Rules rules_of(const Gather& gather) {
  SpeechCollector::Rules rules;
  rules.timeout = gather.timeout;
  rules.max_speech_time = gather.max_speech_time;
  rules.speech_timeout = gather.speech_timeout.value_or(gather.timeout);
  return rules;
}

/// No longer than the verb waits itself, so that nothing is left to be understood then.
base::Duration pause_of(const SpeechCollector::Rules& rules) {
  return std::min(call::RecognitionTerms().pause, rules.speech_timeout);
}

}  // namespace

GatherSpeech::GatherSpeech(const Gather& gather, Session& session)
    : gather_(gather),
      session_(session),
      loop_(session.voice().loop()),
      collector_(rules_of(gather)),
      arrived_(loop_) {}

GatherSpeech::~GatherSpeech() = default;

bool GatherSpeech::open() {
  if (!gather_.partial_result_callback.empty()) {
    auto url = session_.resolve(gather_.partial_result_callback);
    if (url) partial_url_ = std::move(*url);
    if (!url) session_.warn(url.error().detail, url.error().message);
  }
  const auto listening = listen();
  if (listening) {
    // Whoever may not interrupt is not heard before the prompt is over.
    if (!gather_.barge_in) ears_.reset();
    return true;
  }
  session_.warn(13334, listening.error().message + "; what is spoken is taken for silence");
  return false;
}

base::Result<> GatherSpeech::listen() {
  call::RecognitionTerms terms;
  terms.language = gather_.language;
  terms.hints = gather_.hints;
  terms.partial_results = !partial_url_.empty();
  terms.pause = pause_of(rules_of(gather_));
  ears_.reset();
  BELFRY_TRY(ears, session_.voice().listen(std::move(terms), *this));
  ears_ = std::move(ears);
  return {};
}

void GatherSpeech::on_speaking(bool speaking) {
  arrived_.push(Speaking{speaking});
}

void GatherSpeech::on_recognized(const call::Recognized& result) {
  arrived_.push(result);
}

void GatherSpeech::on_recognition_finished() {
  arrived_.push(Finished{});
}

void GatherSpeech::on_recognition_behind(base::Duration left_out) {
  session_.warn(
      13334, "the machine is too slow to understand everything: " +
                 std::to_string(base::to_ms(left_out)) + " ms were left out"
  );
}

void GatherSpeech::on_recognition_failed(const base::Error& why) {
  session_.warn(13334, why.message);
  arrived_.push(Failed{});
}

/// A key or news go to the members at once: what comes in the very moment in which something else
/// ends the waiting is not lost.
base::Task<void> GatherSpeech::take_key() {
  key_ = co_await session_.voice().next_digit();
}

base::Task<void> GatherSpeech::take_news() {
  news_ = co_await arrived_.pop();
}

base::Task<void> GatherSpeech::take_input() {
  if (!gather_.dtmf) {
    co_await take_news();
    co_return;
  }
  base::Task<void> key = take_key();
  base::Task<void> news = take_news();
  co_await base::race(loop_, std::move(key), std::move(news));
}

void GatherSpeech::handle_news() {
  if (!news_) return;
  const News news = std::move(*news_);
  news_.reset();
  if (const auto* change = std::get_if<Speaking>(&news)) {
    collector_.handle_speaking(change->speaking, loop_.now());
  } else if (const auto* result = std::get_if<call::Recognized>(&news)) {
    if (!result->final) report_partial(result->transcript);
    collector_.handle_recognized(*result);
  } else {
    ears_.reset();
    const bool failed = std::holds_alternative<Failed>(news);
    if (failed) collector_.handle_failed(loop_.now());
    if (!failed) collector_.handle_finished(loop_.now());
  }
}

base::Task<void> GatherSpeech::until_interrupted() {
  while (true) {
    base::Task<void> taking = take_input();
    co_await std::move(taking);
    const auto* change = news_ ? std::get_if<Speaking>(&*news_) : nullptr;
    const bool speaks = change != nullptr && change->speaking;
    if (key_ || speaks) co_return;
    handle_news();
  }
}

base::Task<Step> GatherSpeech::run_prompt(base::Task<Step> prompt) {
  base::Task<void> interruption = until_interrupted();
  auto winner = co_await base::race(loop_, std::move(prompt), std::move(interruption));
  handle_news();
  if (winner.index() == 0) co_return std::get<0>(std::move(winner));
  co_return NextVerb{};
}

base::Task<Step> GatherSpeech::collect(base::Task<Step> prompt) {
  Step prompted = co_await run_prompt(std::move(prompt));
  if (!std::holds_alternative<NextVerb>(prompted)) co_return prompted;
  if (!gather_.barge_in && !key_) static_cast<void>(listen());
  collector_.handle_prompt_ended(loop_.now());
  while (!key_ && !collector_.outcome()) {
    base::Task<void> taking = take_input();
    if (const auto due = collector_.next_timeout()) {
      auto limited = base::with_time_limit(loop_, std::move(taking), *due - loop_.now());
      co_await std::move(limited);
    } else {
      co_await std::move(taking);
    }
    handle_news();
    collector_.handle_timeout(loop_.now());
    const SpeechCollector::Need need = collector_.take_need();
    if (need == SpeechCollector::Need::finish && ears_) ears_->finish();
    if (need == SpeechCollector::Need::listen) static_cast<void>(listen());
  }
  ears_.reset();
  co_return NextVerb{};
}

void GatherSpeech::report_partial(const std::string& unstable) {
  call::Leg* leg = session_.voice().leg();
  if (leg == nullptr) return;
  call::FormFields fields = standard_parameters(leg->record());
  fields.emplace_back("StableSpeechResult", collector_.stable());
  fields.emplace_back("UnstableSpeechResult", unstable);
  fields.emplace_back("Stability", "0.5");
  fields.emplace_back("SequenceNumber", std::to_string(partial_results_++));
  call::Delivery delivery = form_delivery(
      leg->record().account_sid, partial_url_, gather_.partial_result_callback_method, fields
  );
  delivery.id = base::make_uuid(leg->services().random);
  delivery.order_key = leg->sid();
  delivery.kind = "partial-speech";
  delivery.own_application = session_.is_own(partial_url_);
  delivery.created = delivery.next_attempt = loop_.wall_now();
  call::Changes changes;
  changes.deliveries.push_back(std::move(delivery));
  leg->services().journal.commit_later(std::move(changes));
  leg->services().outbox.wake();
}

}  // namespace belfry::twiml
