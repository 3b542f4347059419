#include "rtp/sent_tally.hpp"

#include <algorithm>

namespace belfry::rtp {

void SentTally::handle_feedback(const TransportFeedback& feedback) {
  const auto behind =
      static_cast<std::uint16_t>(static_cast<std::uint16_t>(next_) - feedback.base_sequence);
  std::int64_t number = next_ - behind;
  if (behind > memory || number + feedback.status_count > next_) return;
  TransportStatuses statuses(feedback);
  while (const auto status = statuses.next()) judge(number++, status->arrived.has_value());
}

void SentTally::judge(std::int64_t number, bool received) {
  const auto place = static_cast<std::size_t>(number % memory);
  if (number < judged_up_to_) {
    if (!received || !missing_[place]) return;
    missing_[place] = false;
    lost_ = std::max(lost_ - 1, 0);
    return;
  }
  // Feedback that was itself lost told of those between: they are not judged.
  for (std::int64_t passed = judged_up_to_; passed < number; ++passed)
    missing_[static_cast<std::size_t>(passed % memory)] = false;
  judged_up_to_ = number + 1;
  missing_[place] = !received;
  ++judged_;
  lost_ += received ? 0 : 1;
}

std::optional<double> SentTally::take_loss() {
  if (judged_ < packets_per_figure) return std::nullopt;
  const double loss = static_cast<double>(lost_) / judged_;
  judged_ = lost_ = 0;
  return loss;
}

}  // namespace belfry::rtp
