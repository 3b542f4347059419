#pragma once
#include <bitset>
#include <cstdint>
#include <optional>

#include "rtp/feedback.hpp"

namespace belfry::rtp {

/// Numbers the packets that a transport sends, and counts by the receiver's feedback how many of
/// them were lost. One thread, no allocation.
class SentTally {
 public:
  /// That a share of losses is of; about a second of speech.
  static constexpr int packets_per_figure = 50;

  std::uint16_t next_number() { return static_cast<std::uint16_t>(next_++); }
  /// Feedback of packets that were never sent, or long ago, is ignored.
  void handle_feedback(const TransportFeedback& feedback);
  /// The share that was lost, 0 to 1, once for so many packets.
  std::optional<double> take_loss();

 private:
  static constexpr std::int64_t memory = 256;
  void judge(std::int64_t number, bool received);

  std::int64_t next_ = 0x10000;
  std::int64_t judged_up_to_ = next_;
  std::bitset<memory> missing_;  // of the last ones: may still turn up
  int judged_ = 0, lost_ = 0;
};

}  // namespace belfry::rtp
