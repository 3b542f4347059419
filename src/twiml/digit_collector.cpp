#include "twiml/digit_collector.hpp"

namespace belfry::twiml {
namespace {

// Somebody who leans on a key must not fill the memory.
constexpr std::size_t max_digits = 1024;

}  // namespace

void DigitCollector::handle_prompt_ended(base::Instant now) {
  if (!outcome_ && !deadline_) deadline_ = now + rules_.timeout;
}

void DigitCollector::handle_digit(char digit, base::Instant now) {
  if (outcome_) return;
  if (rules_.finish_on_key == digit) return finish(Reason::finish_key, digit);
  digits_ += digit;
  deadline_ = now + rules_.timeout;
  if (digits_.size() >= rules_.num_digits.value_or(max_digits))
    finish(Reason::num_digits, std::nullopt);
}

void DigitCollector::handle_timeout(base::Instant now) {
  if (!outcome_ && deadline_ && now >= *deadline_) finish(Reason::timeout, std::nullopt);
}

std::optional<base::Instant> DigitCollector::next_timeout() const {
  return outcome_ ? std::nullopt : deadline_;
}

void DigitCollector::finish(Reason reason, std::optional<char> key) {
  outcome_ = Outcome{digits_, key, reason};
}

std::string_view to_string(DigitCollector::Reason reason) {
  switch (reason) {
    case DigitCollector::Reason::num_digits:
      return "num-digits";
    case DigitCollector::Reason::finish_key:
      return "finish-key";
    case DigitCollector::Reason::timeout:
      return "timeout";
  }
  return "";
}

}  // namespace belfry::twiml
