#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"

namespace belfry::rtp {

/// Gaps in the numbers of one incoming stream, and which of them are worth asking for: those that
/// can be here before they are to be played. One thread, no allocation.
class MissingPackets {
 public:
  static constexpr std::size_t most = 32;  // a larger gap is an outage, not a loss
  static constexpr int most_questions = 2;

  void handle_packet(std::uint16_t sequence, base::Instant now);
  /// The numbers to ask for now, ascending; they are not given again before an answer had time to
  /// come. Stands until the next call.
  /// @param patience from when a packet should have come to when it is played
  std::span<const std::uint16_t> ask(
      base::Duration round_trip, base::Duration patience, base::Instant now
  );

 private:
  struct Gap {
    std::uint16_t sequence = 0;
    std::uint8_t questions = 0;
    base::Instant expected{};  // when it should have come
    base::Instant ask_at{};
  };
  void add(std::uint16_t sequence, base::Instant expected);
  void remove(std::size_t index);

  std::optional<std::uint16_t> newest_;
  base::Instant newest_at_{};
  std::array<Gap, most> gaps_{};  // in the order of their numbers
  std::size_t count_ = 0;
  std::array<std::uint16_t, most> asked_{};
};

}  // namespace belfry::rtp
