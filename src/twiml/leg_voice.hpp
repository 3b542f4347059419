#pragma once
#include "call/leg.hpp"
#include "call/leg_ears.hpp"
#include "twiml/voice.hpp"

namespace belfry::twiml {

/// A live leg as `Voice`. The leg outlives it.
class LegVoice final : public Voice {
 public:
  explicit LegVoice(call::Leg& leg) : leg_(leg) {}
  base::Loop& loop() override { return leg_.loop(); }
  const call::LegRecord& record() const override { return leg_.record(); }
  call::Leg* leg() override { return &leg_; }
  void ring() override { leg_.ring(); }
  base::Task<base::Result<>> answer() override { return leg_.answer(); }
  base::Task<void> play(call::Playback playback, call::Words words) override {
    return leg_.play(std::move(playback), std::move(words));
  }
  base::Task<char> next_digit() override { return leg_.next_digit(); }
  void forget_digits() override { leg_.forget_digits(); }
  base::Result<std::unique_ptr<call::Ears>> listen(
      call::RecognitionTerms terms, call::RecognitionListener& listener
  ) override {
    return call::LegEars::open(leg_, call::Track::inbound, std::move(terms), listener);
  }
  void hang_up(call::HangupCause cause, std::string detail) override {
    leg_.hang_up(cause, std::move(detail));
  }
  void note(std::string type, base::json::object data) override {
    leg_.note(std::move(type), std::move(data));
  }
  void note_error(int code, std::string message) override {
    leg_.note_error(code, std::move(message));
  }

 private:
  call::Leg& leg_;
};

}  // namespace belfry::twiml
