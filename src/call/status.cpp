#include "call/status.hpp"

#include <array>

namespace belfry::call {
namespace {

constexpr std::array<std::string_view, 9> status_words = {
    "queued", "initiated", "ringing",   "in-progress", "completed",
    "busy",   "failed",    "no-answer", "canceled",
};

}  // namespace

std::string_view to_string(LegStatus status) {
  return status_words.at(static_cast<std::size_t>(status));
}

std::optional<LegStatus> parse_leg_status(std::string_view text) {
  const auto found = std::ranges::find(status_words, text);
  if (found == status_words.end()) return std::nullopt;
  return static_cast<LegStatus>(found - status_words.begin());
}

bool is_final(LegStatus status) {
  return status >= LegStatus::completed;
}

bool may_follow(LegStatus from, LegStatus to) {
  switch (from) {
    case LegStatus::queued:
      return to == LegStatus::initiated || (is_final(to) && to != LegStatus::completed);
    case LegStatus::initiated:
      return to == LegStatus::ringing || to == LegStatus::in_progress ||
             (is_final(to) && to != LegStatus::completed);
    case LegStatus::ringing:
      return to == LegStatus::in_progress || (is_final(to) && to != LegStatus::completed);
    case LegStatus::in_progress:
      return to == LegStatus::completed;
    case LegStatus::completed:
    case LegStatus::busy:
    case LegStatus::failed:
    case LegStatus::no_answer:
    case LegStatus::canceled:
      return false;
  }
  return false;
}

std::string_view to_string(HangupCause cause) {
  switch (cause) {
    case HangupCause::normal:
      return "normal";
    case HangupCause::busy:
      return "busy";
    case HangupCause::rejected:
      return "rejected";
    case HangupCause::no_answer:
      return "no-answer";
    case HangupCause::canceled:
      return "canceled";
    case HangupCause::unreachable:
      return "unreachable";
    case HangupCause::failed:
      return "failed";
    case HangupCause::media_timeout:
      return "media-timeout";
    case HangupCause::max_duration:
      return "max-duration";
    case HangupCause::restart:
      return "restart";
    case HangupCause::overload:
      return "overload";
  }
  return "";
}

LegStatus final_status(HangupCause cause, bool answered) {
  if (answered) return LegStatus::completed;
  switch (cause) {
    case HangupCause::busy:
    case HangupCause::rejected:
      return LegStatus::busy;
    case HangupCause::no_answer:
      return LegStatus::no_answer;
    case HangupCause::normal:
    case HangupCause::canceled:
      return LegStatus::canceled;
    case HangupCause::unreachable:
    case HangupCause::failed:
    case HangupCause::media_timeout:
    case HangupCause::max_duration:
    case HangupCause::restart:
    case HangupCause::overload:
      return LegStatus::failed;
  }
  return LegStatus::failed;
}

}  // namespace belfry::call
