#include "twiml/speech_collector.hpp"

#include <utility>

namespace belfry::twiml {

void SpeechCollector::handle_prompt_ended(base::Instant now) {
  if (state_ == State::waiting && !deadline_) deadline_ = now + rules_.timeout;
}

void SpeechCollector::handle_speaking(bool speaking, base::Instant now) {
  if (outcome_ || state_ == State::finishing) return;
  if (!first_sound_) first_sound_ = now;
  const base::Instant limit = *first_sound_ + rules_.max_speech_time;
  state_ = speaking ? State::speaking : State::silent;
  deadline_ = speaking ? limit : std::min(now + rules_.speech_timeout, limit);
}

void SpeechCollector::handle_recognized(const call::Recognized& result) {
  if (!result.final || result.transcript.empty()) return;
  if (!heard_.transcript.empty()) heard_.transcript += ' ';
  heard_.transcript += result.transcript;
  heard_.confidence += (result.confidence - heard_.confidence) / ++utterances_;
}

void SpeechCollector::handle_finished(base::Instant now) {
  if (outcome_) return;
  const bool may_go_on = first_sound_ && now < *first_sound_ + rules_.max_speech_time;
  if (heard_.transcript.empty() && may_go_on) {
    state_ = State::waiting;
    deadline_ = now + rules_.timeout;
    need_ = Need::listen;
    return;
  }
  outcome_ = heard_;
}

void SpeechCollector::handle_failed(base::Instant now) {
  if (outcome_) return;
  if (!heard_.transcript.empty()) {
    outcome_ = heard_;
    return;
  }
  if (state_ != State::waiting) deadline_ = now + rules_.timeout;
  state_ = State::waiting;
}

void SpeechCollector::handle_timeout(base::Instant now) {
  if (outcome_ || !deadline_ || now < *deadline_) return;
  deadline_.reset();
  if (state_ == State::waiting) {
    outcome_ = heard_;
    return;
  }
  state_ = State::finishing;
  need_ = Need::finish;
}

std::optional<base::Instant> SpeechCollector::next_timeout() const {
  return outcome_ ? std::nullopt : deadline_;
}

SpeechCollector::Need SpeechCollector::take_need() {
  return std::exchange(need_, Need::nothing);
}

}  // namespace belfry::twiml
