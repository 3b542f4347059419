#include "call/answering_machine.hpp"

#include <algorithm>
#include <array>

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

/// Shorter sounds are clicks. The detector of speech adds 100 ms to each.
constexpr base::Duration shortest_utterance = 180ms;
constexpr double fax_hz = 2100;
constexpr double fax_tolerance_hz = 50;

constexpr std::array<std::string_view, 7> answered_by_words = {
    "human", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other",
    "fax",   "unknown"
};

}  // namespace

std::string_view to_string(AnsweredBy who) {
  return answered_by_words.at(static_cast<std::size_t>(who));
}

std::string_view to_string(MachineDetection::Mode mode) {
  switch (mode) {
    case MachineDetection::Mode::off:
      return "";
    case MachineDetection::Mode::enable:
      return "Enable";
    case MachineDetection::Mode::message_end:
      return "DetectMessageEnd";
  }
  return "";
}

std::optional<MachineDetection::Mode> parse_detection_mode(std::string_view text) {
  using enum MachineDetection::Mode;
  for (const auto mode : {off, enable, message_end}) {
    if (to_string(mode) == text) return mode;
  }
  return std::nullopt;
}

void AnsweringMachine::handle_speech(bool speaking, base::Instant now) {
  if (verdict_) return;
  handle_timeout(now);  // an event that comes late must not undo what time has decided
  speaking_ = speaking;
  if (speaking && !began_) began_ = now;
  if (speaking || !began_) return;
  paused_ = now;
  if (!is_machine_ && now - *began_ < shortest_utterance) began_.reset();
}

void AnsweringMachine::handle_beep(double hz, base::Instant now) {
  if (verdict_) return;
  handle_timeout(now);
  if (verdict_) return;
  const bool is_fax = hz > fax_hz - fax_tolerance_hz && hz < fax_hz + fax_tolerance_hz;
  if (is_fax && !is_machine_) {
    verdict_ = AnsweredBy::fax;
  } else {
    verdict_ = rules_.mode == MachineDetection::Mode::message_end ? AnsweredBy::machine_end_beep
                                                                  : AnsweredBy::machine_start;
  }
}

void AnsweringMachine::handle_timeout(base::Instant now) {
  if (verdict_) return;
  if (now >= started_ + rules_.timeout) {
    verdict_ = is_machine_ ? AnsweredBy::machine_end_other : AnsweredBy::unknown;
  } else if (!began_) {
    if (now >= started_ + rules_.silence_timeout) verdict_ = AnsweredBy::unknown;
  } else if (speaking_) {
    if (is_machine_ || now < *began_ + rules_.speech_threshold) return;
    is_machine_ = true;
    if (rules_.mode == MachineDetection::Mode::enable) verdict_ = AnsweredBy::machine_start;
  } else if (now >= paused_ + rules_.speech_end_threshold) {
    verdict_ = is_machine_ ? AnsweredBy::machine_end_silence : AnsweredBy::human;
  }
}

std::optional<base::Instant> AnsweringMachine::next_timeout() const {
  if (verdict_) return std::nullopt;
  const base::Instant limit = started_ + rules_.timeout;
  if (!began_) return std::min(limit, started_ + rules_.silence_timeout);
  if (!speaking_) return std::min(limit, paused_ + rules_.speech_end_threshold);
  return is_machine_ ? limit : std::min(limit, *began_ + rules_.speech_threshold);
}

}  // namespace belfry::call
