#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace belfry::twiml {

/// What keys mean to a `<Gather>`: a machine of keys and time, without I/O. The time-out runs from
/// the end of the prompt and starts again with each key. Completes when enough keys are there, the
/// finishing key is pressed (it is not part of the digits), or the time-out passes.
class DigitCollector {
 public:
  struct Rules {
    base::Duration timeout = std::chrono::seconds(5);
    std::optional<char> finish_on_key = '#';
    std::optional<std::uint32_t> num_digits;
  };
  enum class Reason { num_digits, finish_key, timeout };
  struct Outcome {
    std::string digits;
    std::optional<char> finished_on_key;
    Reason reason = Reason::timeout;
  };

  explicit DigitCollector(Rules rules) : rules_(rules) {}

  /// The last nested verb has ended. Harmless after a key.
  void handle_prompt_ended(base::Instant now);
  /// Keys after the end are not looked at.
  void handle_digit(char digit, base::Instant now);
  void handle_timeout(base::Instant now);
  /// When `handle_timeout` is due; nothing while the prompt runs without a key, and at the end.
  std::optional<base::Instant> next_timeout() const;
  const std::optional<Outcome>& outcome() const { return outcome_; }

 private:
  void finish(Reason reason, std::optional<char> key);

  Rules rules_;
  std::string digits_;
  std::optional<base::Instant> deadline_;
  std::optional<Outcome> outcome_;
};

std::string_view to_string(DigitCollector::Reason reason);

}  // namespace belfry::twiml
